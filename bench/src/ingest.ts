import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Collector, KeyRing, systemClock, trackingRoutes } from '@samovar/server';
import { byteaArray, createKey, createWorkspace, int2Array, int4Array, int8Array, prepareRecord, SEQ_PER_MS, statement, textArray, uuidArray } from '@samovar/store';
import type { Database, PreparedRecord } from '@samovar/store';
import type { BenchDatabase } from './bench-server.ts';
import { load, type LoadOrder, type LoadReport } from './ingest/load.ts';
import { percentile, resultOf, type Bench, type BenchOptions, type BenchResult } from './result.ts';
import { Shop } from './shop/events.ts';

const SHARDS = 64;
const VISITORS = 20_000;
const CONNECTIONS = 32;
const BATCH_EVENTS = 100;
/** Bare limit and product take turns, so that whatever else the machine does meets both. */
const ROUNDS = 3;

const KEY = 'smv_server_bench';

interface TrackingTarget {
  port: number;
  stop(): Promise<void>;
}

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

async function startTracking(db: Database): Promise<TrackingTarget> {
  const { workspaceId } = await createWorkspace(db, 'bench', Date.now());
  await createKey(db, { workspaceId, kind: 'server', label: 'bench', now: Date.now(), clearKey: KEY });
  const collector = new Collector({ db, clock: systemClock, shardCount: SHARDS });
  const app = Fastify({ forceCloseConnections: true });
  await app.register(trackingRoutes, { clock: systemClock, collector, keys: new KeyRing(db) });
  return {
    port: await listen(app),
    stop: async () => {
      await app.close();
      await collector.close();
    },
  };
}

const bareInsert = statement(
  'bench_bare_insert',
  `insert into event_log (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)
   select u.shard, u.seq, u.workspace_id, u.contact_id, u.kind, u.received_at_ms, u.occurred_at_ms, u.name, u.body
   from unnest($1::smallint[], $2::bigint[], $3::int[], $4::uuid[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[], $9::bytea[])
     u (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)`,
);

/** Appends rows by nothing but the fastest statement: no dedupe, no counters, no HTTP. */
async function appendBare(db: Database, rows: readonly PreparedRecord[], seqFrom: number): Promise<void> {
  await db.query(bareInsert, [
    int2Array(rows.map(({ shard }) => shard)),
    int8Array(rows.map((_, n) => seqFrom + n)),
    int4Array(rows.map(({ workspaceId }) => workspaceId)),
    uuidArray(rows.map(({ contactId }) => contactId)),
    int2Array(rows.map(({ encoded }) => encoded.kind)),
    int8Array(rows.map(({ encoded }) => encoded.receivedAt)),
    int8Array(rows.map(({ encoded }) => encoded.occurredAt)),
    textArray(rows.map(({ encoded }) => encoded.name)),
    byteaArray(rows.map(({ encoded }) => encoded.body)),
  ]);
}

const BARE_BATCH_ROWS = 1_000;

async function bareRate({ db }: BenchDatabase, events: number, seed: number): Promise<number> {
  const shop = new Shop({ workspaceId: 1, visitors: VISITORS, seed });
  const rows = shop.events(events, Date.now()).map((record) => prepareRecord(record, SHARDS));
  const seqFrom = Date.now() * SEQ_PER_MS;
  const start = performance.now();
  for (let at = 0; at < rows.length; at += BARE_BATCH_ROWS) await appendBare(db, rows.slice(at, at + BARE_BATCH_ROWS), seqFrom + at);
  return events / ((performance.now() - start) / 1_000);
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Different in every round and every run, so that no message id was seen before. */
let seed = 1;

function orderFor(port: number, more: Pick<LoadOrder, 'requests' | 'eventsPerRequest'>): LoadOrder {
  seed += 1;
  return { port, key: KEY, connections: CONNECTIONS, visitors: VISITORS, seed, ...more };
}

async function measureBatches(options: BenchOptions): Promise<BenchResult[]> {
  const events = options.quick ? 20_000 : 100_000;
  const order = { requests: events / BATCH_EVENTS, eventsPerRequest: BATCH_EVENTS };
  const database = await options.server.fresh({ shardCount: SHARDS });
  const bare = await options.server.fresh({ shardCount: SHARDS });
  const target = await startTracking(database.db);
  await load(orderFor(target.port, { ...order, requests: 50 }));
  await bareRate(bare, 5_000, seed);
  const limits: number[] = [];
  const reports: LoadReport[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    options.note(`B1 round ${round + 1} of ${ROUNDS}`);
    limits.push(await bareRate(bare, events, seed));
    reports.push(await load(orderFor(target.port, order)));
  }
  await target.stop();
  await database.drop();
  await bare.drop();
  const rates = reports.map(({ seconds }) => events / seconds);
  return [
    resultOf({ id: 'B1', what: 'events acknowledged over HTTP in batches of 100, durable', value: median(rates), unit: 'events/s', limit: median(limits) }, { ratioAtLeast: 0.5, atLeast: 25_000 }),
    resultOf({ id: 'B1 p99', what: 'a batch of 100 acknowledged, 32 at once', value: median(reports.map(({ p99Ms }) => p99Ms)), unit: 'ms' }),
  ];
}

async function measureSingles(options: BenchOptions): Promise<BenchResult[]> {
  const order = { requests: options.quick ? 10_000 : 50_000, eventsPerRequest: 1 };
  const database = await options.server.fresh({ shardCount: SHARDS });
  const target = await startTracking(database.db);
  const nothing = Fastify({ forceCloseConnections: true });
  nothing.post('/v1/track', async () => ({ success: true }));
  const nothingPort = await listen(nothing);
  await load(orderFor(nothingPort, { ...order, requests: 2_000 }));
  await load(orderFor(target.port, { ...order, requests: 2_000 }));
  const limits: number[] = [];
  const reports: LoadReport[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    options.note(`B2 round ${round + 1} of ${ROUNDS}`);
    limits.push(order.requests / (await load(orderFor(nothingPort, order))).seconds);
    reports.push(await load(orderFor(target.port, order)));
  }
  await nothing.close();
  await target.stop();
  await database.drop();
  const rates = reports.map(({ seconds }) => order.requests / seconds);
  return [
    resultOf({ id: 'B2', what: 'single events acknowledged over HTTP, 32 connections, durable', value: median(rates), unit: 'requests/s', limit: median(limits) }, { ratioAtLeast: 0.25, atLeast: 6_000 }),
    resultOf({ id: 'B2 p99', what: 'a single event acknowledged, 32 at once', value: median(reports.map(({ p99Ms }) => p99Ms)), unit: 'ms' }),
  ];
}

/** What taking events in costs, from the socket to the commit. */
export const run: Bench = async (options) => {
  const results: BenchResult[] = [];
  if (options.wants('B1')) results.push(...(await measureBatches(options)));
  if (options.wants('B2')) results.push(...(await measureSingles(options)));
  return results;
};
