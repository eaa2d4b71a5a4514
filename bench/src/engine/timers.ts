import { DEFAULT_SHARD_COUNT } from '@samovar/store';
import { recordDatabase, replaySeconds } from '../recorded-database.ts';
import { resultOf, type BenchOptions, type BenchResult } from '../result.ts';
import { keepTime } from '../shop/keep-time.ts';
import { append, drain, LANES, openShop } from '../shop/running-shop.ts';
import { insertSleepers } from '../shop/sleepers.ts';

/** So many of the timers are done again without deciding: all of them would not fit into memory. */
const REPLAYED = 100_000;

/** B6: sleeping enrollments that all fall due at once. */
export async function wakeAll(options: BenchOptions): Promise<BenchResult[]> {
  const count = options.quick ? 100_000 : 1_000_000;
  const first = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: 1 });
  await insertSleepers(first, { count, dueFrom: Date.now() - 1_000, name: 'sleeper-' });
  await first.database.db.query('vacuum analyze');
  const { original, copy } = await options.server.copy(first.database);
  const recorded = recordDatabase(original.db, () => recorded.latenessMs.length <= REPLAYED);
  const { seconds, cpuSeconds, timers } = await drain({ ...first, database: original }, { db: recorded.db });
  if (timers < count) throw new Error(`${timers} of ${count} timers acted`);
  const replayed = Math.min(count, recorded.latenessMs.length, REPLAYED);
  const bareCpuStart = copy.cpuSeconds();
  const bareSeconds = await replaySeconds(copy.db, recorded.transactions, LANES);
  const bareCpuSeconds = copy.cpuSeconds() - bareCpuStart;
  await copy.drop();
  await original.drop();
  const what = `${count.toLocaleString('en-US')} sleeping enrollments due at once: next step decided`;
  return [
    resultOf({ id: 'B6', what, value: timers / seconds, unit: 'timers/s', limit: replayed / bareSeconds }, { ratioAtLeast: 0.4 }),
    resultOf({ id: 'B6 cpu', what: 'the same, processor time of all', value: (cpuSeconds / timers) * 1_000_000, unit: 'µs/timer', limit: (bareCpuSeconds / replayed) * 1_000_000, lessIsBetter: true }),
    resultOf({ id: 'B6 time', what: 'the same, until the last one is committed', value: seconds, unit: 's' }, options.quick ? {} : { atMost: 70 }),
  ];
}

/** B7: how late timers are when a million contacts sleep and events go on arriving. */
export async function beOnTime(options: BenchOptions): Promise<BenchResult[]> {
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: 50_000 });
  const sleeping = options.quick ? 100_000 : 1_000_000;
  await append(shop, 50_000);
  await insertSleepers(shop, { count: sleeping, dueFrom: Date.now() + 86_400_000, dueOverMs: 86_400_000, name: 'later-' });
  await drain(shop);
  await shop.database.db.query('vacuum analyze');
  const { p50, p99 } = await keepTime(shop, { forMs: options.quick ? 10_000 : 30_000, eventsPerSecond: 1_000, timersPerSecond: 200 });
  await shop.database.drop();
  const what = `time edge reached until committed, ${sleeping.toLocaleString('en-US')} contacts sleeping, 1,000 events/s`;
  return [
    resultOf({ id: 'B7 p50', what: `${what}, median`, value: p50, unit: 'ms' }, { atMost: 150 }),
    resultOf({ id: 'B7 p99', what: `${what}, 99th percentile`, value: p99, unit: 'ms' }, { atMost: 1_000 }),
  ];
}
