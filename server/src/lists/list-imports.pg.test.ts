import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertList, listImports, readListImport, readMembers } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { TestShop } from '../testing/outbox.ts';
import { KEEP_IMPORT_MS, ListImports, type ListImportSummary } from './list-imports.ts';
import { listMapping } from './list-mapping.ts';

const START = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 5_000;
const FILE = { list: 'fair', fileName: 'fair.csv', text: `mail\n${Array.from({ length: PEOPLE }, (_, n) => `p${n}@example.com\n`).join('')}`, mapping: listMapping.parse({ email: 'mail' }), trigger: false };

let db: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START });
  await insertList(db, shop.workspaceId, { key: 'fair', name: 'Fair', description: null, createdAt: START });
});
afterAll(() => db.close());

const process = (): ListImports => new ListImports({ db, clock: shop.clock, shardCount: shop.shardCount, onTrouble: (message, error) => { throw new Error(message, { cause: error }); } });

async function positionOf(id: string): Promise<number> {
  return (await listImports(db, shop.workspaceId)).find(({ importId }) => importId === id)?.position ?? 0;
}

async function onTheList(): Promise<number> {
  await shop.decide();
  let count = 0;
  let place = { shard: 0, key: null as string | null };
  for (;;) {
    const members = await readMembers(db, shop.workspaceId, { segment: 'list/fair' }, place, 500, shop.shardCount);
    count += members.length;
    if (members.length < 500) return count;
    place = { shard: members.at(-1)!.shard, key: members.at(-1)!.contactId };
  }
}

describe('a file that is read onto a list', () => {
  it('is gone on with by another process where the first one stopped, and by two at once', async () => {
    const first = process();
    const { id } = await first.start(shop.workspaceId, FILE);
    await expect.poll(() => positionOf(id), { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
    await first.close();
    const position = await positionOf(id);
    expect(position).toBeLessThan(2 * PEOPLE);
    expect(await readListImport(db, shop.workspaceId, id)).toMatchObject({ state: 'running', summary: { people: expect.any(Number), of: FILE.text.length } });
    const others = [process(), process()];
    await Promise.all(others.map((one) => one.resume()));
    await Promise.all(others.map((one) => one.settled()));
    expect(await readListImport(db, shop.workspaceId, id)).toMatchObject({ state: 'done', text: null, summary: { people: PEOPLE, badLines: 0, done: FILE.text.length } satisfies Partial<ListImportSummary> });
    const { rows } = await db.query<{ n: number }>(`select count(*) as n from event_log e where e.name = 'List Joined'`);
    expect([rows[0]?.n, await onTheList()]).toEqual([PEOPLE, PEOPLE]);
  });

  it('can be stopped: who was read stays, the rest does not come', async () => {
    const one = process();
    const { id } = await one.start(shop.workspaceId, { ...FILE, text: FILE.text.replaceAll('@example.com', '@other.example') });
    await expect.poll(() => positionOf(id), { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
    expect(await one.cancel(shop.workspaceId, id)).toBe(true);
    await one.settled();
    expect(await one.cancel(shop.workspaceId, id)).toBe(false);
    expect(await one.cancel(shop.workspaceId + 1, id)).toBe(false);
    expect(await readListImport(db, shop.workspaceId, id)).toMatchObject({ state: 'cancelled' });
    await one.resume();
    await one.settled();
    const count = await onTheList();
    expect(count).toBeGreaterThan(PEOPLE);
    expect(count).toBeLessThan(2 * PEOPLE);
  });

  it('is forgotten after a month, with what was wrong with it', async () => {
    const one = process();
    const wrong = { ...FILE, text: 'mail\nno address\n' };
    const { id } = await one.start(shop.workspaceId, wrong);
    await one.settled();
    expect(await readListImport(db, shop.workspaceId, id)).toMatchObject({ state: 'done', summary: { badLines: 1 } });
    shop.clock.moveTo(START + KEEP_IMPORT_MS);
    await one.start(shop.workspaceId, wrong);
    expect(await readListImport(db, shop.workspaceId, id)).not.toBeNull();
    shop.clock.moveTo(START + KEEP_IMPORT_MS + 1);
    const last = await one.start(shop.workspaceId, wrong);
    await one.settled();
    expect(await readListImport(db, shop.workspaceId, id)).toBeNull();
    expect((await listImports(db, shop.workspaceId)).map(({ importId }) => importId)).not.toContain(id);
    expect(await readListImport(db, shop.workspaceId, last.id)).not.toBeNull();
  });
});
