import { existsSync } from 'node:fs';
import { mkdtemp, readFile as readText, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrackedEvent } from '@samovar/core';
import { createShards, createWorkspace, listImports, readRecords } from '@samovar/store';
import { testDatabase } from '@samovar/store/testing';
import type { TestDatabase } from '@samovar/store/testing';
import { importFile } from './import-file.ts';
import type { ImportSummary } from './import-file.ts';
import { readImportMap } from './read-import-map.ts';

const SHARDS = 8;
const NOW = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => NOW };

let db: TestDatabase;
let folder: string;
let count = 0;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  folder = await mkdtemp(join(tmpdir(), 'samovar-import-'));
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

interface Imported {
  summary: ImportSummary;
  events: TrackedEvent[];
  rejected: { line: number; code: string; message: string; text: string }[];
  workspaceId: number;
  file: string;
}

async function eventsOf(workspaceId: number): Promise<TrackedEvent[]> {
  const shards = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => readRecords(db, shard, 0, 100_000)));
  const events = shards.flat().filter((one) => one.workspaceId === workspaceId).map(({ record }) => record as TrackedEvent);
  return events.sort((a, b) => a.occurredAt - b.occurredAt || a.name.localeCompare(b.name));
}

async function importText(map: string, content: string | Buffer, options: { name?: string; trigger?: boolean } = {}): Promise<Imported> {
  count += 1;
  const { workspaceId } = await createWorkspace(db, `W${count}`, NOW);
  const file = join(folder, `${count}-${options.name ?? 'file.csv'}`);
  await writeFile(file, content);
  const summary = await importFile({ db, clock, shardCount: SHARDS, workspaceId, file, map: readImportMap(map, 'map.yaml'), ...(options.trigger === undefined ? {} : { trigger: options.trigger }) });
  const rejected = summary.rejectedFile === null ? [] : (await readText(summary.rejectedFile, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Imported['rejected'][number]);
  return { summary, events: await eventsOf(workspaceId), rejected, workspaceId, file };
}

const ORDERS = `
orders:
  id: invoice
  contact: customer
  at: date
  currency: GBP
  line: { sku: sku, quantity: quantity, price: price }
  refund when: { invoice: { starts with: C } }`;

describe('orders', () => {
  it('are gathered from their lines, each at the time of its earliest', async () => {
    const { summary, events } = await importText(ORDERS, [
      'invoice,sku,quantity,price,customer,date',
      '1,a,3,2.55,u1,2010-12-01 08:27:00',
      '2,a,1,0.1,u2,2010-12-01 08:00:00',
      '1,b,1,0.10,u1,2010-12-01 08:26:00',
      'C3,a,-1,2.55,u1,2010-12-02 00:00:00',
      '4,a,10,1,,2010-12-03 00:00:00',
    ].join('\n'));
    expect(summary).toMatchObject({ lines: 5, orders: 2, refunds: 1, linesWithoutContact: 1, rejectedLines: 0, revenue: { GBP: '15.30' }, records: 3, appended: 3, complete: true, rejectedFile: null });
    expect(events.map(({ name, occurredAt, properties }) => [name, new Date(occurredAt).toISOString(), properties])).toEqual([
      ['Order Completed', '2010-12-01T08:00:00.000Z', { order_id: '2', total: 0.1, currency: 'GBP', products: [{ sku: 'a', quantity: 1, price: 0.1 }] }],
      ['Order Completed', '2010-12-01T08:26:00.000Z', { order_id: '1', total: 7.75, currency: 'GBP', products: [{ sku: 'a', quantity: 3, price: 2.55 }, { sku: 'b', quantity: 1, price: 0.1 }] }],
      ['Order Refunded', '2010-12-02T00:00:00.000Z', { order_id: 'C3', total: 2.55, currency: 'GBP', products: [{ sku: 'a', quantity: 1, price: 2.55 }] }],
    ]);
    expect(events.every(({ historical, trusted, receivedAt }) => historical && trusted && receivedAt === NOW)).toBe(true);
  });

  it('name so many products and count the others', async () => {
    const lines = Array.from({ length: 130 }, (_, i) => `1,s${i},1,0.01,u,2020-01-01`);
    const { events } = await importText(ORDERS, ['invoice,sku,quantity,price,customer,date', ...lines].join('\n'));
    expect(events[0]!.properties).toMatchObject({ total: 1.3, products_omitted: 30 });
    expect((events[0]!.properties['products'] as unknown[]).length).toBe(100);
  });

  it('may be whole rows, in several currencies', async () => {
    const { events, summary } = await importText(
      'orders: { id: id, contact: who, at: at, currency: { column: money }, total: sum, properties: { coupon: code } }',
      'id,who,at,money,sum,code\n1,u1,2020-01-01,eur,10.005,X\n2,u2,2020-01-02,JPY,1000,\n3,u3,2020-01-03,???,1,\n',
    );
    expect(events.map(({ properties }) => properties)).toEqual([{ order_id: '1', total: 10.01, currency: 'EUR', coupon: 'X' }, { order_id: '2', total: 1000, currency: 'JPY' }]);
    expect(summary.revenue).toEqual({ EUR: '10.01', JPY: '1000' });
    expect(summary.rejectedLines).toBe(1);
  });
});

describe('contacts', () => {
  it('come with traits and with consent and its proof', async () => {
    const { events, summary } = await importText(`
encoding: latin1
delimiter: ";"
contacts:
  id: id
  email: mail
  at: created
  timezone: Europe/Berlin
  traits: { firstName: name, age: { column: age, as: number }, plan: { value: free } }
  consent:
    email: newsletter
    topics: { sale: sale }
    source: { value: old shop }
    wording_version: version
    at: agreed`, Buffer.from([
      'id;mail;name;age;created;newsletter;sale;version;agreed',
      '1;Zoë@example.com;Zoë;30;2020-01-01 12:00;yes;no;v1;2020-02-02T00:00:00Z',
      '2;ben@example.com;;;2020-01-01;;;;',
    ].join('\r\n'), 'latin1'));
    expect(summary).toMatchObject({ contacts: 2, records: 4, rejectedLines: 0 });
    expect(events.map(({ name, traits, properties, occurredAt }) => [name, traits, properties, new Date(occurredAt).toISOString()])).toEqual([
      ['Identify', { email: 'ben@example.com', plan: 'free' }, {}, '2019-12-31T23:00:00.000Z'],
      ['Identify', { email: 'zoë@example.com', firstName: 'Zoë', age: 30, plan: 'free' }, {}, '2020-01-01T11:00:00.000Z'],
      ['Consent Granted', {}, { channel: 'email', source: 'old shop', wording_version: 'v1' }, '2020-02-02T00:00:00.000Z'],
      ['Topic Unsubscribed', {}, { channel: 'email', topic: 'sale', source: 'old shop', wording_version: 'v1' }, '2020-02-02T00:00:00.000Z'],
    ]);
  });

  it('are read in their encoding', async () => {
    const { events } = await importText('encoding: latin1\ncontacts: { id: id, traits: { name: name } }', Buffer.from('id,name\n1,Zoë\n', 'latin1'));
    expect(events[0]!.traits).toEqual({ name: 'Zoë' });
    const utf8 = await importText('contacts: { id: id, traits: { name: name } }', '\uFEFFid,name\n1,سارا\n');
    expect(utf8.events[0]!.traits).toEqual({ name: 'سارا' });
  });

  it('give consent as events of their own time', async () => {
    const { events } = await importText(
      'contacts: { id: id, email: mail, at: created, consent: { email: ok, topics: { sale: sale }, wording: { value: "Yes, mail me" }, ip: ip, at: agreed } }',
      'id,mail,created,ok,sale,ip,agreed\n1,a@example.com,2020-01-01,yes,no,192.0.2.1,2020-02-02\n2,b@example.com,2020-01-03,,,,\n3,c@example.com,2020-01-04,perhaps,,,\n',
    );
    expect(events.map(({ name, properties, occurredAt }) => [name, properties, new Date(occurredAt).toISOString().slice(0, 10)])).toEqual([
      ['Identify', {}, '2020-01-01'],
      ['Identify', {}, '2020-01-03'],
      ['Consent Granted', { channel: 'email', source: 'import', wording: 'Yes, mail me', ip: '192.0.2.1' }, '2020-02-02'],
      ['Topic Unsubscribed', { channel: 'email', topic: 'sale', source: 'import', wording: 'Yes, mail me', ip: '192.0.2.1' }, '2020-02-02'],
    ]);
    expect(events[0]!.identifiers).toEqual([{ kind: 'user', value: '1' }, { kind: 'email', value: 'a@example.com' }]);
    expect(events[0]!.traits).toEqual({ email: 'a@example.com' });
  });
});

describe('events', () => {
  it('are read from NDJSON, packed or not, by paths', async () => {
    const lines = [
      { user: { id: 7 }, name: 'Product Viewed', ts: 1_600_000_000, data: { price: 3, tags: ['a'] } },
      { user: { id: 8 }, name: '', ts: 1_600_000_000 },
      { user: {}, name: 'X', ts: 1_600_000_000 },
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\nnot json\n[1]`;
    const { events, rejected } = await importText('events: { contact: user.id, event: name, at: ts, properties: { price: data.price, tags: data.tags } }', gzipSync(text), { name: 'events.ndjson.gz', trigger: true });
    expect(events).toMatchObject([{ name: 'Product Viewed', identifiers: [{ kind: 'user', value: '7' }], occurredAt: 1_600_000_000_000, properties: { price: 3, tags: ['a'] }, historical: false }]);
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([[2, 'event_name_invalid'], [3, 'contact_missing'], [5, 'json_malformed'], [6, 'json_not_an_object']]);
  });

  it('take all other columns as properties', async () => {
    const { events } = await importText('events: { contact: who, event: { value: Visited }, at: at, message id: id, properties: all }', 'who,at,id,page,ref\nu,2020-01-01,m1,/home,\n');
    expect(events[0]).toMatchObject({ name: 'Visited', messageId: 'm1', properties: { page: '/home' } });
  });
});

describe('bad lines', () => {
  it('are reported with their number and reason beside the file, and the others go on', async () => {
    const { summary, rejected, file } = await importText(ORDERS, [
      'invoice,sku,quantity,price,customer,date',
      '1,a,one,2,u1,2010-12-01',
      '2,a,1,2,u1',
      '3,"a',
      'b",1,2,u1,2010-12-03',
      '4,"a"b,1,2,u1,2010-12-03',
      '5,a,1,2,u1,never',
      ',a,1,2,u1,2010-12-03',
      '',
      '6,a,1,2,u1,2010-12-03',
    ].join('\n'));
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [2, 'value_invalid'], [3, 'column_count'], [6, 'quote_stray'], [7, 'value_invalid'], [8, 'order_id_missing'],
    ]);
    expect(rejected[0]!.message).toBe('«quantity» is «one», which is not an amount.');
    expect(summary).toMatchObject({ orders: 2, rejectedLines: 5, rejectedFile: `${file}.rejected.ndjson`, revenue: { GBP: '4.00' } });
  });

  it('do not hide that a column is missing altogether', async () => {
    await expect(importText(ORDERS, 'invoice,sku\n1,a\n')).rejects.toMatchObject({ code: 'import_columns_missing', message: expect.stringContaining('«customer»') as string });
    await expect(importText(ORDERS, gzipSync('invoice').subarray(0, 15))).rejects.toMatchObject({ code: 'import_file_unreadable' });
  });
});

describe('an import', () => {
  const map = readImportMap('events: { contact: who, event: { value: E }, at: at }', 'map.yaml');
  const text = (rows: number): string => ['who,at', ...Array.from({ length: rows }, (_, i) => `u${i % 50},2020-01-01T00:00:00.${String(i % 1000).padStart(3, '0')}Z`)].join('\n');

  it('is done once, however often it is started', async () => {
    const { workspaceId, file } = await importText('events: { contact: who, event: { value: E }, at: at }', text(2_500));
    const again = await importFile({ db, clock, shardCount: SHARDS, workspaceId, file, map });
    expect(again).toMatchObject({ records: 2_500, appended: 0, duplicates: 0, resumedAt: 2_500, complete: true });
    expect((await eventsOf(workspaceId)).length).toBe(2_500);
    expect(await listImports(db, workspaceId)).toMatchObject([{ position: 2_500, summary: { lines: 2_500 } }]);
  });

  it('goes on where it was stopped, and tells its progress', async () => {
    const { workspaceId } = await createWorkspace(db, 'Stopped', NOW);
    const file = join(folder, 'stopped.csv');
    await writeFile(file, text(30_000));
    const stop = new AbortController();
    const seen: number[] = [];
    const options = { db, clock, shardCount: SHARDS, workspaceId, file, map, batchRecords: 500 };
    const first = await importFile({ ...options, signal: stop.signal, onProgress: ({ records, bytesRead, bytesTotal }) => {
      seen.push(records);
      expect(bytesRead).toBeLessThanOrEqual(bytesTotal);
      stop.abort();
    } });
    expect(first.complete).toBe(false);
    expect(first.appended).toBeLessThan(30_000);
    const second = await importFile(options);
    expect(second).toMatchObject({ resumedAt: first.appended, appended: 30_000 - first.appended, duplicates: 0, complete: true });
    expect((await eventsOf(workspaceId)).length).toBe(30_000);
    expect(seen[0]).toBeGreaterThan(0);
  });

  it('loses and doubles nothing when its process is killed', async () => {
    const { workspaceId } = await createWorkspace(db, 'Killed', NOW);
    const file = join(folder, 'killed.csv');
    await writeFile(file, text(40_000));
    const script = fileURLToPath(new URL('./testing/import-process.ts', import.meta.url));
    for (const atRecords of [1, 5_000, 12_000]) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify({ connection: db.connection, workspaceId, file, shardCount: SHARDS })], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          if (Number(data.toString().trim().split('\n').at(-1)) >= atRecords) child.kill('SIGKILL');
        });
        child.on('exit', () => resolve());
      });
    }
    const before = (await eventsOf(workspaceId)).length;
    const last = await importFile({ db, clock, shardCount: SHARDS, workspaceId, file, map });
    expect(last).toMatchObject({ resumedAt: before, duplicates: 0, complete: true, records: 40_000 });
    const ids = (await eventsOf(workspaceId)).map(({ messageId }) => messageId);
    expect(ids.length).toBe(40_000);
    expect(new Set(ids).size).toBe(40_000);
  });

  it('does not mix with another process that does the same', async () => {
    const { workspaceId } = await createWorkspace(db, 'Twice', NOW);
    const file = join(folder, 'twice.csv');
    await writeFile(file, text(20_000));
    const options = { db, clock, shardCount: SHARDS, workspaceId, file, map, batchRecords: 500 };
    const outcomes = await Promise.allSettled([importFile({ ...options, rejectedFile: `${file}.1` }), importFile({ ...options, rejectedFile: `${file}.2` })]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await eventsOf(workspaceId)).length).toBe(20_000);
  });
});

const RETAIL = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/uci-online-retail/online_retail.csv.gz`;

describe.skipIf(!existsSync(RETAIL))(`a year of a real shop (${existsSync(RETAIL) ? 'read from' : 'SKIPPED, absent:'} ${RETAIL})`, () => {
  it('comes out to the penny', async () => {
    const { workspaceId } = await createWorkspace(db, 'Retail', NOW);
    const map = readImportMap(`
orders:
  id: InvoiceNo
  contact: { id: { column: CustomerID, as: whole number } }
  at: InvoiceDate
  timezone: UTC
  currency: GBP
  line: { sku: StockCode, name: Description, quantity: Quantity, price: UnitPrice }
  refund when: { InvoiceNo: { starts with: C } }`, 'map.yaml');
    const summary = await importFile({ db, clock, shardCount: SHARDS, workspaceId, file: RETAIL, map, rejectedFile: join(folder, 'retail.rejected') });
    expect(summary).toMatchObject({
      lines: 541_909, rejectedLines: 0, linesWithoutContact: 135_080, orders: 18_536, refunds: 3_654, records: 22_190, appended: 22_190, revenue: { GBP: '9747747.93' },
    });
    const { rows } = await db.query<{ contacts: number }>('select count(distinct contact_id) as contacts from event_log where workspace_id = $1', [workspaceId]);
    expect(rows[0]!.contacts).toBe(4_372);
  });
});
