import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactIdOf, shardOf } from '@samovar/core';
import { LOG_KIND } from '../log/encoding.ts';
import { createShards } from '../log/shards.ts';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { readTimeline } from './timeline.ts';
import type { TimelineKind, TimelinePlace } from './timeline.ts';

const SHARDS = 4;
const EVENTS = 100_000;
const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const ID = contactIdOf(1, { kind: 'user', value: 'busy' });
const SHARD = shardOf(ID, SHARDS);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  const body = Buffer.from(JSON.stringify({ id: 'm', who: [['user', 'busy']] }));
  await db.query(
    `insert into event_log (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)
     select $1, i, 1, $2::uuid, $3, $4::bigint + i * ${MINUTE_MS}, $4::bigint + i * ${MINUTE_MS}, 'Seen ' || i, $5::bytea from generate_series(1::bigint, ${EVENTS}) i`,
    [SHARD, ID, LOG_KIND.event, START, body],
  );
  // A decision with every tenth event, every thousandth of them about a segment.
  await db.query(
    `insert into decisions (shard, contact_id, n, workspace_id, at_ms, code, detail)
     select $1, $2::uuid, i, 1, $3::bigint + i * ${10 * MINUTE_MS}, case when i % 1000 = 0 then 'segment_entered' else 'branched' end, null from generate_series(1::bigint, ${EVENTS / 10}) i`,
    [SHARD, ID, START],
  );
  await db.query('analyze event_log, decisions');
});
afterAll(() => db.close());

/** Times of the entries, in minutes after the start. */
async function page(after: TimelinePlace, limit: number, kinds?: TimelineKind[]): Promise<{ minutes: number[]; place: TimelinePlace; more: boolean }> {
  const { entries, place, more } = await readTimeline(db, [ID], after, limit, SHARDS, kinds === undefined ? undefined : new Set(kinds));
  return { minutes: entries.map(({ at }) => (at - START) / MINUTE_MS), place, more };
}

describe(`the timeline of a contact with ${EVENTS} events`, () => {
  it('begins with the latest', async () => {
    const { minutes, more } = await page({}, 22);
    // Each tenth minute has an event and a decision.
    expect([minutes[0], minutes[1], minutes.at(-1), more]).toEqual([EVENTS, EVENTS, EVENTS - 19, true]);
  });

  it('goes on from any depth as if it were the top', async () => {
    const stream = ID.slice(0, 8);
    const deep = await page({ [`r${stream}`]: [START + 501 * MINUTE_MS, 501], [`d${stream}`]: [START + 510 * MINUTE_MS, 51] }, 11);
    expect(deep.minutes).toEqual([500, 500, 499, 498, 497, 496, 495, 494, 493, 492, 491]);
    const next = await page(deep.place, 11);
    expect(next.minutes).toEqual([490, 490, 489, 488, 487, 486, 485, 484, 483, 482, 481]);
  });

  it('finds the few that are asked for among the many', async () => {
    const found: number[] = [];
    let place: TimelinePlace = {};
    for (let more = true; more;) {
      const next = await page(place, 3, ['segment']);
      found.push(...next.minutes);
      ({ place, more } = next);
    }
    expect(found).toEqual(Array.from({ length: 10 }, (_, n) => (10 - n) * 10_000));
    expect((await page({}, 5, ['message', 'consent', 'trait', 'note'])).minutes).toEqual([]);
  });

  it('walks indexes, however deep', async () => {
    const { rows } = await db.query<{ 'QUERY PLAN': string }>(
      `explain select e.seq from event_log e where e.shard = ${SHARD} and e.contact_id = '${ID}' and e.occurred_at_ms <= ${START + 500 * MINUTE_MS}
         and (e.occurred_at_ms, e.seq) < (${START + 500 * MINUTE_MS}, 500) and e.kind = any('{1,4}') order by e.occurred_at_ms desc, e.seq desc limit 51`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan');
    expect(plan).not.toContain('Seq Scan');
  });
});
