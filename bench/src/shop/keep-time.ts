import { Collector, systemClock, Worker } from '@samovar/server';
import { recordDatabase } from '../recorded-database.ts';
import { percentile } from '../result.ts';
import { LANES, type RunningShop } from './running-shop.ts';
import { insertSleepers } from './sleepers.ts';

/** Time for the sleepers to be inserted, and for everybody to be looked at since a journey was published. */
const PREPARATION_MS = 5_000;
const TICK_MS = 20;

export interface Load {
  forMs: number;
  eventsPerSecond: number;
  timersPerSecond: number;
}

/** Timers that fall due one after the other while events go on arriving: by how much they are late when they are committed. */
export async function keepTime(shop: RunningShop, { forMs, eventsPerSecond, timersPerSecond }: Load): Promise<{ p50: number; p99: number }> {
  const { database: { db }, shardCount } = shop;
  const count = Math.round((timersPerSecond * forMs) / 1_000);
  const recorded = recordDatabase(db, () => false);
  const collector = new Collector({ db, clock: systemClock, shardCount });
  let failure: unknown = null;
  const fail = (error: unknown): void => { failure ??= error; };
  const worker = new Worker({ db: recorded.db, clock: systemClock, programs: shop.programs, shardCount, concurrency: LANES, onError: fail });
  collector.onAppended((shards) => worker.wake(shards));
  worker.start();
  const dueFrom = Date.now() + PREPARATION_MS + count / 10;
  await insertSleepers(shop, { count, dueFrom, dueOverMs: forMs, name: `punctual-${dueFrom}-` });
  if (Date.now() > dueFrom - PREPARATION_MS / 2) throw new Error('inserting took too long for the figures to mean anything');
  const before = recorded.latenessMs.length;
  while (Date.now() < dueFrom + forMs) {
    const started = Date.now();
    void collector.accept({ records: shop.shop.events((eventsPerSecond * TICK_MS) / 1_000, started) }).catch(fail);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS - (Date.now() - started)));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await collector.close();
  await worker.stop();
  if (failure !== null) throw new Error('the engine met an error', { cause: failure });
  const lateness = recorded.latenessMs.slice(before);
  if (lateness.length < count) throw new Error(`${lateness.length} of ${count} timers acted`);
  return { p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99) };
}
