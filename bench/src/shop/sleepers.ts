import { newContact, type ContactId, type EnrollmentId } from '@samovar/core';
import { encodeOccupant, type Database } from '@samovar/store';
import { drain, publish, type RunningShop } from './running-shop.ts';

const SLEEP = `journey: sleep
name: Sleep
trigger: { event: Went To Sleep }
steps:
  - wait: 1 day
  - if: { trait: plan, is: basic }
    then: [{ wait: 2 days }]
    else: [{ wait: 3 days }]
  - send: reminder
`;
const WAIT = 'wait-1-day';

const CONTACT = '00000000-0000-8000-8000-00000000c0c0';
const ENROLLMENT = '00000000-0000-8000-8000-00000000e0e0';
const DUE_AT = 7_777_777_777_777;
const CHUNK = 50_000;

export interface Sleepers {
  count: number;
  /** The enrollments fall due from then on; null: the contacts are in no journey and have no timers. */
  dueFrom: number | null;
  dueOverMs?: number;
  /** Tells several groups apart. */
  name: string;
}

/** Puts contacts with a life behind them into the tables directly, each waiting in a journey where that is asked for. */
export async function insertSleepers(shop: RunningShop, { count, dueFrom, dueOverMs = 1, name }: Sleepers): Promise<void> {
  const { database: { db }, workspaceId, shardCount } = shop;
  if (dueFrom !== null) {
    await publish(db, workspaceId, [{ path: 'journeys/sleep.yaml', text: SLEEP }]);
    // Every shard knows the journey before somebody is in it.
    await drain(shop);
  }
  const { rows } = await db.query<{ version: number }>('select max(p.version) as version from programs p where p.workspace_id = $1', [workspaceId]);
  const state = stateOf(workspaceId, rows[0]?.version ?? 0, dueFrom !== null);
  for (let from = 0; from < count; from += CHUNK) {
    const range = [name, from, Math.min(count, from + CHUNK) - 1, shardCount, workspaceId];
    await insertContacts(db, [...range, state, dueFrom ?? 0, dueOverMs]);
    if (dueFrom === null) continue;
    await db.query(`insert into timers as t (shard, contact_id, due_at_ms) select ${SHARD}, s.id, $6::bigint + s.n % $7::bigint from ${SLEEPERS} where $5::int > 0`, [...range, dueFrom, dueOverMs]);
    await db.query(
      `insert into enrollments as e (shard, enrollment_id, workspace_id, contact_id, journey, version, entry_key, status, step, reason, entered_at_ms, changed_at_ms)
       select ${SHARD}, md5('e' || $1::text || s.n)::uuid, $5::int, s.id, 'sleep', 1, null, 'active', '${WAIT}', null, $6::bigint, $6::bigint from ${SLEEPERS}`,
      [...range, dueFrom],
    );
  }
}

/** Events of each contact inserted by `insertHistory`; some three in ten are views of a product. */
export const EVENTS_EACH = 20;
/** Before the moment up to which the contacts have consumed their log. */
const HISTORY_BASE = Date.UTC(2026, 0, 1) * 1024;

/** Puts events of the last 90 days into the log for contacts that `insertSleepers` has put in, as if they had been decided long ago. */
export async function insertHistory({ database: { db }, workspaceId, shardCount }: RunningShop, { count, name }: { count: number; name: string }): Promise<void> {
  const now = Date.now();
  for (let from = 0; from < count; from += CHUNK) {
    await db.query(
      `insert into event_log as e (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)
       select ${SHARD}, ${HISTORY_BASE}::bigint + s.n::bigint * ${EVENTS_EACH} + k, $5::int, s.id, 1, $6::bigint - 86400000, $6::bigint - (k * 390 + s.n % 390)::bigint * 1000000,
         case when k % 10 < 3 then 'Product Viewed' else 'Page Viewed' end, convert_to($7::text || s.n || '-' || k || $8::text || 10 + (s.n + k * 7) % 90 || $9::text, 'UTF8')
       from ${SLEEPERS}, generate_series(0, ${EVENTS_EACH - 1}) k`,
      [name, from, Math.min(count, from + CHUNK) - 1, shardCount, workspaceId, now, '{"id":"ajs-', '","who":[["user","visitor"]],"properties":{"product_id":"p17","category":"shoes","currency":"EUR","price":', `}}\n${CONTEXT}`],
    );
  }
}

const CONTEXT = JSON.stringify({ ip: '203.0.113.7', locale: 'de-DE', timezone: 'Europe/Berlin', page: { path: '/c/shoes', url: 'https://shop.example/c/shoes' }, library: { name: 'analytics.js', version: '1.84.3' } });

const SLEEPERS = '(select n, md5($1::text || n)::uuid as id from generate_series($2::int, $3::int) n) s';
const SHARD = `('x' || left(s.id::text, 4))::bit(16)::int % $4::int`;

function insertContacts(db: Database, parameters: readonly (string | number)[]): Promise<unknown> {
  return db.query(
    `insert into contacts as c (shard, contact_id, workspace_id, redirect_to, user_id, email, created_at_ms, state)
     select ${SHARD}, s.id, $5::int, null, $1::text || s.n, $1::text || s.n || '@example.com', 1, convert_to(
       replace(replace(replace($6::text, '${CONTACT}', s.id::text), '${ENROLLMENT}', md5('e' || $1::text || s.n)::uuid::text), '${DUE_AT}', ($7::bigint + s.n % $8::bigint)::text),
       'UTF8')
     from ${SLEEPERS}`,
    parameters,
  );
}

/** A contact as a year of shopping leaves it, about a kilobyte. */
function stateOf(workspaceId: number, programVersion: number, waits: boolean): string {
  const at = Date.UTC(2026, 0, 5, 10);
  const contact = newContact(CONTACT as ContactId, workspaceId, { kind: 'user', value: `user-${CONTACT}` }, at);
  const trait = <T>(value: T): { value: T; at: number; tie: number; verified: boolean } => ({ value, at, tie: 1_234_567_890, verified: true });
  Object.assign(contact, {
    programVersion, seq: at * 1024, decisions: 7, toldOrders: true,
    identifiers: [{ kind: 'anonymous', value: `device-${CONTACT}` }, { kind: 'email', value: 'sara@example.com' }],
    traits: { email: trait('sara@example.com'), first_name: trait('Sara'), plan: trait('basic'), address: trait({ country: 'DE', city: 'Berlin' }) },
    consents: { email: { state: 'granted', at } },
    leaves: {
      a1b2c3d4e5f6: { count: 4, latest: [at, at - 1_000, at - 2_000, at - 3_000] }, b1b2c3d4e5f6: { count: 2, latest: [at, at - 5_000] },
      c1b2c3d4e5f6: { count: 1, latest: [at] },
    },
    orders: { 'o-1': { at, currency: 'EUR', totalMinor: 4_900, refundedMinor: 0, touch: null, trusted: true } },
    ...(waits ? {
      enrollments: [{ id: ENROLLMENT as EnrollmentId, journey: 'sleep', version: 1, key: null, enteredAt: at, data: {}, step: WAIT, wakeAt: DUE_AT, sends: 0 }],
      entries: { sleep: { enrollmentId: ENROLLMENT, at, exited: null } },
    } : {}),
  });
  return encodeOccupant({ kind: 'contact', state: contact });
}
