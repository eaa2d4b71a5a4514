import { findWork } from '@samovar/store';
import { Collector, systemClock } from '@samovar/server';
import { percentile, resultOf, type Bench, type BenchOptions, type BenchResult } from './result.ts';
import { append, drain, openShop, type RunningShop } from './shop/running-shop.ts';
import { keepTime } from './shop/keep-time.ts';

const CANDIDATES = [16, 32, 64, 128, 256];
const REQUEST_EVENTS = 100;
const SUBMITTERS = 32;

/** What one number of shards or another costs, with events spread evenly over contacts: taking in, deciding, keeping time. */
export const run: Bench = async (options) => {
  const results: BenchResult[] = [];
  for (const shardCount of CANDIDATES) results.push(...(await measure(options, shardCount)));
  return results;
};

async function measure(options: BenchOptions, shardCount: number): Promise<BenchResult[]> {
  options.note(`${shardCount} shards`);
  const shop = await openShop(options.server, { shardCount, visitors: 20_000 });
  const events = options.quick ? 20_000 : 60_000;
  const id = (name: string): string => `shards ${shardCount} ${name}`;
  await append(shop, 20_000);
  await drain(shop);
  const taken = await takeIn(shop, events);
  await drain(shop);
  const results = [
    resultOf({ id: id('B1'), what: 'requests of 100 events taken in, 32 at once, no HTTP', value: taken, unit: 'events/s' }),
    ...(await decide(shop, id('B3'), events, 20_000)),
    ...(await decide(shop, id('B3'), events / 3, 2_000)),
  ];
  const { p50, p99 } = await keepTime(shop, { forMs: options.quick ? 5_000 : 10_000, eventsPerSecond: 1_000, timersPerSecond: 500 });
  results.push(
    resultOf({ id: id('B7'), what: 'timers late by, median, 1,000 events/s and 500 timers/s', value: p50, unit: 'ms' }),
    resultOf({ id: id('B7'), what: 'timers late by, 99th percentile', value: p99, unit: 'ms' }),
    resultOf({ id: id('look'), what: 'one look at all shards', value: await timeToLook(shop.database.db), unit: 'ms' }),
  );
  await shop.database.drop();
  return results;
}

async function takeIn({ database: { db }, shop, shardCount }: RunningShop, events: number): Promise<number> {
  const collector = new Collector({ db, clock: systemClock, shardCount });
  const requests = Array.from({ length: events / REQUEST_EVENTS }, () => shop.events(REQUEST_EVENTS, Date.now()));
  const start = performance.now();
  await Promise.all(Array.from({ length: SUBMITTERS }, async () => {
    for (let records = requests.pop(); records !== undefined; records = requests.pop()) await collector.accept({ records });
  }));
  const seconds = (performance.now() - start) / 1_000;
  await collector.close();
  return events / seconds;
}

/** Appends so many events at a time and measures how fast they are decided then. */
async function decide(shop: RunningShop, id: string, events: number, waiting: number): Promise<BenchResult[]> {
  let seconds = 0;
  let cpuSeconds = 0;
  for (let done = 0; done < events; done += waiting) {
    await append(shop, waiting);
    const drained = await drain(shop);
    seconds += drained.seconds;
    cpuSeconds += drained.cpuSeconds;
  }
  const what = `events decided with ${waiting.toLocaleString('en-US')} waiting`;
  return [
    resultOf({ id, what, value: events / seconds, unit: 'events/s' }),
    resultOf({ id, what: 'the same, processor time of all', value: (cpuSeconds / events) * 1_000_000, unit: 'µs/event' }),
  ];
}

async function timeToLook(db: RunningShop['database']['db']): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const start = performance.now();
    await findWork(db);
    times.push(performance.now() - start);
  }
  return percentile(times, 0.5);
}
