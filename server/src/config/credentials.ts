import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKey, createWorkspace, findKey, keyDigestOf, listWorkspaces, type Database, type KeyKind } from '@samovar/store';
import type { Millis } from '@samovar/core';

/** What a tool on the same machine needs to talk to the server; kept readable by its owner only. */
export interface Credentials {
  url: string;
  adminKey: string;
  serverKey: string;
  browserKey: string;
}

const FILE_NAME = 'credentials.json';
const FIRST_WORKSPACE = 'main';

/** Makes the first workspace and its keys when there are none, and keeps their clear text in the data directory. */
export async function ensureCredentials(db: Database, dataDir: string, url: string, now: Millis): Promise<Credentials> {
  const path = join(dataDir, FILE_NAME);
  const known = await readCredentials(path);
  const [first] = await listWorkspaces(db);
  const workspaceId = (first ?? (await createWorkspace(db, FIRST_WORKSPACE, now))).workspaceId;
  const key = async (kind: KeyKind, clear: string | undefined): Promise<string> => {
    if (clear !== undefined && (await findKey(db, keyDigestOf(clear))) !== null) return clear;
    return createKey(db, { workspaceId, kind, label: `first ${kind} key`, now });
  };
  const credentials: Credentials = {
    url, adminKey: await key('admin', known?.adminKey), serverKey: await key('server', known?.serverKey), browserKey: await key('browser', known?.browserKey),
  };
  await replaceFile(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}

async function readCredentials(path: string): Promise<Credentials | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Credentials;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return null;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
