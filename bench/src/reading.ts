import { contactIdOf, HOUR_MS, newContact, shardOf, type ContactId } from '@samovar/core';
import { ALL_DAYS, appendRecords, encodeOccupant, idsOf, int2Array, readContactsBehind, readCounters, readTimeline, rollUpCounters, textArray, uuidArray } from '@samovar/store';
import type { TimelineKind, TimelinePlace } from '@samovar/store';
import { resultOf, type Bench, type BenchOptions, type BenchResult } from './result.ts';
import type { BenchDatabase } from './bench-server.ts';
import { eventOf, SHARDS } from './sending/mailing-shop.ts';

const WORKSPACE = 1;
const ROUNDS = 15;
const STEPS = 6;
const METRICS = ['entered', 'completed', 'exited', 'decided', 'reached', 'waiting', 'sent', 'opened', 'machine_opened', 'clicked', 'converted', 'revenue:EUR'];
/** A campaign is over within days. */
const CAMPAIGN_HOURS = 72;

/** What looking at things costs: the median of repeated reads. */
export const run: Bench = async (options) => {
  if (!options.wants('B17')) return [];
  const database = await options.server.fresh({ shardCount: SHARDS });
  try {
    return [...await timeline(options, database), await search(options, database), await statistics(options, database)];
  } finally {
    await database.drop();
  }
};

async function medianMs(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

async function timeline({ quick }: BenchOptions, { db }: BenchDatabase): Promise<BenchResult[]> {
  const events = quick ? 10_000 : 100_000;
  const id = contactIdOf(WORKSPACE, { kind: 'user', value: 'busy' });
  for (let done = 0; done < events; done += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, n) => eventOf(WORKSPACE, 'busy', 'Page Viewed', { properties: { path: `/products/${done + n}`, title: 'A product' } }));
    await appendRecords(db, records, Date.now(), SHARDS);
  }
  await putContacts(db, [id]);
  await db.query(
    `insert into decisions (shard, contact_id, n, workspace_id, at_ms, code) select $1, $2::uuid, i, ${WORKSPACE}, $3::bigint + i,
       case when i % 1000 = 0 then 'segment_entered' else 'branched' end from generate_series(1::bigint, ${events}) i`,
    [shardOf(id, SHARDS), id, Date.now() - events],
  );
  const read = async (after: TimelinePlace, kinds?: ReadonlySet<TimelineKind>): Promise<TimelinePlace> => {
    const contact = (await readContactsBehind(db, [id], SHARDS)).get(id);
    const page = contact === undefined ? null : await readTimeline(db, idsOf(contact), after, 50, SHARDS, kinds);
    if (page?.entries.length !== 50) throw new Error('the timeline is not there');
    return page.place;
  };
  let deep: TimelinePlace = {};
  for (let pages = 0; pages < events / 500; pages += 1) deep = await read(deep);
  const of = `of a timeline of ${events.toLocaleString('en-US')} events and as many decisions`;
  return [
    resultOf({ id: 'B17 timeline', what: `first page ${of}`, value: await medianMs(() => read({})), unit: 'ms' }, { atMost: 50 }),
    resultOf({ id: 'B17 timeline deep', what: `page ${events / 500 + 1} ${of}`, value: await medianMs(() => read(deep)), unit: 'ms' }, { atMost: 50 }),
    resultOf({ id: 'B17 timeline segments', what: `first page of changes of segments ${of}`, value: await medianMs(() => read({}, new Set(['segment']))), unit: 'ms' }, { atMost: 50 }),
  ];
}

async function search({ quick }: BenchOptions, { db }: BenchDatabase): Promise<BenchResult> {
  const contacts = quick ? 50_000 : 1_000_000;
  const idOf = (n: number): ContactId => contactIdOf(WORKSPACE, { kind: 'email', value: `c${n}@example.com` });
  for (let done = 0; done < contacts; done += 5_000) await putContacts(db, Array.from({ length: 5_000 }, (_, n) => idOf(done + n)));
  let n = 0;
  const value = await medianMs(async () => {
    const id = idOf((n += 7_919) % contacts);
    if (!(await readContactsBehind(db, [id], SHARDS)).has(id)) throw new Error('the contact is not there');
  });
  return resultOf({ id: 'B17 search', what: `a contact by its address, among ${contacts.toLocaleString('en-US')}`, value, unit: 'ms' }, { atMost: 100 });
}

async function putContacts(db: BenchDatabase['db'], ids: readonly ContactId[]): Promise<void> {
  const state = encodeOccupant({ kind: 'contact', state: newContact('' as ContactId, WORKSPACE, { kind: 'email', value: 'c@example.com' }, 0) });
  await db.query(
    `insert into contacts (shard, contact_id, workspace_id, redirect_to, user_id, email, created_at_ms, state)
     select u.shard, u.contact_id, ${WORKSPACE}, null, null, null, 0, convert_to($3, 'UTF8') from unnest($1::smallint[], $2::uuid[]) u (shard, contact_id)`,
    [int2Array(ids.map((id) => shardOf(id, SHARDS))), uuidArray(ids), state],
  );
}

/** A campaign to a million is hourly counters in every shard, however many contacts it went to. */
async function statistics({ note }: BenchOptions, { db }: BenchDatabase): Promise<BenchResult> {
  const things = ['journey:big', ...Array.from({ length: STEPS }, (_, n) => `step:big/s${n}`)];
  await db.query(
    `insert into counters (shard, workspace_id, thing, metric, hour, value)
     select s.shard, ${WORKSPACE}, t.thing, m.metric, h.hour, 217 from shards s, unnest($1::text[]) t (thing), unnest($2::text[]) m (metric), generate_series(490000, 490000 + ${CAMPAIGN_HOURS - 1}) h (hour)`,
    [textArray(things), textArray(METRICS)],
  );
  const rolling = performance.now();
  await rollUpCounters(db, (490_000 + CAMPAIGN_HOURS) * HOUR_MS, SHARDS);
  note(`reading: rolled up in ${Math.round(performance.now() - rolling)} ms`);
  await db.query('analyze counters, counters_by_day');
  const value = await medianMs(async () => {
    if ((await readCounters(db, WORKSPACE, things, ALL_DAYS, 'total', SHARDS)).length !== things.length * METRICS.length) throw new Error('the counters are not there');
  });
  return resultOf({ id: 'B17 statistics', what: 'a journey\'s figures per step, three days of a campaign', value, unit: 'ms' }, { atMost: 100 });
}
