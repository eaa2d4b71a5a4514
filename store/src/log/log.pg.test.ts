import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactIdOf, shardOf } from '@samovar/core';
import type { TrackedEvent } from '@samovar/core';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { appendRecords } from './append.ts';
import { dedupeGenerationOf, ensurePartitions } from './partitions.ts';
import { readHistory, readRecords } from './read.ts';
import { REJECTED_PAYLOAD_BYTES, keepRejected, listRejected } from './rejected.ts';
import { firstSeqAt } from './sequence.ts';
import { createShards } from './shards.ts';

const SHARDS = 4;
const NOW = Date.UTC(2026, 11, 20, 12);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
});
afterAll(() => db.close());

async function partitions(): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(`select relname as name from pg_class where relispartition and relkind = 'r' order by 1`);
  return rows.map(({ name }) => name);
}

describe('ensurePartitions', () => {
  it('makes months and generations ahead, and may be called by many at once', async () => {
    const generation = dedupeGenerationOf(NOW);
    const due = await Promise.all(Array.from({ length: 5 }, () => ensurePartitions(db, NOW)));
    expect(new Set(due).size).toBe(1);
    expect(dedupeGenerationOf(due[0]!)).toBe(generation + 1);
    expect(await partitions()).toEqual([
      `dedupe_${generation}`, `dedupe_${generation + 1}`, 'event_log_2026_12', 'event_log_2027_01', 'event_log_2027_02', 'event_log_default',
    ]);
  });

  it('drops generations that nobody looks at any more', async () => {
    const generation = dedupeGenerationOf(NOW);
    await ensurePartitions(db, await ensurePartitions(db, NOW));
    expect(await partitions()).toContain(`dedupe_${generation}`);
    await ensurePartitions(db, await ensurePartitions(db, await ensurePartitions(db, NOW)));
    expect((await partitions()).filter((name) => name.startsWith('dedupe_'))).toEqual([`dedupe_${generation + 1}`, `dedupe_${generation + 2}`, `dedupe_${generation + 3}`]);
  });

  it('leaves a month whose records went to the default partition where it is', async () => {
    const inJune = Date.UTC(2027, 5, 10);
    await db.query(
      `insert into event_log (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)
       values (0, $1, 1, gen_random_uuid(), 1, 0, 0, '', '')`,
      [firstSeqAt(inJune)],
    );
    await ensurePartitions(db, inJune);
    const names = await partitions();
    expect(names).not.toContain('event_log_2027_06');
    expect(names).toContain('event_log_2027_07');
  });
});

describe('readHistory', () => {
  const contactId = contactIdOf(1, { kind: 'user', value: 'reader' });
  const shard = shardOf(contactId, SHARDS);
  const at = (record: TrackedEvent): number => record.occurredAt - NOW;

  beforeAll(async () => {
    await ensurePartitions(db, Date.UTC(2027, 6, 1));
    const records = [-10, -30, -20, 0].map((offset, i): TrackedEvent => ({
      kind: 'event', type: 'track', name: 'e', messageId: `r${i}`, receivedAt: NOW, occurredAt: NOW + offset, identifiers: [{ kind: 'user', value: 'reader' }],
      properties: {}, traits: {}, context: {}, trusted: true, historical: false,
    }));
    await appendRecords(db, records.map((record) => ({ workspaceId: 1, contactId, record })), Date.UTC(2027, 6, 1), SHARDS);
  });

  it('reads in each order', async () => {
    const times = async (order: 'occurred' | 'logged' | 'latest'): Promise<number[]> =>
      (await readHistory(db, shard, [contactId], { order })).map(({ record }) => at(record as TrackedEvent));
    expect(await times('occurred')).toEqual([-30, -20, -10, 0]);
    expect(await times('latest')).toEqual([0, -10, -20, -30]);
    expect(await times('logged')).toEqual([-10, -30, -20, 0]);
  });

  it('keeps to its bounds', async () => {
    const all = await readHistory(db, shard, contactId, { order: 'logged' });
    expect((await readHistory(db, shard, contactId, { upToSeq: all[1]!.seq })).length).toBe(2);
    expect((await readHistory(db, shard, contactId, { from: NOW - 20, before: NOW })).length).toBe(2);
    expect((await readHistory(db, shard, contactId, { limit: 1, order: 'latest' })).map(({ seq }) => seq)).toEqual([all[3]!.seq]);
    expect(await readHistory(db, (shard + 1) % SHARDS, contactId)).toEqual([]);
  });

  it('reads a shard on from a position', async () => {
    const all = await readRecords(db, shard, firstSeqAt(Date.UTC(2027, 5, 20)), 100);
    expect(all.length).toBe(4);
    expect((await readRecords(db, shard, all[1]!.seq, 1)).map(({ seq }) => seq)).toEqual([all[2]!.seq]);
  });
});

describe('keepRejected', () => {
  it('keeps an item with its reason, once, for its workspace', async () => {
    const item = { workspaceId: 1, receivedAt: NOW, code: 'event_name_missing', message: 'no \u0000 name', pointer: '/event', payload: { type: 'track', user: 'سارا' } };
    await keepRejected(db, [item, { ...item, receivedAt: NOW + 1, payload: [1] }], SHARDS);
    await keepRejected(db, [item, { ...item, workspaceId: 2 }], SHARDS);
    const [newest, oldest, ...others] = await listRejected(db, 1);
    expect(others).toEqual([]);
    expect(newest).toMatchObject({ payload: [1], receivedAt: NOW + 1 });
    expect(oldest).toMatchObject({ ...item, message: 'no \uFFFD name' });
    expect(await listRejected(db, 1, { after: newest!, limit: 1 })).toEqual([oldest]);
    expect((await listRejected(db, 2)).length).toBe(1);
  });

  it('cuts what is too long to be kept', async () => {
    await keepRejected(db, [{ workspaceId: 3, receivedAt: NOW, code: 'c', message: '', pointer: '', payload: 'x'.repeat(REJECTED_PAYLOAD_BYTES * 2) }], SHARDS);
    const [kept] = await listRejected(db, 3);
    expect((kept!.payload as string).length).toBe(REJECTED_PAYLOAD_BYTES);
  });
});
