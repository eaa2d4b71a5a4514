import { DEFAULT_SHARD_COUNT, int4Array, int8Array, statement, textArray, uuidArray, type Database } from '@samovar/store';
import { systemClock, Worker } from '@samovar/server';
import { resultOf, type BenchOptions, type BenchResult } from '../result.ts';
import { append, drain, LANES, openShop, publish, type RunningShop } from '../shop/running-shop.ts';

const SEGMENT = 'keen';
const DEFINITION = { path: `segments/${SEGMENT}.yaml`, text: `segment: ${SEGMENT}\nname: Keen\nmatch: { event: Product Viewed, where: { price: { more than: 50 } }, times: at least 2, within: 90 days }\n` };

/** B14: a segment that asks for something nobody kept so far, so that every contact's history is read again. */
export async function backfill(options: BenchOptions): Promise<BenchResult[]> {
  const events = options.quick ? 60_000 : 400_000;
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: events / 20 });
  await append(shop, events);
  await drain(shop);
  await shop.database.db.query('vacuum analyze');
  const results = await backfilled(shop, events);
  await shop.database.drop();
  return results;
}

/** A new segment over what is in the shop, brought up, beside reading the same and writing its members. */
export async function backfilled(shop: RunningShop, events: number): Promise<BenchResult[]> {
  const { db } = shop.database;
  await publish(db, shop.workspaceId, [DEFINITION]);
  const { seconds, cpuSeconds } = await drain(shop);
  const { rows } = await db.query<{ members: number }>('select count(*) as members from memberships m where m.segment = $1 and m.left_at_ms is null', [SEGMENT]);
  const members = rows[0]?.members ?? 0;
  if (members === 0) throw new Error('nobody is in the new segment');
  const bareCpuStart = shop.database.cpuSeconds();
  const bareSeconds = await bareBackfill(shop);
  const bareCpuSeconds = shop.database.cpuSeconds() - bareCpuStart;
  const what = `a new segment brought up from ${events.toLocaleString('en-US')} events, ${members.toLocaleString('en-US')} members`;
  return [
    resultOf({ id: 'B14', what, value: events / seconds, unit: 'events/s', limit: events / bareSeconds }, { ratioAtLeast: 0.5 }),
    resultOf({ id: 'B14 cpu', what: 'the same, processor time of all', value: (cpuSeconds / events) * 1_000_000, unit: 'µs/event', limit: (bareCpuSeconds / events) * 1_000_000, lessIsBetter: true }),
  ];
}

/** B14: events that arrive while contacts are brought up to a new segment, beside the same events with nothing else to do. */
export async function decideDuringBackfill(options: BenchOptions): Promise<BenchResult[]> {
  const [events, live] = options.quick ? [60_000, 6_000] : [400_000, 40_000];
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: events / 20 });
  await append(shop, events);
  await drain(shop);
  await shop.database.db.query('vacuum analyze');
  await append(shop, live);
  const { seconds: alone } = await drain(shop);
  await publish(shop.database.db, shop.workspaceId, [DEFINITION]);
  await append(shop, live);
  const { seconds: together, swept } = await drainRecords(shop, live);
  await shop.database.drop();
  return [
    resultOf({
      id: 'B14 live', what: `${live.toLocaleString('en-US')} events decided while a segment is brought up (${swept.toLocaleString('en-US')} contacts meanwhile)`,
      value: live / together, unit: 'events/s', limit: live / alone,
    }, { ratioAtLeast: 0.7 }),
  ];
}

/** Works until so many records have been decided, whatever else there is to do. */
async function drainRecords({ database: { db }, shardCount, programs }: RunningShop, count: number): Promise<{ seconds: number; swept: number }> {
  let [records, swept] = [0, 0];
  let failure: unknown = null;
  let done = (): void => {};
  const decided = new Promise<void>((resolve) => { done = resolve; });
  const worker = new Worker({
    db, clock: systemClock, programs, shardCount, concurrency: LANES,
    onTurn: (result) => {
      records += result.records;
      swept += result.swept;
      if (records >= count) done();
    },
    onError: (error) => { failure = error; done(); },
  });
  const start = performance.now();
  worker.start();
  await decided;
  const seconds = (performance.now() - start) / 1_000;
  await worker.stop();
  if (failure !== null) throw new Error('the engine met an error', { cause: failure });
  return { seconds, swept };
}

const readAll = statement('bench_backfill_read', `select e.contact_id, e.occurred_at_ms, e.name, convert_from(e.body, 'UTF8') as body from event_log e where e.shard = $1`);
const writeMembers = statement(
  'bench_backfill_write',
  `insert into memberships as m (shard, workspace_id, segment, contact_id, entered_at_ms)
   select s.shard, u.* from shards s, unnest($2::int[], $3::text[], $4::uuid[], $5::bigint[]) u where s.shard = $1`,
);

/** Reads every event once, shard by shard, and writes one row per member. */
async function bareBackfill({ database: { db }, workspaceId, shardCount }: RunningShop): Promise<number> {
  const { rows } = await db.query<{ shard: number; contact_id: string }>('select m.shard, m.contact_id from memberships m where m.segment = $1 and m.left_at_ms is null', [SEGMENT]);
  const members = Array.from({ length: shardCount }, (): string[] => []);
  for (const row of rows) members[row.shard]?.push(row.contact_id);
  await db.query('delete from memberships m where m.segment = $1', [SEGMENT]);
  const start = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let shard = next++; shard < shardCount; shard = next++) await rewriteShard(db, workspaceId, shard, members[shard] ?? []);
  }));
  return (performance.now() - start) / 1_000;
}

async function rewriteShard(db: Database, workspaceId: number, shard: number, ids: string[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(readAll, [shard]);
    await tx.query(writeMembers, [shard, int4Array(ids.map(() => workspaceId)), textArray(ids.map(() => SEGMENT)), uuidArray(ids), int8Array(ids.map(() => 1))]);
  });
}
