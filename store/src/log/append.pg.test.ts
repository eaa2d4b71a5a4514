import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, contactIdOf, shardOf } from '@samovar/core';
import type { LogRecord, Millis, TrackedEvent } from '@samovar/core';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { appendRecords } from './append.ts';
import type { NewRecord } from './append.ts';
import { DEDUPE_GENERATION_MS, ensurePartitions } from './partitions.ts';
import { readHistory, readLogHeads, readRecords } from './read.ts';
import { SEQ_PER_MS } from './sequence.ts';
import { createShards } from './shards.ts';

const SHARDS = 16;
const NOW = Date.UTC(2026, 10, 20, 12);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  await ensurePartitions(db, NOW);
});
afterAll(() => db.close());

function event(user: string, messageId: string, more: Partial<TrackedEvent> = {}): TrackedEvent {
  return {
    kind: 'event', type: 'track', name: 'Product Viewed', messageId, receivedAt: NOW, occurredAt: NOW, identifiers: [{ kind: 'user', value: user }],
    properties: { sku: 'abc' }, traits: {}, context: {}, trusted: true, historical: false, ...more,
  };
}

function input(user: string, messageId: string, more: Partial<TrackedEvent> = {}, workspaceId = 1): NewRecord {
  return { workspaceId, contactId: contactIdOf(workspaceId, { kind: 'user', value: user }), record: event(user, messageId, more) };
}

function append(records: NewRecord[], now: Millis = NOW): Promise<string[]> {
  return appendRecords(db, records, now, SHARDS);
}

async function countOf(workspaceId: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*) as n from event_log where workspace_id = $1', [workspaceId]);
  return rows[0]!.n;
}

describe('appendRecords', () => {
  it('appends to the shard of each contact, in order, and moves the heads', async () => {
    const records = Array.from({ length: 100 }, (_, i) => input(`order-${i % 10}`, `order-${i}`, { properties: { i } }, 2));
    expect(await append(records)).toEqual(records.map(() => 'appended'));
    const heads = await readLogHeads(db);
    let found = 0;
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const logged = (await readRecords(db, shard, 0, 1000)).filter(({ workspaceId }) => workspaceId === 2);
      found += logged.length;
      const places = logged.map(({ record }) => (record as TrackedEvent).properties['i'] as number);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      for (const { contactId, seq } of logged) {
        expect(shardOf(contactId, SHARDS)).toBe(shard);
        expect(seq).toBeGreaterThan(NOW * SEQ_PER_MS);
      }
      expect(heads.get(shard)).toBe(logged.at(-1)?.seq ?? heads.get(shard));
    }
    expect(found).toBe(100);
  });

  it('gives back what was appended', async () => {
    const record = event('back', 'back-1', { traits: { name: 'سارا', nested: [{ a: null }] }, context: { ip: '::1' }, occurredAt: NOW - 5 });
    const outcome: LogRecord = { kind: 'outcome', receivedAt: NOW, messageId: crypto.randomUUID() as never, outcome: 'clicked', machine: true, detail: 'https://example.com/', about: { journey: 'j', step: 's', template: 't', topic: null, decidedAt: NOW - 1 } };
    const contactId = contactIdOf(1, record.identifiers[0]!);
    await append([{ workspaceId: 1, contactId, record }, { workspaceId: 1, contactId, record: outcome }]);
    const logged = await readHistory(db, shardOf(contactId, SHARDS), contactId, { order: 'logged' });
    expect(logged.map((one) => one.record)).toEqual([record, outcome]);
    expect(logged.every((one) => one.workspaceId === 1 && one.contactId === contactId)).toBe(true);
  });

  it('counts a message id once: in one batch, in another, and among others', async () => {
    expect(await append([input('a', 'm1', {}, 3), input('a', 'm2', {}, 3), input('a', 'm1', {}, 3)])).toEqual(['appended', 'appended', 'duplicate']);
    expect(await append([input('b', 'm3', {}, 3), input('a', 'm2', {}, 3), input('a', 'm4', {}, 3)])).toEqual(['appended', 'duplicate', 'appended']);
    expect(await append([input('a', 'm1', {}, 3)])).toEqual(['duplicate']);
    expect(await countOf(3)).toBe(4);
  });

  it('keeps workspaces and contacts apart', async () => {
    expect(await append([input('a', 'same', {}, 4), input('a', 'same', {}, 5), input('other', 'same', {}, 4)])).toEqual(['appended', 'appended', 'appended']);
  });

  it('deduplicates outcomes by their own key, and not without one', async () => {
    const contactId = contactIdOf(6, { kind: 'user', value: 'x' });
    const record: LogRecord = { kind: 'outcome', receivedAt: NOW, messageId: crypto.randomUUID() as never, outcome: 'opened', machine: false, detail: null };
    const base = { workspaceId: 6, contactId, record };
    expect(await append([{ ...base, dedupeKey: 'open-1' }, base, base])).toEqual(['appended', 'appended', 'appended']);
    expect(await append([{ ...base, dedupeKey: 'open-1' }, base])).toEqual(['duplicate', 'appended']);
  });

  it('remembers message ids for at least seven days, across generations, and forgets them in the end', async () => {
    const start = Math.floor(NOW / DEDUPE_GENERATION_MS) * DEDUPE_GENERATION_MS + 10 * DEDUPE_GENERATION_MS;
    const justBefore = start - 1;
    const one = input('late', 'late-1', {}, 7);
    expect(await append([one], justBefore)).toEqual(['appended']);
    expect(await append([one], start)).toEqual(['duplicate']);
    expect(await append([one], justBefore + 7 * DAY_MS)).toEqual(['duplicate']);
    expect(await append([one], start + DEDUPE_GENERATION_MS)).toEqual(['appended']);
  });

  it('makes the partitions that it finds missing', async () => {
    const future = Date.UTC(2031, 4, 15);
    expect(await append([input('future', 'future-1', {}, 8)], future)).toEqual(['appended']);
    const { rows } = await db.query<{ name: string }>(`select relname as name from pg_class where relname like 'dedupe_%' and relispartition`);
    expect(rows.map(({ name }) => name).filter((name) => /^dedupe_\d+$/.test(name)).length).toBe(2);
  });

  it('never lets the sequence fall, whatever the clock says', async () => {
    const contactId = contactIdOf(9, { kind: 'user', value: 'back' });
    for (const now of [NOW, NOW - 5_000, NOW + 5_000]) await append([input('back', `clock-${now}`, {}, 9)], Math.max(now, NOW - 5_000));
    const seqs = (await readHistory(db, shardOf(contactId, SHARDS), contactId, { order: 'logged' })).map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(new Set(seqs).size).toBe(3);
  });

  it('leaves the head of a shard where it is when everything sent to it was seen before', async () => {
    const known = input('head-1', 'head-1', {}, 12);
    const other = Array.from({ length: 20 }, (_, i) => input(`head-${i + 2}`, `head-${i + 2}`, {}, 12)).find((one) => shardOf(one.contactId, SHARDS) !== shardOf(known.contactId, SHARDS))!;
    await append([known]);
    expect(await append([known, other], NOW + 60_000)).toEqual(['duplicate', 'appended']);
    const text = 'select h.head, (select max(e.seq) from event_log e where e.shard = h.shard) as last from log_head h where h.shard = $1';
    const { rows } = await db.query<{ head: number; last: number }>(text, [shardOf(known.contactId, SHARDS)]);
    expect(rows[0]!.head).toBe(rows[0]!.last);
  });

  it('loses and doubles nothing when many append the same things at once', async () => {
    const all = Array.from({ length: 300 }, (_, i) => input(`c${i % 7}`, `conc-${i}`, {}, 10));
    const shuffled = (seed: number): NewRecord[] => [...all].sort((a, b) => hashOf(a, seed) - hashOf(b, seed));
    const runs = await Promise.all(Array.from({ length: 8 }, (_, seed) => append(shuffled(seed))));
    expect(runs.flat().filter((result) => result === 'appended').length).toBe(300);
    expect(await countOf(10)).toBe(300);
    const { rows } = await db.query<{ n: number }>('select count(*) as n from event_log group by shard, seq having count(*) > 1');
    expect(rows).toEqual([]);
  });

  it('commits what goes alongside with the records, or neither', async () => {
    await db.query(`insert into meta values ('alongside', '0')`);
    const bump = { alongside: (tx: { query: (text: string) => Promise<unknown> }) => tx.query(`update meta set value = '1' where name = 'alongside'`) };
    await appendRecords(db, [input('along', 'along-1', {}, 11)], NOW, SHARDS, bump);
    expect((await db.query<{ value: string }>(`select value from meta where name = 'alongside'`)).rows[0]!.value).toBe('1');
    const failing = { alongside: (tx: { query: (text: string) => Promise<unknown> }) => tx.query('select 1/0') };
    await expect(appendRecords(db, [input('along', 'along-2', {}, 11)], NOW, SHARDS, failing)).rejects.toThrow(/division by zero/);
    expect(await countOf(11)).toBe(1);
    expect(await append([input('along', 'along-2', {}, 11)])).toEqual(['appended']);
  });

  it('refuses shards that the database does not have', async () => {
    await expect(appendRecords(db, [input('a', 'x'), input('b', 'x'), input('c', 'x'), input('d', 'x')], NOW, 4096)).rejects.toMatchObject({ code: 'shards_missing' });
    await expect(createShards(db, SHARDS * 2)).rejects.toMatchObject({ code: 'shards_missing' });
  });
});

/** A cheap order that differs by seed. */
function hashOf(record: NewRecord, seed: number): number {
  let value = seed + 1;
  for (const char of (record.record as TrackedEvent).messageId) value = (value * 31 + char.charCodeAt(0) * (seed + 3)) % 1_000_003;
  return value;
}
