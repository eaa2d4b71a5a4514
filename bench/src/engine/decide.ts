import type { BenchOptions, BenchResult } from '../result.ts';
import { resultOf } from '../result.ts';
import { recordDatabase, replaySeconds } from '../recorded-database.ts';
import { append, drain, LANES, openShop, type RunningShop } from '../shop/running-shop.ts';
import { insertSleepers } from '../shop/sleepers.ts';
import { measureDisk } from './disk.ts';
import { DEFAULT_SHARD_COUNT } from '@samovar/store';

const VISITORS = 50_000;

/** B3 and B20: events of a usual shop decided, beside the same statements without anything decided. */
export async function decideUsual(options: BenchOptions): Promise<BenchResult[]> {
  const events = options.quick ? 30_000 : 100_000;
  const first = await warmShop(options, { visitors: VISITORS, warmUp: options.quick ? 30_000 : 100_000 });
  await append(first, events);
  // One is measured, the next one recorded, since recording costs something, and the last one bears the recording's statements.
  const { original, copy } = await options.server.copy(first.database);
  const { original: recordedDatabase, copy: bare } = await options.server.copy(copy);
  const shop = { ...first, database: original };
  const { seconds, cpuSeconds, records } = await drain(shop);
  const recorded = recordDatabase(recordedDatabase.db, () => true);
  await drain({ ...first, database: recordedDatabase }, { db: recorded.db });
  await recordedDatabase.drop();
  const cpuStart = bare.cpuSeconds();
  const bareSeconds = await replaySeconds(bare.db, recorded.transactions, LANES);
  const bareCpuSeconds = bare.cpuSeconds() - cpuStart;
  await bare.drop();
  const results = [
    resultOf(
      { id: 'B3', what: '50 segments, 20 journeys: events decided, everything stored', value: records / seconds, unit: 'events/s', limit: records / bareSeconds },
      { atLeast: 15_000, ratioAtLeast: 0.5 },
    ),
    resultOf({
      id: 'B3 cpu', what: 'the same, processor time of all', value: (cpuSeconds / records) * 1_000_000, unit: 'µs/event', limit: (bareCpuSeconds / records) * 1_000_000,
      lessIsBetter: true,
    }),
  ];
  if (options.wants('B20')) results.push(await measureDisk(shop));
  await original.drop();
  return results;
}

/** B4: the same events when most of what is defined does not concern them; `usual` are the figures of B3. */
export async function decideAmongMany(options: BenchOptions, usual: readonly BenchResult[]): Promise<BenchResult[]> {
  const shop = await warmShop(options, { visitors: VISITORS, warmUp: options.quick ? 30_000 : 100_000, segments: 1_000, journeys: 500 });
  const results = await decided(shop, options.quick ? 30_000 : 100_000, { id: 'B4', what: 'with 1,000 segments and 500 journeys', share: 0.5, usual });
  await shop.database.drop();
  return results;
}

/** B5: the same events while more and more contacts do nothing at all. */
export async function decideAmongDormant(options: BenchOptions): Promise<BenchResult[]> {
  const events = options.quick ? 30_000 : 60_000;
  const shop = await warmShop(options, { visitors: 10_000, warmUp: 30_000 });
  const results: BenchResult[] = [];
  let dormant = 0;
  let first: readonly BenchResult[] = [];
  for (const count of options.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]) {
    await insertSleepers(shop, { count: count - dormant, dueFrom: null, name: `dormant-${count}-` });
    dormant = count;
    await shop.database.db.query('vacuum analyze contacts');
    const name = count.toLocaleString('en-US');
    const measured = await decided(shop, events, { id: `B5 ${name}`, what: `with ${name} dormant contacts`, share: 0.8, usual: first });
    results.push(...measured);
    if (first.length === 0) first = measured;
  }
  await shop.database.drop();
  return results;
}

/** A shop in which everybody has done something already, and the server has settled. */
async function warmShop(options: BenchOptions, { warmUp, ...size }: { visitors: number; warmUp: number; segments?: number; journeys?: number }): Promise<RunningShop> {
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, ...size });
  await append(shop, warmUp);
  await drain(shop);
  await shop.database.db.query('vacuum analyze');
  return shop;
}

/** Decides events and compares how long that took, and how much processor time, with what was measured before. */
async function decided(shop: RunningShop, events: number, about: { id: string; what: string; share: number; usual: readonly BenchResult[] }): Promise<BenchResult[]> {
  await append(shop, events);
  const { records, seconds, cpuSeconds } = await drain(shop);
  const [rate, cpu] = about.usual;
  return [
    resultOf({ id: about.id, what: about.what, value: records / seconds, unit: 'events/s', limit: rate?.value ?? null }, rate === undefined ? {} : { ratioAtLeast: about.share }),
    resultOf({ id: `${about.id} cpu`, what: 'the same, processor time of all', value: (cpuSeconds / records) * 1_000_000, unit: 'µs/event', limit: cpu?.value ?? null, lessIsBetter: true }),
  ];
}
