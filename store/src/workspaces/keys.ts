import { createHash, randomBytes } from 'node:crypto';
import type { Millis } from '@samovar/core';
import type { Queryable } from '../transaction.ts';

/** Browser keys are public and trusted with nothing; server keys write as trusted; admin keys may also use the admin API. */
export type KeyKind = 'browser' | 'server' | 'admin';

export interface ApiKey {
  workspaceId: number;
  kind: KeyKind;
  label: string;
  createdAt: Millis;
  revokedAt: Millis | null;
}

export interface ListedKey extends ApiKey {
  /** Names the key without telling it. */
  keyDigest: string;
}

const SECRET_BYTES = 24;

/** What is kept of a key. A key is random and long, so that a plain hash cannot be turned back. */
export function keyDigestOf(clearKey: string): Buffer {
  return createHash('sha256').update(clearKey).digest();
}

function newKey(kind: KeyKind): string {
  return `smv_${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export interface KeyRequest {
  workspaceId: number;
  kind: KeyKind;
  label: string;
  now: Millis;
  /** A key to be taken as it is, instead of a random one: for demonstrations and tests. */
  clearKey?: string;
}

/** Makes a key and returns it in clear, which happens this once. */
export async function createKey(db: Queryable, { workspaceId, kind, label, now, clearKey }: KeyRequest): Promise<string> {
  const key = clearKey ?? newKey(kind);
  await db.query(
    'insert into api_keys (key_digest, workspace_id, kind, label, created_at_ms) values ($1, $2, $3, $4, $5)',
    [keyDigestOf(key), workspaceId, kind, label, now],
  );
  return key;
}

interface KeyRow {
  key_digest: Buffer;
  workspace_id: number;
  kind: KeyKind;
  label: string;
  created_at_ms: number;
  revoked_at_ms: number | null;
}

function keyOf(row: KeyRow): ListedKey {
  return {
    keyDigest: row.key_digest.toString('hex'),
    workspaceId: row.workspace_id,
    kind: row.kind,
    label: row.label,
    createdAt: row.created_at_ms,
    revokedAt: row.revoked_at_ms,
  };
}

const COLUMNS = 'key_digest, workspace_id, kind, label, created_at_ms, revoked_at_ms';

/** The key with this digest, revoked or not. */
export async function findKey(db: Queryable, keyDigest: Uint8Array): Promise<ListedKey | null> {
  const { rows } = await db.query<KeyRow>(`select ${COLUMNS} from api_keys where key_digest = $1`, [keyDigest]);
  return rows[0] === undefined ? null : keyOf(rows[0]);
}

/** All keys of a workspace, revoked ones too, the oldest first. */
export async function listKeys(db: Queryable, workspaceId: number): Promise<ListedKey[]> {
  const { rows } = await db.query<KeyRow>(`select ${COLUMNS} from api_keys where workspace_id = $1 order by created_at_ms, key_digest`, [workspaceId]);
  return rows.map(keyOf);
}

/** Revokes a key of a workspace; false when there is none with this digest. Servers notice within the time their caches live. */
export async function revokeKey(db: Queryable, workspaceId: number, keyDigest: string, now: Millis): Promise<boolean> {
  const { rowCount } = await db.query(
    'update api_keys set revoked_at_ms = $3 where key_digest = $2 and workspace_id = $1 and revoked_at_ms is null',
    [workspaceId, Buffer.from(keyDigest, 'hex'), now],
  );
  return rowCount > 0;
}
