import type { ContactId, ContactState, TopicDefinition } from '@samovar/core';
import { shardOf } from '@samovar/core';
import { textArray, uuidArray } from '../binary-arrays.ts';
import { decodeOccupant, type StoredContact } from '../shard/contact-codec.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { Workspace } from '../workspaces/workspaces.ts';

/** Whether and to whom a workspace sends, and the program whose settings hold. */
export interface SendingMode {
  workspaceId: number;
  sending: Workspace['sending'];
  testRecipients: string[];
  /** 0: nothing was published. */
  programVersion: number;
}

const readModes = statement(
  'outbox_read_modes',
  `select w.workspace_id, w.sending, w.test_recipients,
     coalesce((select max(p.version) from programs p where p.workspace_id = w.workspace_id), 0) as program_version
   from workspaces w`,
);

export async function readSendingModes(db: Queryable): Promise<SendingMode[]> {
  const { rows } = await db.query<{ workspace_id: number; sending: Workspace['sending']; test_recipients: string[]; program_version: number }>(readModes);
  return rows.map((row) => ({ workspaceId: row.workspace_id, sending: row.sending, testRecipients: row.test_recipients, programVersion: row.program_version }));
}

const readContacts = statement(
  'outbox_read_contacts',
  `select c.contact_id, c.workspace_id, c.redirect_to, convert_from(c.state, 'UTF8') as state
   from contacts c where c.shard = $1 and c.contact_id = any($2::uuid[])`,
);

interface ContactRow extends StoredContact {
  redirect_to: ContactId | null;
}

/** Merges lead upwards, so chains are short; a longer one than this is damage. */
const REDIRECT_LIMIT = 10;

/**
 * The contacts behind ids, redirects followed into other shards, by the id asked for; an unknown id is left out.
 */
export async function readContactsBehind(db: Queryable, ids: readonly ContactId[], shardCount: number): Promise<Map<ContactId, ContactState>> {
  const found = new Map<ContactId, ContactState>();
  let open = new Map<ContactId, ContactId[]>([...new Set(ids)].map((id) => [id, [id]]));
  for (let hop = 0; open.size > 0 && hop < REDIRECT_LIMIT; hop += 1) {
    const rows = await readRows(db, [...open.keys()], shardCount);
    const next = new Map<ContactId, ContactId[]>();
    for (const row of rows) {
      const askers = open.get(row.contact_id) ?? [];
      const occupant = decodeOccupant(row);
      if (occupant.kind === 'contact') for (const asker of askers) found.set(asker, occupant.state);
      else if (occupant.kind === 'redirect') next.set(occupant.redirect.to, [...(next.get(occupant.redirect.to) ?? []), ...askers]);
    }
    open = next;
  }
  return found;
}

async function readRows(db: Queryable, ids: readonly ContactId[], shardCount: number): Promise<ContactRow[]> {
  const byShard = new Map<number, ContactId[]>();
  for (const id of ids) {
    const shard = shardOf(id, shardCount);
    byShard.set(shard, [...(byShard.get(shard) ?? []), id]);
  }
  const results = await Promise.all([...byShard].map(([shard, some]) => db.query<ContactRow>(readContacts, [shard, uuidArray(some)])));
  return results.flatMap((result) => result.rows);
}

const readJourneyCeilings = statement(
  'outbox_read_ceilings',
  `select d.key, max(d.version) as version, (array_agg((d.body->>'ceilingPerHour')::int order by d.version desc))[1] as ceiling
   from definitions d where d.workspace_id = $1 and d.kind = 'journey' group by d.key`,
);
const readWorkspaceBody = statement(
  'outbox_read_workspace',
  `select d.body from definitions d where d.workspace_id = $1 and d.kind = 'workspace' order by d.version desc limit 1`,
);

const readTopicBodies = statement(
  'outbox_read_topics',
  `select distinct on (d.key) d.body from definitions d where d.workspace_id = $1 and d.kind = 'topic' and d.key = any($2::text[]) order by d.key, d.version desc`,
);

/** What people read about topics, by key; one that nobody defined is left out. */
export async function readTopics(db: Queryable, workspaceId: number, keys: readonly string[]): Promise<Map<string, TopicDefinition>> {
  if (keys.length === 0) return new Map();
  const { rows } = await db.query<{ body: TopicDefinition }>(readTopicBodies, [workspaceId, textArray(keys)]);
  return new Map(rows.map(({ body }) => [body.key, body]));
}

/** What sending has to know of a workspace's definitions. */
export interface SendingSettings {
  /** Journey → messages per hour. */
  ceilings: Map<string, number>;
  /** The body of the workspace's own definition; null: there is none. */
  workspace: unknown;
}

export async function readSendingSettings(db: Queryable, workspaceId: number): Promise<SendingSettings> {
  const [ceilings, workspace] = await Promise.all([
    db.query<{ key: string; ceiling: number | null }>(readJourneyCeilings, [workspaceId]),
    db.query<{ body: unknown }>(readWorkspaceBody, [workspaceId]),
  ]);
  return {
    ceilings: new Map(ceilings.rows.flatMap(({ key, ceiling }) => (ceiling === null ? [] : [[key, ceiling] as const]))),
    workspace: workspace.rows[0]?.body ?? null,
  };
}

const readTemplate = statement(
  'outbox_read_template',
  `select d.compiled from definitions d where d.workspace_id = $1 and d.kind = 'template' and d.key = $2 and d.version = $3`,
);

/** A template as it was compiled when it was published; null: there is none. */
export async function readCompiledTemplate(db: Queryable, workspaceId: number, key: string, version: number): Promise<unknown> {
  return (await db.query<{ compiled: unknown }>(readTemplate, [workspaceId, key, version])).rows[0]?.compiled ?? null;
}

const writeMode = statement('outbox_write_mode', 'update workspaces w set sending = $2, test_recipients = coalesce($3::text[], w.test_recipients) where w.workspace_id = $1');

/** Changes whether and to whom a workspace sends; null leaves the test recipients as they are. */
export async function writeSendingMode(db: Queryable, workspaceId: number, sending: Workspace['sending'], testRecipients: Uint8Array | null): Promise<void> {
  await db.query(writeMode, [workspaceId, sending, testRecipients]);
}

