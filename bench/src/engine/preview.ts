import { DEFAULT_SHARD_COUNT, statement, type Database } from '@samovar/store';
import { countExactly, estimate, previewProgram } from '@samovar/server';
import { resultOf, type BenchOptions, type BenchResult } from '../result.ts';
import { append, drain, LANES, openShop, type RunningShop } from '../shop/running-shop.ts';
import { insertSleepers } from '../shop/sleepers.ts';

const DEFINITION = 'segment: keen\nname: Keen\nmatch: { event: Product Viewed, where: { price: { more than: 50 } }, times: at least 2, within: 90 days }\n';
const ROUNDS = 7;

/** B13: who would be in a segment that asks for what nobody kept so far: estimated, and counted. */
export async function preview(options: BenchOptions): Promise<BenchResult[]> {
  const events = options.quick ? 60_000 : 400_000;
  const others = options.quick ? 50_000 : 980_000;
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: events / 20 });
  await append(shop, events);
  await drain(shop);
  const counted = await countBoth(shop, events);
  // Enough others that the sample is drawn from as many as a large shop has.
  await insertSleepers(shop, { count: others, dueFrom: null, name: 'other-' });
  await shop.database.db.query('vacuum analyze');
  const estimated = await estimates(shop, others + events / 20);
  await shop.database.drop();
  return [...estimated, ...counted];
}

/** Both figures of a preview over what is in the shop. */
export async function previewed(shop: RunningShop, events: number): Promise<BenchResult[]> {
  const counted = await countBoth(shop, events);
  return [...(await estimates(shop, null)), ...counted];
}

async function estimates(shop: RunningShop, contacts: number | null): Promise<BenchResult[]> {
  const { ms, worstMs, sampled } = await estimateOften(shop);
  const among = contacts === null ? 'all contacts' : `${contacts.toLocaleString('en-US')} contacts`;
  return [
    resultOf({ id: 'B13 estimate', what: `estimate of a preview among ${among}, ${sampled.toLocaleString('en-US')} of them asked, the median`, value: ms, unit: 'ms' }, { atMost: 1_000 }),
    resultOf({ id: 'B13 estimate worst', what: `the same, the longest of ${ROUNDS}`, value: worstMs, unit: 'ms' }, { atMost: 1_000 }),
  ];
}

async function question({ database: { db }, workspaceId, shardCount }: RunningShop): Promise<Parameters<typeof estimate>[1]> {
  const compiled = await previewProgram(db, workspaceId, { kind: 'definition', text: DEFINITION });
  if (compiled.kind !== 'program') throw new Error('the definition of the bench is refused');
  return { program: compiled.program, key: compiled.key, shardCount, now: Date.now() };
}

async function estimateOften(shop: RunningShop): Promise<{ ms: number; worstMs: number; sampled: number }> {
  const rounds: { ms: number; sampled: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const { sampled } = await estimate(shop.database.db, await question(shop), { examples: 10 });
    rounds.push({ ms: performance.now() - start, sampled });
  }
  rounds.sort((a, b) => a.ms - b.ms);
  const middle = rounds[Math.floor(ROUNDS / 2)] ?? { ms: Number.NaN, sampled: 0 };
  return { ...middle, worstMs: rounds.at(-1)?.ms ?? Number.NaN };
}

async function countBoth(shop: RunningShop, events: number): Promise<BenchResult[]> {
  const { db } = shop.database;
  await db.query('vacuum analyze');
  const cpuStart = shop.database.cpuSeconds();
  const start = performance.now();
  const { members, contacts } = await countExactly(db, await question(shop), new AbortController().signal, () => {});
  const seconds = (performance.now() - start) / 1_000;
  const cpuSeconds = shop.database.cpuSeconds() - cpuStart;
  const bareCpuStart = shop.database.cpuSeconds();
  const bareSeconds = await readAll(db, shop.shardCount);
  const bareCpuSeconds = shop.database.cpuSeconds() - bareCpuStart;
  const what = `exact count of a preview over ${events.toLocaleString('en-US')} events of ${contacts.done.toLocaleString('en-US')} contacts, ${members.toLocaleString('en-US')} members`;
  return [
    resultOf({ id: 'B13', what, value: seconds, unit: 's', limit: bareSeconds, lessIsBetter: true }, { ratioAtLeast: 1 / 3 }),
    resultOf({ id: 'B13 cpu', what: 'the same, processor time of all', value: cpuSeconds, unit: 's', limit: bareCpuSeconds, lessIsBetter: true }),
  ];
}

const readContacts = statement('bench_preview_contacts', `select c.contact_id, convert_from(c.state, 'UTF8') as state from contacts c where c.shard = $1`);
const readEvents = statement('bench_preview_events', `select e.contact_id, e.occurred_at_ms, e.name, convert_from(e.body, 'UTF8') as body from event_log e where e.shard = $1`);

/** Reads every contact and every event once, shard by shard. */
async function readAll(db: Database, shardCount: number): Promise<number> {
  const start = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let shard = next++; shard < shardCount; shard = next++) await Promise.all([db.query(readContacts, [shard]), db.query(readEvents, [shard])]);
  }));
  return (performance.now() - start) / 1_000;
}
