import type { ContactId } from '@samovar/core';
import { byteaArray, int2Array, jsonbTextArray, textArray, uuidArray } from '../binary-arrays.ts';
import { pageByShard, type ShardPlace } from '../read/by-shard.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** Where what was found in one run is kept. */
export interface RunPlace {
  workspaceId: number;
  runId: number;
}

/** The figures in which a contact counts, and more about some of them. */
export interface Finding {
  contactId: ContactId;
  figures: readonly string[];
  details: Readonly<Record<string, string>>;
}

const insert = statement(
  'quality_insert_findings',
  `insert into quality_findings as f (shard, workspace_id, run_id, contact_id, figures, details)
   select s.shard, $2, $3, u.contact_id, string_to_array(u.figures, E'\\n'), u.details
   from shards s, unnest($4::uuid[], $5::text[], $6::jsonb[]) u (contact_id, figures, details) where s.shard = $1
   on conflict (shard, workspace_id, run_id, contact_id) do update set figures = excluded.figures, details = excluded.details`,
);

/** Keeps what was found about contacts of one shard. */
export async function insertFindings(db: Queryable, shard: number, { workspaceId, runId }: RunPlace, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return;
  await db.query(insert, [
    shard, workspaceId, runId, uuidArray(findings.map(({ contactId }) => contactId)), textArray(findings.map(({ figures }) => figures.join('\n'))),
    jsonbTextArray(findings.map(({ details }) => JSON.stringify(details))),
  ]);
}

const addDuplicates = statement(
  'quality_add_duplicates',
  `update quality_findings f set figures = f.figures || u.figure, details = f.details || u.details
   from unnest($4::uuid[], $5::text[], $6::jsonb[]) u (contact_id, figure, details)
   where f.shard = $1 and f.workspace_id = $2 and f.run_id = $3 and f.contact_id = u.contact_id and not (f.figures @> array[u.figure])`,
);

/** Counts contacts of one shard in a figure more each. */
export async function addFigure(db: Queryable, shard: number, { workspaceId, runId }: RunPlace, figure: string, contacts: readonly { contactId: ContactId; detail: string }[]): Promise<void> {
  await db.query(addDuplicates, [
    shard, workspaceId, runId, uuidArray(contacts.map(({ contactId }) => contactId)), textArray(contacts.map(() => figure)),
    jsonbTextArray(contacts.map(({ detail }) => JSON.stringify({ [figure]: detail }))),
  ]);
}

export interface FoundContact {
  shard: number;
  contactId: ContactId;
  userId: string | null;
  email: string | null;
  detail: string | null;
}

const FOUND = `select f.shard, f.contact_id, c.user_id, c.email, f.details ->> $5 as detail from quality_findings f
   join contacts c on c.shard = $1 and c.contact_id = f.contact_id and c.redirect_to is null
   where f.shard = $1 and f.workspace_id = $2 and f.run_id = $3 and f.contact_id > $4`;
const list = statement('quality_list_findings', `${FOUND} and $5 = any(f.figures) order by f.contact_id limit $6`);
const listValues = statement('quality_list_values', `${FOUND} and string_to_array(f.details ->> $5, E'\\n') && $7::text[] order by f.contact_id limit $6`);

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

interface FoundRow {
  shard: number;
  contact_id: ContactId;
  user_id: string | null;
  email: string | null;
  detail: string | null;
}

/** Contacts that count in a figure; or, where `values` are given, those of whose values of that figure one is among them. */
export async function listFindings(
  db: Queryable, { workspaceId, runId }: RunPlace, figure: { key: string; values: readonly string[] | null }, after: ShardPlace, limit: number, shardCount: number,
): Promise<FoundContact[]> {
  const { key, values } = figure;
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const parameters = [shard, workspaceId, runId, afterKey ?? FIRST_UUID, key, rest];
    const { rows } = await (values === null ? db.query<FoundRow & Record<string, unknown>>(list, parameters) : db.query<FoundRow & Record<string, unknown>>(listValues, [...parameters, textArray(values)]));
    return rows.map((row) => ({ shard: row.shard, contactId: row.contact_id, userId: row.user_id, email: row.email, detail: row.detail }));
  });
}

/** What a contact may have in common with others, in the shard that the digest derives. */
export interface DuplicateKeyRow {
  shard: number;
  kind: string;
  digest: Buffer;
  contactId: ContactId;
}

const insertKeys = statement(
  'quality_insert_keys',
  `insert into quality_keys as k (shard, workspace_id, run_id, kind, digest, contact_id)
   select u.shard, $1, $2, u.kind, u.digest, u.contact_id from unnest($3::smallint[], $4::text[], $5::bytea[], $6::uuid[]) u (shard, kind, digest, contact_id)
   on conflict (shard, workspace_id, run_id, kind, digest, contact_id) do nothing`,
);

export async function insertDuplicateKeys(db: Queryable, { workspaceId, runId }: RunPlace, keys: readonly DuplicateKeyRow[]): Promise<void> {
  if (keys.length === 0) return;
  await db.query(insertKeys, [
    workspaceId, runId, int2Array(keys.map(({ shard }) => shard)), textArray(keys.map(({ kind }) => kind)), byteaArray(keys.map(({ digest }) => digest)),
    uuidArray(keys.map(({ contactId }) => contactId)),
  ]);
}

const readMembers = statement(
  'quality_read_duplicates',
  `select k.kind, k.digest, k.contact_id from quality_keys k
   join (select g.kind, g.digest from quality_keys g where g.shard = $1 and g.workspace_id = $2 and g.run_id = $3 group by g.kind, g.digest having count(*) > 1) d
     on d.kind = k.kind and d.digest = k.digest
   where k.shard = $1 and k.workspace_id = $2 and k.run_id = $3 and (k.kind, k.digest, k.contact_id) > ($4, $5, $6::uuid)
   order by k.kind, k.digest, k.contact_id limit $7`,
);

export interface DuplicateMember {
  kind: string;
  digest: Buffer;
  contactId: ContactId;
}

/** Contacts that share something with another one, group by group, in the shard of their digests. */
export async function readDuplicateMembers(db: Queryable, shard: number, { workspaceId, runId }: RunPlace, after: DuplicateMember | null, limit: number): Promise<DuplicateMember[]> {
  const place = after ?? { kind: '', digest: Buffer.alloc(0), contactId: FIRST_UUID };
  const { rows } = await db.query<{ kind: string; digest: Buffer; contact_id: ContactId }>(readMembers, [shard, workspaceId, runId, place.kind, place.digest, place.contactId, limit]);
  return rows.map((row) => ({ kind: row.kind, digest: row.digest, contactId: row.contact_id }));
}

const countGroups = statement(
  'quality_count_groups',
  `select d.kind, count(*) as groups from (
     select k.kind, k.digest from quality_keys k where k.shard = $1 and k.workspace_id = $2 and k.run_id = $3 group by k.kind, k.digest having count(*) > 1
   ) d group by d.kind`,
);

/** Groups of each kind in one shard. */
export async function countDuplicateGroups(db: Queryable, shard: number, { workspaceId, runId }: RunPlace): Promise<Record<string, number>> {
  const { rows } = await db.query<{ kind: string; groups: number }>(countGroups, [shard, workspaceId, runId]);
  return Object.fromEntries(rows.map(({ kind, groups }) => [kind, groups]));
}

const dropLone = statement(
  'quality_drop_lone_keys',
  `delete from quality_keys k where k.shard = $1 and k.workspace_id = $2 and k.run_id = $3 and not exists (
     select from quality_keys o where o.shard = $1 and o.workspace_id = $2 and o.run_id = $3 and o.kind = k.kind and o.digest = k.digest and o.contact_id <> k.contact_id
   )`,
);

/** Forgets in one shard what contacts have in common with nobody. */
export async function dropLoneKeys(db: Queryable, shard: number, { workspaceId, runId }: RunPlace): Promise<void> {
  await db.query(dropLone, [shard, workspaceId, runId]);
}

const listGroups = statement(
  'quality_list_groups',
  `select encode(k.digest, 'hex') as digest, count(*) as contacts, array_to_string((array_agg(k.contact_id order by k.contact_id))[1:$6], ' ') as members from quality_keys k
   where k.shard = $1 and k.workspace_id = $2 and k.run_id = $3 and k.kind = $4 and k.digest > $5 group by k.digest having count(*) > 1 order by k.digest limit $7`,
);

export interface DuplicateGroup {
  shard: number;
  /** Hex. */
  digest: string;
  contacts: number;
  /** The first of them. */
  members: ContactId[];
}

/** Groups of a kind, shard by shard. */
export async function listDuplicateGroups(db: Queryable, { workspaceId, runId }: RunPlace, kind: string, after: ShardPlace, memberLimit: number, limit: number, shardCount: number): Promise<DuplicateGroup[]> {
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const { rows } = await db.query<{ digest: string; contacts: number; members: string }>(listGroups, [
      shard, workspaceId, runId, kind, Buffer.from(afterKey ?? '', 'hex'), memberLimit, rest,
    ]);
    return rows.map(({ digest, contacts, members }) => ({ shard, digest, contacts, members: members.split(' ') as ContactId[] }));
  });
}

const DROP = ['quality_findings', 'quality_keys', 'quality_values'].map((table) =>
  statement(`quality_drop_${table}`, `delete from ${table} where shard = $1 and workspace_id = $2 and run_id < $3`));

/** Forgets in one shard what older runs have found. */
export async function dropOlderFindings(db: Queryable, shard: number, { workspaceId, runId }: RunPlace): Promise<void> {
  for (const drop of DROP) await db.query(drop, [shard, workspaceId, runId]);
}
