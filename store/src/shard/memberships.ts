import type { Cause, ContactId, Millis } from '@samovar/core';
import { int4Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { Of } from './write.ts';

/** Somebody entered or left a segment. */
export interface MembershipChange {
  segment: string;
  entered: boolean;
  at: Millis;
  /** What made it so. */
  cause: Cause;
}

/** What the changes of one contact and one segment come to. */
interface Spans {
  workspaceId: number;
  contactId: ContactId;
  segment: string;
  /** The end of the span that was open before. */
  ended: { at: Millis; by: string } | null;
  opened: Span[];
}

interface Span {
  enteredAt: Millis;
  enteredBy: string;
  leftAt: Millis | null;
  leftBy: string | null;
}

const endSpans = statement(
  'shard_end_spans',
  `update memberships m set left_at_ms = u.left_at_ms, left_by = u.left_by
   from unnest($2::int[], $3::text[], $4::uuid[], $5::bigint[], $6::text[]) u (workspace_id, segment, contact_id, left_at_ms, left_by)
   where m.shard = $1 and m.workspace_id = u.workspace_id and m.segment = u.segment and m.contact_id = u.contact_id and m.left_at_ms is null`,
);

// A span of no length, which nobody can be found in, makes room for the one that begins at the same instant.
const insertSpans = statement(
  'shard_insert_spans',
  `insert into memberships as m (shard, workspace_id, segment, contact_id, entered_at_ms, entered_by, left_at_ms, left_by)
   select s.shard, u.* from shards s, unnest($2::int[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::bigint[], $8::text[]) u where s.shard = $1
   on conflict (shard, contact_id, segment, entered_at_ms) do update
     set entered_by = excluded.entered_by, left_at_ms = excluded.left_at_ms, left_by = excluded.left_by`,
);

/** Writes changes of memberships, which come in order for each contact and segment. */
export function writeMemberships(tx: Queryable, shard: number, changes: readonly Of<MembershipChange>[]): void {
  const all = spansOf(changes);
  const ended = all.flatMap((spans) => (spans.ended === null ? [] : [{ ...spans, ended: spans.ended }]));
  const opened = all.flatMap((spans) => spans.opened.map((span) => ({ ...spans, span })));
  const keys = (some: readonly Spans[]): Buffer[] => [
    int4Array(some.map((one) => one.workspaceId)), textArray(some.map((one) => one.segment)), uuidArray(some.map((one) => one.contactId)),
  ];
  if (ended.length > 0) {
    void tx.query(endSpans, [shard, ...keys(ended), int8Array(ended.map((one) => one.ended.at)), textArray(ended.map((one) => one.ended.by))]);
  }
  if (opened.length > 0) {
    void tx.query(insertSpans, [
      shard, ...keys(opened), int8Array(opened.map((one) => one.span.enteredAt)), textArray(opened.map((one) => one.span.enteredBy)),
      int8Array(opened.map((one) => one.span.leftAt)), textArray(opened.map((one) => one.span.leftBy)),
    ]);
  }
}

function spansOf(changes: readonly Of<MembershipChange>[]): Spans[] {
  const all = new Map<string, Spans>();
  for (const { workspaceId, contactId, value } of changes) {
    const name = `${contactId}/${value.segment}`;
    const spans = all.get(name) ?? { workspaceId, contactId, segment: value.segment, ended: null, opened: [] };
    all.set(name, spans);
    addChange(spans, value);
  }
  return [...all.values()];
}

function addChange(spans: Spans, { entered, at, cause }: MembershipChange): void {
  const by = JSON.stringify(cause);
  const last = spans.opened.at(-1);
  if (!entered) {
    if (last === undefined) spans.ended = { at, by };
    else Object.assign(last, { leftAt: at, leftBy: by });
    return;
  }
  if (last?.enteredAt === at) spans.opened.pop();
  spans.opened.push({ enteredAt: at, enteredBy: by, leftAt: null, leftBy: null });
}
