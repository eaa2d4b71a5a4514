import { createHash } from 'node:crypto';
import { DAY_MS, MESSAGE_EVENTS } from '@samovar/core';
import type { ContactId, Millis, RetentionRules } from '@samovar/core';
import { textArray } from '../binary-arrays.ts';
import type { Database } from '../database.ts';
import { LOG_KIND } from '../log/encoding.ts';
import { firstSeqAt } from '../log/sequence.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** Rows looked at in one transaction: it has to be over before anybody notices. */
export const EXPIRY_BATCH = 2_000;

const FIRST_UUID = '00000000-0000-0000-0000-000000000000' as ContactId;

/** Events that are kept equally long: those of some names, or all others. */
interface EventRule {
  name: string;
  ms: number;
  not: boolean;
  /** As the log has them: events of these names, and outcomes of these. */
  events: string[];
  outcomes: string[];
}

const OUTCOME_OF = new Map<string, string>(Object.entries(MESSAGE_EVENTS).map(([outcome, name]) => [name, outcome]));

function rule(ms: number, names: readonly string[], not: boolean): EventRule {
  const sorted = [...names].sort();
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  return { name: `${not ? 'others' : 'events'}/${hash}`, ms, not, events: sorted, outcomes: sorted.flatMap((one) => OUTCOME_OF.get(one) ?? []) };
}

function rulesOf({ events, defaultMs }: RetentionRules): EventRule[] {
  const byTime = new Map<number, string[]>();
  for (const [name, ms] of Object.entries(events)) if (ms !== null) byTime.set(ms, [...(byTime.get(ms) ?? []), name]);
  const named = [...byTime].map(([ms, names]) => rule(ms, names, false));
  return defaultMs === null ? named : [...named, rule(defaultMs, Object.keys(events), true)];
}

const readPlace = statement('retention_read_place', 'select p.seq, p.contact_id from retention_progress p where p.shard = $1 and p.workspace_id = $2 and p.rule = $3');
const writePlace = statement(
  'retention_write_place',
  `insert into retention_progress as p (shard, workspace_id, rule, seq, contact_id) select s.shard, $2, $3, $4, $5 from shards s where s.shard = $1
   on conflict (shard, workspace_id, rule) do update set seq = excluded.seq, contact_id = excluded.contact_id`,
);
const readStretch = statement(
  'retention_read_stretch',
  `select max(x.seq) as upper, count(*) as rows from (
     select e.seq from event_log e where e.shard = $1 and e.seq > $2 and e.seq < $3 and e.seq <= (select s.log_offset from shards s where s.shard = $1) order by e.seq limit $4
   ) x`,
);
const removeEvents = statement(
  'retention_remove_events',
  `delete from event_log e where e.shard = $1 and e.seq > $2 and e.seq <= $3 and e.workspace_id = $4
     and ((e.kind = ${LOG_KIND.event} and (e.name = any($5::text[])) <> $7) or (e.kind = ${LOG_KIND.outcome} and (e.name = any($6::text[])) <> $7))`,
);

interface Place {
  seq: number;
  contact_id: ContactId | null;
}

export interface Expired {
  removed: number;
  /** Whether there is more to look through. */
  more: boolean;
}

/** Removes some events of a shard that are kept no longer; what no worker has read yet stays. */
export async function expireEvents(db: Database, shard: number, workspaceId: number, rules: RetentionRules, now: Millis): Promise<Expired> {
  const total: Expired = { removed: 0, more: false };
  for (const one of rulesOf(rules)) {
    const { removed, more } = await db.transaction((tx) => expireRule(tx, shard, workspaceId, one, now), { idempotent: true });
    total.removed += removed;
    total.more ||= more;
  }
  return total;
}

async function expireRule(tx: Queryable, shard: number, workspaceId: number, { name, ms, not, events, outcomes }: EventRule, now: Millis): Promise<Expired> {
  const { rows: [place] } = await tx.query<Place>(readPlace, [shard, workspaceId, name]);
  const after = place?.seq ?? 0;
  const { rows: [stretch] } = await tx.query<{ upper: number | null; rows: number }>(readStretch, [shard, after, firstSeqAt(now - ms), EXPIRY_BATCH]);
  if (stretch === undefined || stretch.upper === null) return { removed: 0, more: false };
  const { rowCount } = await tx.query(removeEvents, [shard, after, stretch.upper, workspaceId, textArray(events), textArray(outcomes), not]);
  await tx.query(writePlace, [shard, workspaceId, name, stretch.upper, null]);
  return { removed: rowCount, more: stretch.rows === EXPIRY_BATCH };
}

const readContacts = statement(
  'retention_read_contacts',
  'select x.contact_id from (select d.contact_id from decisions d where d.shard = $1 and d.contact_id > $2 order by d.contact_id limit $3) x order by x.contact_id desc limit 1',
);
const removeDecisions = statement(
  'retention_remove_decisions',
  'delete from decisions d where d.shard = $1 and d.contact_id > $2 and d.contact_id <= $3 and d.workspace_id = $4 and d.at_ms < $5',
);

/** Goes through the decisions of a shard once a day, some contacts at a time. */
export async function expireDecisions(db: Database, shard: number, workspaceId: number, { decisionsMs }: RetentionRules, now: Millis): Promise<Expired> {
  if (decisionsMs === null) return { removed: 0, more: false };
  const day = Math.floor(now / DAY_MS);
  return db.transaction(async (tx) => {
    const { rows: [place] } = await tx.query<Place>(readPlace, [shard, workspaceId, 'decisions']);
    if (place?.seq === day && place.contact_id === null) return { removed: 0, more: false };
    const after = place?.seq === day ? (place.contact_id ?? FIRST_UUID) : FIRST_UUID;
    const { rows: [last] } = await tx.query<{ contact_id: ContactId }>(readContacts, [shard, after, EXPIRY_BATCH]);
    await tx.query(writePlace, [shard, workspaceId, 'decisions', day, last?.contact_id ?? null]);
    if (last === undefined) return { removed: 0, more: false };
    const { rowCount } = await tx.query(removeDecisions, [shard, after, last.contact_id, workspaceId, now - decisionsMs]);
    return { removed: rowCount, more: true };
  }, { idempotent: true });
}

const removeRejected = statement(
  'retention_remove_rejected',
  `delete from rejected_events r using (
     select o.shard, o.rejected_id from rejected_events o where o.workspace_id = $1 and o.received_at_ms < $2 order by o.received_at_ms limit $3
   ) x where r.shard = x.shard and r.rejected_id = x.rejected_id`,
);

/** Removes some refused events that are kept no longer. */
export async function expireRejected(db: Queryable, workspaceId: number, { rejectedMs }: RetentionRules, now: Millis): Promise<Expired> {
  if (rejectedMs === null) return { removed: 0, more: false };
  const { rowCount } = await db.query(removeRejected, [workspaceId, now - rejectedMs, EXPIRY_BATCH]);
  return { removed: rowCount, more: rowCount === EXPIRY_BATCH };
}
