import { shardOf, type ContactId, type TrackedEvent } from '@samovar/core';
import { int2Array, uuidArray } from '../binary-arrays.ts';
import { LOG_KIND, decodeRecord } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

const readEvents = statement(
  'outbox_read_undecided',
  `select e.contact_id, e.kind, e.name, e.received_at_ms, e.occurred_at_ms, e.body
   from unnest($1::smallint[], $2::uuid[]) u (shard, contact_id)
   join shards s on s.shard = u.shard
   join event_log e on e.shard = u.shard and e.contact_id = u.contact_id and e.seq > s.log_offset
   where e.kind = ${LOG_KIND.event} order by e.seq`,
);

const readPosted = statement(
  'outbox_read_posted',
  `select distinct i.contact_id from unnest($1::smallint[], $2::uuid[]) u (shard, contact_id)
   join inbox i on i.shard = u.shard and i.contact_id = u.contact_id`,
);

interface EventRow {
  contact_id: ContactId;
  kind: number;
  name: string;
  received_at_ms: number;
  occurred_at_ms: number;
  body: Buffer;
}

/** What was committed about some contacts and has not been decided by any worker yet. */
export interface Undecided {
  /** In the order of their shard's log. */
  events: { contactId: ContactId; event: TrackedEvent }[];
  /** Those to whom something is on its way from another shard. */
  posted: Set<ContactId>;
}

/**
 * Looks ahead of the workers. Both questions are asked at once, events first: what a worker hands on in between is in
 * the inbox then. Whoever asks for the contacts themselves asks after this, and nothing slips between.
 */
export async function readUndecided(tx: Queryable, ids: readonly ContactId[], shardCount: number): Promise<Undecided> {
  const parameters = [int2Array(ids.map((id) => shardOf(id, shardCount))), uuidArray(ids)];
  const [events, posted] = await Promise.all([tx.query<EventRow>(readEvents, parameters), tx.query<{ contact_id: ContactId }>(readPosted, parameters)]);
  return {
    posted: new Set(posted.rows.map((row) => row.contact_id)),
    events: events.rows.flatMap(({ contact_id: contactId, kind, name, body, received_at_ms: receivedAt, occurred_at_ms: occurredAt }) => {
      const record = decodeRecord({ kind, name, body, receivedAt, occurredAt });
      return record.kind === 'event' ? [{ contactId, event: record }] : [];
    }),
  };
}
