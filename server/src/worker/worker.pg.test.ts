import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProgram, contactIdOf, DAY_MS, HOUR_MS, World, type Identifier, type JsonObject, type TrackedEvent } from '@samovar/core';
import { appendRecords, createShards, createWorkspace, decodeOccupant, type StoredContact } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { parseDirectory } from '@samovar/contract';
import { applyFiles } from '../definitions/apply-files.ts';
import { ProgramCache } from '../definitions/program-cache.ts';
import { settleShards } from '../testing/settle.ts';
import { RECORD_BATCH_LIMIT } from './shard-turn.ts';

const SHARDS = 8;
/** Times that a condition of these tests counts to. */
const LEAF_LIMIT = 7;
const START = Date.UTC(2026, 2, 1, 12);

const FILES = [
  { path: 'journeys/cart.yaml', text: `
journey: cart
name: Cart
trigger: { event: Checkout Started, key: cart_id }
exit:
  - event: Order Completed
    same: cart_id
    reason: bought
goal: { event: Order Completed, within: 7 days, value: total }
steps:
  - wait: 1 hour
  - send: reminder
  - wait: 1 day
  - send: reminder
` },
  { path: 'journeys/win-back.yaml', text: `
journey: win-back
name: Win back
trigger: { enters: lapsed }
re-entry: always
steps:
  - send: reminder
  - wait for: { event: Order Completed }
    up to: 3 days
    then: [{ tag: came-back }]
    otherwise: [{ tag: gone }]
` },
  { path: 'segments/lapsed.yaml', text: `
segment: lapsed
name: Lapsed
match:
  all:
    - event: Order Completed
    - no event: Order Completed
      within: 30 days
` },
  { path: 'templates/reminder.yaml', text: `
template: reminder
name: Reminder
class: marketing
languages:
  en:
    subject: Hello
    body: |
      <mj-section><mj-column><mj-text>Hi <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section>
` },
];

let db: TestDatabase;
const clock = { now: () => START };
let workspaceId = 0;

beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  workspaceId = (await createWorkspace(db, 'shop', START)).workspaceId;
});
afterAll(() => db.close());

let ids = 0;
function event(identifier: Identifier, at: number, name: string, properties: JsonObject, more: Partial<TrackedEvent> = {}): { identifier: Identifier; record: TrackedEvent } {
  ids += 1;
  return {
    identifier,
    record: {
      kind: 'event', type: 'track', name, messageId: `m${ids}`, receivedAt: at, occurredAt: at, identifiers: [identifier],
      properties, traits: {}, context: {}, trusted: true, historical: false, ...more,
    },
  };
}

function shopEvents(): { identifier: Identifier; record: TrackedEvent }[] {
  const events = [];
  for (let n = 0; n < 40; n += 1) {
    const user: Identifier = { kind: 'user', value: `u${n}` };
    const visitor: Identifier = { kind: 'anonymous', value: `a${n}` };
    const at = START + n * 1000;
    events.push(event(visitor, at, 'Checkout Started', { cart_id: `c${n}` }, { trusted: false }));
    events.push(event(user, at + HOUR_MS / 2, 'Identify', {}, { type: 'identify', traits: { email: `u${n}@example.com`, consent: n % 3 !== 0 }, identifiers: [user, visitor] }));
    if (n % 4 === 0) events.push(event(user, at + 2 * HOUR_MS, 'Order Completed', { cart_id: `c${n}`, order_id: `o${n}`, total: 20, currency: 'EUR' }));
    if (n % 8 === 0) events.push(event(visitor, at + 3 * HOUR_MS, 'Order Completed', { order_id: `o${n}`, total: 20, currency: 'EUR' }, { trusted: false }));
  }
  return events.sort((a, b) => a.record.receivedAt - b.record.receivedAt);
}

describe('the worker', () => {
  it('decides on real tables exactly what the world in memory decides', async () => {
    const applied = await applyFiles({ db, clock, onPublished: () => {} }, { workspaceId, files: FILES, enterExisting: [], decided: 'none', dryRun: false, prune: true });
    expect(applied).toMatchObject({ kind: 'applied', version: 1 });
    const dependencies = { db, programs: new ProgramCache(), shardCount: SHARDS };
    const events = shopEvents();
    const program = compileProgram({
      workspaceId, version: 1, live: parseDirectory(FILES).definitions.map(({ definition }) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {},
    });
    const messages: string[] = [];
    const world = new World(program, ({ effect }) => { if (effect.kind === 'message') messages.push(effect.message.id); });
    await settleShards(dependencies, START);
    for (const { identifier, record } of events) {
      await appendRecords(db, [{ workspaceId, contactId: contactIdOf(workspaceId, identifier), record }], record.receivedAt, SHARDS);
      await settleShards(dependencies, record.receivedAt);
      world.runTo(record.receivedAt);
      world.feed(identifier, record);
    }
    for (let at = START; at <= START + 40 * DAY_MS; at += 6 * HOUR_MS) await settleShards(dependencies, at);
    world.runTo(START + 40 * DAY_MS);

    const stored = await db.query<{ message_id: string }>('select m.message_id from messages m order by 1');
    expect(stored.rows.map((row) => row.message_id)).toEqual(messages.sort());
    expect(messages.length).toBeGreaterThan(20);
    const rows = await db.query<StoredContact>(`select c.contact_id, c.workspace_id, convert_from(c.state, 'UTF8') as state from contacts c where c.redirect_to is null and c.user_id is not null order by c.user_id`);
    const states = rows.rows.map((row) => decodeOccupant(row)).flatMap((one) => (one.kind === 'contact' ? [one.state] : []));
    expect(states).toHaveLength(40);
    for (const state of states) {
      const twin = world.contact(state.home);
      expect({ id: state.id, segments: state.segments, tags: state.tags, orders: state.orders, entries: Object.keys(state.entries), leaves: state.leaves })
        .toEqual({ id: twin?.id, segments: twin?.segments, tags: twin?.tags, orders: twin?.orders, entries: Object.keys(twin?.entries ?? {}), leaves: twin?.leaves });
    }
    const orders = await db.query<{ value: number }>(`select sum(c.value)::int8 as value from counters c where c.thing = 'workspace' and c.metric = 'orders'`);
    expect(orders.rows[0]?.value).toBe(10);
    const waiting = await db.query<{ value: number }>(`select coalesce(sum(c.value), 0)::int8 as value from counters c where c.metric = 'waiting'`);
    const parked = await db.query<{ value: number }>(`select count(*) as value from enrollments e where e.status = 'active'`);
    expect(waiting.rows[0]?.value).toBe(parked.rows[0]?.value);
  });

  it('brings contacts up to a segment that is published later, from their history, and asks about those inside', async () => {
    const dependencies = { db, programs: new ProgramCache(), shardCount: SHARDS };
    const now = START + 41 * DAY_MS;
    const later = { now: () => now };
    const buyers = { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch: { event: Order Completed, where: { currency: EUR }, times: at least 1 }\n' };
    await applyFiles({ db, clock: later, onPublished: () => {} }, { workspaceId, files: [buyers], enterExisting: [], decided: 'none', dryRun: false, prune: false });
    await settleShards(dependencies, now);
    const members = await db.query<{ members: number }>(`select count(*) as members from memberships m where m.segment = 'buyers' and m.left_at_ms is null`);
    expect(members.rows[0]?.members).toBe(10);

    const thanks = { path: 'journeys/thanks.yaml', text: 'journey: thanks\nname: Thanks\ntrigger: { enters: buyers }\nsteps:\n  - tag: thanked\n' };
    const request = { workspaceId, files: [thanks], enterExisting: [], decided: 'none' as const, dryRun: false, prune: false };
    expect(await applyFiles({ db, clock: later, onPublished: () => {} }, request)).toEqual({ kind: 'undecided', questions: [{ journey: 'thanks', segment: 'buyers', inside: 10 }] });
    await applyFiles({ db, clock: later, onPublished: () => {} }, { ...request, enterExisting: ['thanks'] });
    await settleShards(dependencies, now);
    const thanked = await db.query<{ n: number }>(`select count(*) as n from enrollments e where e.journey = 'thanks' and e.status = 'completed'`);
    expect(thanked.rows[0]?.n).toBe(10);
  });

  it('reads what contacts did not keep for many of them at once, no more and no less than they consumed', async () => {
    const other = (await createWorkspace(db, 'other shop', START)).workspaceId;
    const dependencies = { db, programs: new ProgramCache(), shardCount: SHARDS };
    const users = Array.from({ length: 30 }, (_, n): Identifier => ({ kind: 'user', value: `solo${n}` }));
    const append = (at: number, names: (n: number) => string[]): Promise<unknown> => appendRecords(db, users.flatMap((user, n) => names(n).map((name) => {
      const { record } = event(user, at, name, {});
      return { workspaceId: other, contactId: contactIdOf(other, user), record };
    })), at, SHARDS);
    await append(START, (n) => [...Array.from({ length: n % 4 }, () => 'Viewed'), 'Ignored']);
    await settleShards(dependencies, START);
    const later = START + HOUR_MS;
    const keen = { path: 'segments/keen.yaml', text: 'segment: keen\nname: Keen\nmatch: { event: Viewed, times: exactly 3 }\n' };
    await applyFiles({ db, clock: { now: () => later }, onPublished: () => {} }, { workspaceId: other, files: [keen], enterExisting: [], decided: 'none', dryRun: false, prune: false });
    // Waiting behind the switch to the new program: part of the inputs, not of the history.
    await append(later + 1, (n) => (n % 4 === 2 ? ['Viewed'] : []));
    await settleShards(dependencies, later + 2);
    const { rows } = await db.query<{ contact_id: string }>(`select m.contact_id from memberships m where m.workspace_id = $1 and m.segment = 'keen' and m.left_at_ms is null order by 1`, [other]);
    const expected = users.filter((_, n) => n % 4 === 2 || n % 4 === 3).map((user) => contactIdOf(other, user)).sort();
    expect(rows.map((row) => row.contact_id)).toEqual(expected);
  });

  it('counts every event once when one contact has more of them than a turn takes', async () => {
    const other = (await createWorkspace(db, 'busy shop', START)).workspaceId;
    const dependencies = { db, programs: new ProgramCache(), shardCount: SHARDS };
    const busy: Identifier = { kind: 'user', value: 'busy' };
    const count = 2 * RECORD_BATCH_LIMIT + 7;
    const many = { path: 'segments/many.yaml', text: `segment: many\nname: Many\nmatch: { event: Viewed, times: exactly ${LEAF_LIMIT} }\n` };
    await applyFiles({ db, clock, onPublished: () => {} }, { workspaceId: other, files: [many], enterExisting: [], decided: 'none', dryRun: false, prune: false });
    const records = Array.from({ length: count }, (_, n) => ({ workspaceId: other, contactId: contactIdOf(other, busy), record: event(busy, START + n, 'Viewed', {}).record }));
    await appendRecords(db, records, START + count, SHARDS);
    await settleShards(dependencies, START + count);
    const { rows } = await db.query<StoredContact>(`select c.contact_id, c.workspace_id, convert_from(c.state, 'UTF8') as state from contacts c where c.workspace_id = $1`, [other]);
    const [occupant] = rows.map(decodeOccupant);
    expect(occupant?.kind === 'contact' ? Object.values(occupant.state.leaves).map((leaf) => ('latest' in leaf ? leaf.count : null)) : []).toEqual([count]);
  });

  it('reads what was told before a timer fell due before the timer acts, however far it is behind', async () => {
    const dependencies = { db, programs: new ProgramCache(), shardCount: SHARDS };
    const start = START + 100 * DAY_MS;
    const user: Identifier = { kind: 'user', value: 'behind' };
    const told = [
      event(user, start, 'Identify', {}, { type: 'identify', traits: { email: 'behind@example.com', consent: true } }),
      event(user, start, 'Checkout Started', { cart_id: 'late' }),
      ...Array.from({ length: 1_200 }, (_, n) => event(user, start + 1 + n, 'Page Viewed', {})),
      event(user, start + HOUR_MS / 2, 'Order Completed', { cart_id: 'late', order_id: 'behind', total: 5, currency: 'EUR' }),
    ];
    await appendRecords(db, told.map(({ record }) => ({ workspaceId, contactId: contactIdOf(workspaceId, user), record })), start + HOUR_MS / 2, SHARDS);
    await settleShards(dependencies, start + 2 * HOUR_MS);
    const { rows } = await db.query<{ n: number }>('select count(*) as n from messages m where m.contact_id = $1', [contactIdOf(workspaceId, user)]);
    expect(rows[0]?.n).toBe(0);
  });
});
