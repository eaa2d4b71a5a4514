import { shardOf } from '@samovar/core';
import type { ContactId, ContactState, KeptConsent, Millis, TrackedEvent } from '@samovar/core';
import { uuidArray } from '../binary-arrays.ts';
import { LOG_KIND, decodeRecord } from '../log/encoding.ts';
import { idsOf } from '../read/contacts.ts';
import { decodeOccupant, type StoredContact } from '../shard/contact-codec.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** What else than its state is known of a contact. */
export interface ContactRecords {
  /** The latest first. */
  events: TrackedEvent[];
  /** Of what the contact did itself. */
  lastEventAt: Millis | null;
  lastEngagedAt: Millis | null;
  consents: KeptConsent[];
}

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

const readStates = statement(
  'quality_read_contacts',
  `select c.contact_id, c.workspace_id, convert_from(c.state, 'UTF8') as state from contacts c
   where c.shard = $1 and c.contact_id > $2 and c.workspace_id = $3 and c.redirect_to is null order by c.contact_id limit $4`,
);
const readEvents = statement(
  'quality_read_events',
  `select u.contact_id, l.kind, l.name, l.received_at_ms, l.occurred_at_ms, l.body from unnest($2::uuid[]) u (contact_id)
   cross join lateral (
     select e.kind, e.name, e.received_at_ms, e.occurred_at_ms, convert_from(e.body, 'UTF8') as body from event_log e
     where e.shard = $1 and e.contact_id = u.contact_id and e.kind = ${LOG_KIND.event} order by e.occurred_at_ms desc limit $3
   ) l`,
);
/** What others say of a contact is no act of theirs: an import or a correction makes nobody fresh. */
const readLastAct = statement(
  'quality_read_last_act',
  `select u.contact_id, l.occurred_at_ms as at_ms from unnest($2::uuid[]) u (contact_id)
   cross join lateral (
     select e.occurred_at_ms from event_log e
     where e.shard = $1 and e.contact_id = u.contact_id and e.kind = ${LOG_KIND.event} and e.name <> all(array['Identify', 'Alias', 'Group Joined'])
     order by e.occurred_at_ms desc limit 1
   ) l`,
);
const readEngaged = statement(
  'quality_read_engaged',
  `select m.contact_id, max(greatest(m.opened_at_ms, m.clicked_at_ms)) as at_ms from messages m
   where m.shard = $1 and m.contact_id = any($2::uuid[]) group by m.contact_id`,
);
const readConsents = statement(
  'quality_read_consents',
  `select c.contact_id, c.at_ms, c.topic, c.state from consents c where c.shard = $1 and c.contact_id = any($2::uuid[]) and c.channel = 'email' and c.purpose = 'marketing'`,
);

/** The next contacts of a workspace in a shard, in order of id. */
export async function readContactStates(db: Queryable, shard: number, workspaceId: number, after: ContactId | null, limit: number): Promise<ContactState[]> {
  const { rows } = await db.query<StoredContact & Record<string, unknown>>(readStates, [shard, after ?? FIRST_UUID, workspaceId, limit]);
  return rows.flatMap((row) => {
    const occupant = decodeOccupant(row);
    return occupant.kind === 'contact' ? [occupant.state] : [];
  });
}

interface EventRow { contact_id: ContactId; kind: number; name: string; received_at_ms: Millis; occurred_at_ms: Millis; body: string }
interface ConsentRow { contact_id: ContactId; at_ms: Millis; topic: string | null; state: KeptConsent['state'] }

/** What is recorded of some contacts, those merged into them included, with at most `eventLimit` events of each id. */
export async function readContactRecords(db: Queryable, contacts: readonly ContactState[], eventLimit: number, shardCount: number): Promise<Map<ContactId, ContactRecords>> {
  const records = new Map<ContactId, ContactRecords>(contacts.map(({ id }) => [id, { events: [], lastEventAt: null, lastEngagedAt: null, consents: [] }]));
  const owners = new Map<ContactId, ContactRecords>();
  const byShard = new Map<number, ContactId[]>();
  for (const contact of contacts) {
    for (const id of idsOf(contact)) {
      const shard = shardOf(id, shardCount);
      byShard.set(shard, [...(byShard.get(shard) ?? []), id]);
      const own = records.get(contact.id);
      if (own !== undefined) owners.set(id, own);
    }
  }
  for (const [shard, ids] of byShard) await readShard(db, shard, ids, eventLimit, owners);
  return records;
}

async function readShard(db: Queryable, shard: number, ids: readonly ContactId[], eventLimit: number, owners: ReadonlyMap<ContactId, ContactRecords>): Promise<void> {
  const among = uuidArray(ids);
  const [events, acts, engaged, consents] = await Promise.all([
    db.query<EventRow & Record<string, unknown>>(readEvents, [shard, among, eventLimit]),
    db.query<{ contact_id: ContactId; at_ms: Millis }>(readLastAct, [shard, among]),
    db.query<{ contact_id: ContactId; at_ms: Millis | null }>(readEngaged, [shard, among]),
    db.query<ConsentRow & Record<string, unknown>>(readConsents, [shard, among]),
  ]);
  for (const row of events.rows) {
    const record = decodeRecord({ kind: row.kind, name: row.name, body: row.body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
    const owner = owners.get(row.contact_id);
    if (owner === undefined || record.kind !== 'event') continue;
    owner.events.push(record);
  }
  for (const { contact_id: id, at_ms: at } of acts.rows) {
    const owner = owners.get(id);
    if (owner !== undefined) owner.lastEventAt = Math.max(owner.lastEventAt ?? at, at);
  }
  for (const { contact_id: id, at_ms: at } of engaged.rows) {
    const owner = owners.get(id);
    if (owner !== undefined && at !== null) owner.lastEngagedAt = Math.max(owner.lastEngagedAt ?? at, at);
  }
  for (const { contact_id: id, at_ms: at, topic, state } of consents.rows) owners.get(id)?.consents.push({ at, topic, state });
}
