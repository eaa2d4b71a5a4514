import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '@samovar/core';
import { ALL_DAYS, readCounters } from '../read/journeys.ts';
import { createShards } from '../log/shards.ts';
import { writeCounters } from '../shard/write.ts';
import { lockShard } from '../shard/load.ts';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { rollUpCounters, rollUpShard } from './roll-up.ts';

const SHARDS = 4;
const DAY = 20_000;
const NOW = DAY * DAY_MS + 30 * HOUR_MS;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
});
afterAll(() => db.close());

async function add(shard: number, hour: number, value: number): Promise<void> {
  await db.transaction(async (tx) => writeCounters(tx, shard, [{ workspaceId: 1, thing: 'journey:a', metric: 'sent', hour, value }]));
}

const total = async (): Promise<number> => (await readCounters(db, 1, ['journey:a'], ALL_DAYS, 'total', SHARDS))[0]?.value ?? 0;
const left = async (): Promise<number> => (await db.query('select c.hour from counters c')).rowCount;

describe('rolling counters up', () => {
  it('changes no sum, whenever it is done and whatever comes late', async () => {
    for (let shard = 0; shard < SHARDS; shard += 1) for (let hour = 0; hour <= 30; hour += 1) await add(shard, DAY * 24 + hour, 1);
    expect(await total()).toBe(SHARDS * 31);
    await rollUpCounters(db, NOW, SHARDS);
    expect(await total()).toBe(SHARDS * 31);
    expect(await left()).toBe(SHARDS * 2);
    await add(1, DAY * 24 + 3, 5);
    expect(await total()).toBe(SHARDS * 31 + 5);
    await rollUpCounters(db, NOW + HOUR_MS, SHARDS);
    expect(await total()).toBe(SHARDS * 31 + 5);
    const days = await readCounters(db, 1, ['journey:a'], { fromDay: DAY, toDay: DAY + 2 }, 'day', SHARDS);
    expect(days.map(({ day, value }) => [day, value]).sort(([a], [b]) => (a ?? 0) - (b ?? 0))).toEqual([[DAY, SHARDS * 24 + 5], [DAY + 1, SHARDS * 7]]);
    expect(await readCounters(db, 1, ['journey:a'], { fromDay: DAY + 2, toDay: DAY + 3 }, 'day', SHARDS)).toEqual([]);
  });

  it('leaves a shard alone that a worker holds', async () => {
    await db.transaction(async (tx) => {
      await lockShard(tx, 2);
      expect(await rollUpShard(db, 2, NOW + DAY_MS, SHARDS)).toBeNull();
    });
    expect(await rollUpShard(db, 2, NOW + DAY_MS, SHARDS)).toBe(1);
  });
});
