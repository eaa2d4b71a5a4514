import type { ContactId, Millis } from '@samovar/core';
import { uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** What was done in one row of `contacts` for an erasure. */
export interface ErasurePart {
  workspaceId: number;
  erasure: string;
  contactId: ContactId;
  at: Millis;
  received: number;
  posted: number;
  removed: Record<string, number>;
}

const insertPart = statement(
  'erasures_write',
  `insert into erasures as e (shard, erasure_id, contact_id, workspace_id, at_ms, received, posted, removed)
   select s.shard, $2, $3, $4, $5, $6, $7, $8 from shards s where s.shard = $1
   on conflict (shard, erasure_id, contact_id) do update set received = e.received + excluded.received, posted = e.posted + excluded.posted,
     removed = e.removed || excluded.removed`,
);

/** Notes that an erasure has been here. */
export function writeErasurePart(tx: Queryable, shard: number, { workspaceId, erasure, contactId, at, received, posted, removed }: ErasurePart): void {
  void tx.query(insertPart, [shard, erasure, contactId, workspaceId, at, received, posted, JSON.stringify(removed)]);
}

/** What came of an erasure, without saying of whom. */
export interface ErasureReceipt {
  erasure: string;
  at: Millis;
  reason: string;
  by: string;
  /** false: some rows have not been reached yet. */
  done: boolean;
  /** Table → rows removed or emptied. */
  removed: Record<string, number>;
}

interface RequestRow { erasure_id: string; at_ms: Millis; reason: string; requested_by: string | null }
interface PartRow { erasure_id: string; asked: boolean; received: number; posted: number; removed: Record<string, number> }

const listRequests = statement(
  'erasures_list',
  `select distinct e.erasure_id, e.at_ms, e.reason, e.requested_by from erasures e
   where e.workspace_id = $1 and e.reason is not null and (e.at_ms, e.erasure_id) < ($2, $3::uuid)
   order by e.at_ms desc, e.erasure_id desc limit $4`,
);
const readRequest = statement(
  'erasures_read',
  'select e.erasure_id, e.at_ms, e.reason, e.requested_by from erasures e where e.workspace_id = $1 and e.erasure_id = $2 and e.reason is not null limit 1',
);
const readParts = statement('erasures_read_parts', 'select e.erasure_id, e.reason is not null as asked, e.received, e.posted, e.removed from erasures e where e.erasure_id = any($1::uuid[])');

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

async function receiptsOf(db: Queryable, requests: readonly RequestRow[]): Promise<ErasureReceipt[]> {
  const { rows } = await db.query<PartRow>(readParts, [uuidArray([...new Set(requests.map((row) => row.erasure_id))])]);
  return requests.map((request) => {
    let open = 0;
    const removed: Record<string, number> = {};
    for (const part of rows.filter((row) => row.erasure_id === request.erasure_id)) {
      open += (part.asked ? 1 : 0) + part.posted - part.received;
      for (const [table, count] of Object.entries(part.removed)) removed[table] = (removed[table] ?? 0) + count;
    }
    return { erasure: request.erasure_id, at: request.at_ms, reason: request.reason, by: request.requested_by ?? '', done: open <= 0, removed };
  });
}

/** Erasures of a workspace, the latest first. */
export async function listErasures(db: Queryable, workspaceId: number, after: Pick<ErasureReceipt, 'at' | 'erasure'> | null, limit: number): Promise<ErasureReceipt[]> {
  const { rows } = await db.query<RequestRow>(listRequests, [workspaceId, after?.at ?? Number.MAX_SAFE_INTEGER, after?.erasure ?? LAST_UUID, limit]);
  return receiptsOf(db, rows);
}

/** null: nobody asked for it. */
export async function readErasure(db: Queryable, workspaceId: number, erasure: string): Promise<ErasureReceipt | null> {
  const { rows } = await db.query<RequestRow>(readRequest, [workspaceId, erasure]);
  return (await receiptsOf(db, rows))[0] ?? null;
}

const readAll = statement(
  'erasures_read_all',
  `select e.workspace_id, e.erasure_id, e.contact_id, e.at_ms, e.reason, e.requested_by from erasures e
   where e.reason is not null or e.removed ? 'contacts' order by e.workspace_id, e.at_ms, e.erasure_id, e.contact_id`,
);

/** An erasure with every row of `contacts` that it emptied, so that it can be done once more. */
export interface WholeErasure {
  workspaceId: number;
  erasure: string;
  at: Millis;
  reason: string;
  by: string;
  contacts: ContactId[];
}

/** All erasures of all workspaces. */
export async function readWholeErasures(db: Queryable): Promise<WholeErasure[]> {
  const { rows } = await db.query<{ workspace_id: number; erasure_id: string; contact_id: ContactId; at_ms: Millis; reason: string | null; requested_by: string | null }>(readAll);
  const erasures = new Map<string, WholeErasure>();
  for (const row of rows) {
    const known = erasures.get(row.erasure_id) ?? { workspaceId: row.workspace_id, erasure: row.erasure_id, at: row.at_ms, reason: '', by: '', contacts: [] };
    erasures.set(row.erasure_id, known);
    known.contacts.push(row.contact_id);
    if (row.reason === null) continue;
    known.reason = row.reason;
    known.by = row.requested_by ?? '';
  }
  return [...erasures.values()];
}

const aliasesOf = statement('erasures_read_aliases', 'select c.contact_id, c.redirect_to from contacts c where c.redirect_to = any($1::uuid[])');

/** The rows of all shards that redirect to some contacts. */
export async function readAliases(tx: Queryable, ids: readonly ContactId[]): Promise<Map<ContactId, ContactId[]>> {
  const { rows } = await tx.query<{ contact_id: ContactId; redirect_to: ContactId }>(aliasesOf, [uuidArray(ids)]);
  const aliases = new Map<ContactId, ContactId[]>();
  for (const row of rows) aliases.set(row.redirect_to, [...(aliases.get(row.redirect_to) ?? []), row.contact_id]);
  return aliases;
}
