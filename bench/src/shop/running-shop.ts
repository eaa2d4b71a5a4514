import { appendRecords, createWorkspace, findWork, type Database } from '@samovar/store';
import { applyFiles, ProgramCache, systemClock, Worker } from '@samovar/server';
import type { BenchDatabase, BenchServer } from '../bench-server.ts';
import { shopDefinitions } from './definitions.ts';
import { Shop } from './events.ts';

/** More lanes than cores only make them wait for each other. */
export const LANES = 3;
const APPEND_BATCH = 1_000;

export interface RunningShop {
  database: BenchDatabase;
  workspaceId: number;
  shardCount: number;
  shop: Shop;
  programs: ProgramCache;
}

/** A workspace with its definitions published, and nobody in it yet. */
export async function openShop(
  server: BenchServer, { shardCount, segments = 50, journeys = 20, visitors }: { shardCount: number; segments?: number; journeys?: number; visitors: number },
): Promise<RunningShop> {
  const database = await server.fresh({ shardCount });
  const { workspaceId } = await createWorkspace(database.db, 'bench', Date.now());
  await publish(database.db, workspaceId, shopDefinitions(segments, journeys));
  const shop = { database, workspaceId, shardCount, shop: new Shop({ workspaceId, visitors }), programs: new ProgramCache() };
  await drain(shop);
  return shop;
}

export async function publish(db: Database, workspaceId: number, files: { path: string; text: string }[]): Promise<void> {
  const result = await applyFiles({ db, clock: systemClock, onPublished: () => {} }, { workspaceId, files, enterExisting: [], decided: 'all', dryRun: false, prune: false });
  if (result.kind !== 'applied') throw new Error(`the definitions of the bench are refused: ${JSON.stringify(result).slice(0, 2_000)}`);
}

/** Logs so many events, received now. */
export async function append({ database, shop, shardCount }: RunningShop, count: number): Promise<void> {
  for (let done = 0; done < count; done += APPEND_BATCH) {
    const now = Date.now();
    await appendRecords(database.db, shop.events(Math.min(APPEND_BATCH, count - done), now), now, shardCount);
  }
}

export interface Drained {
  seconds: number;
  /** Of this process and of the database. */
  cpuSeconds: number;
  records: number;
  timers: number;
  turns: number;
}

/** Lets the worker do all that is due now, and measures it. */
export async function drain({ database, shardCount, programs }: RunningShop, { lanes = LANES, db = database.db }: { lanes?: number; db?: Database } = {}): Promise<Drained> {
  const counts = { records: 0, timers: 0, turns: 0 };
  let failure: unknown = null;
  const worker = new Worker({
    db, clock: systemClock, programs, shardCount, concurrency: lanes,
    onTurn: (result) => {
      counts.records += result.records;
      counts.timers += result.timers;
      counts.turns += 1;
    },
    onError: (error) => { failure = error; },
  });
  const start = performance.now();
  const cpuStart = database.cpuSeconds();
  worker.start();
  while (await isBusy(db) || !worker.idle) await worker.settle();
  const seconds = (performance.now() - start) / 1_000;
  const cpuSeconds = database.cpuSeconds() - cpuStart;
  await worker.stop();
  if (failure !== null) throw new Error('the engine met an error', { cause: failure });
  return { seconds, cpuSeconds, ...counts };
}

async function isBusy(db: Database): Promise<boolean> {
  const now = Date.now();
  return (await findWork(db)).some((work) => work.behind || work.inbox || work.sweeping || (work.nextDueAt ?? Infinity) <= now);
}
