import { randomBytes } from 'node:crypto';
import type { Millis } from '@samovar/core';
import type { Database } from '../database.ts';
import type { Queryable } from '../transaction.ts';

export interface Workspace {
  workspaceId: number;
  name: string;
  sending: 'live' | 'test' | 'stopped';
  /** Addresses that get real mail while sending is `test`. */
  testRecipients: string[];
  createdAt: Millis;
}

interface WorkspaceRow {
  workspace_id: number;
  name: string;
  sending: Workspace['sending'];
  test_recipients: string[];
  created_at_ms: number;
}

const COLUMNS = 'workspace_id, name, sending, test_recipients, created_at_ms';

function workspaceOf(row: WorkspaceRow): Workspace {
  return {
    workspaceId: row.workspace_id,
    name: row.name,
    sending: row.sending,
    testRecipients: row.test_recipients,
    createdAt: row.created_at_ms,
  };
}

/** The workspaces, the oldest first. */
export async function listWorkspaces(db: Queryable): Promise<Workspace[]> {
  const { rows } = await db.query<WorkspaceRow>(`select ${COLUMNS} from workspaces order by workspace_id`);
  return rows.map(workspaceOf);
}

/** The workspace of this name, made when there is none yet. */
export async function createWorkspace(db: Database, name: string, now: Millis): Promise<Workspace> {
  return db.transaction(async (transaction) => {
    // Workspaces are made rarely, and on Citus a reference table has no sequence.
    await transaction.query('lock table workspaces in exclusive mode');
    await transaction.query(
      `insert into workspaces (workspace_id, name, created_at_ms)
       select coalesce(max(w.workspace_id), 0) + 1, $1, $2 from workspaces w
       on conflict (name) do nothing`,
      [name, now],
    );
    const { rows } = await transaction.query<WorkspaceRow>(`select ${COLUMNS} from workspaces where name = $1`, [name]);
    const [row] = rows;
    if (row === undefined) throw new Error(`the workspace «${name}» was neither found nor made`);
    return workspaceOf(row);
  }, { idempotent: true });
}

/** A secret with which links in messages are signed. */
export interface SigningKey {
  keyId: number;
  secret: Buffer;
  createdAt: Millis;
}

interface SigningKeyRow {
  key_id: number;
  secret: Buffer;
  created_at_ms: number;
}

const SIGNING_SECRET_BYTES = 32;

/** All signing keys, the newest first: it signs, the others still verify. */
export async function listSigningKeys(db: Queryable): Promise<SigningKey[]> {
  const { rows } = await db.query<SigningKeyRow>('select key_id, secret, created_at_ms from signing_keys order by key_id desc');
  return rows.map((row) => ({ keyId: row.key_id, secret: row.secret, createdAt: row.created_at_ms }));
}

/** Adds a signing key, with which links are signed from then on. */
export async function createSigningKey(db: Database, now: Millis): Promise<SigningKey> {
  const secret = randomBytes(SIGNING_SECRET_BYTES);
  return db.transaction(async (transaction) => {
    await transaction.query('lock table signing_keys in exclusive mode');
    const { rows } = await transaction.query<SigningKeyRow>(
      `insert into signing_keys as s (key_id, secret, created_at_ms)
       select coalesce(max(k.key_id), 0) + 1, $1, $2 from signing_keys k
       returning s.key_id, s.secret, s.created_at_ms`,
      [secret, now],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the signing key was not written');
    return { keyId: row.key_id, secret: row.secret, createdAt: row.created_at_ms };
  });
}

/** The newest signing key, made when there is none yet. */
export async function ensureSigningKey(db: Database, now: Millis): Promise<SigningKey> {
  const [newest] = await listSigningKeys(db);
  return newest ?? createSigningKey(db, now);
}
