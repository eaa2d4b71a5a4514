import { gzipSync } from 'node:zlib';
import { resultOf, type BenchResult } from '../result.ts';
import type { RunningShop } from '../shop/running-shop.ts';

const MEGABYTE = 1_000_000;
const SAMPLE = 20_000;

/** B20: what the tables and their indexes weigh per million events, beside the events as compressed lines. */
export async function measureDisk({ database: { db }, shop }: RunningShop): Promise<BenchResult> {
  await db.query('vacuum');
  const { rows } = await db.query<{ events: number; bytes: number }>(
    `select (select count(*) from event_log) as events, sum(pg_total_relation_size(c.oid))::int8 as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`,
  );
  const { events = 0, bytes = 0 } = rows[0] ?? {};
  const lines = shop.events(SAMPLE, Date.now()).map(({ record }) => JSON.stringify(record)).join('\n');
  const limit = (gzipSync(lines).length / SAMPLE) * 1_000_000 / MEGABYTE;
  const what = 'disk of a million events, contacts and decisions included; limit: the events as NDJSON, gzip';
  return resultOf({ id: 'B20', what, value: (bytes / events) * 1_000_000 / MEGABYTE, unit: 'MB', limit, lessIsBetter: true }, { atMost: 350 });
}
