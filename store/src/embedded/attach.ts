import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConnectionConfig } from '../database.ts';
import { DATABASE_USER } from './initialise.ts';
import { layoutOf } from './layout.ts';
import { processIdentity } from './process-table.ts';

/** Lines of postmaster.pid, which Postgres documents in miscadmin.h. */
const PORT_LINE = 3;
const SOCKET_DIRECTORY_LINE = 4;
const STATUS_LINE = 7;

/**
 * How to reach the embedded Postgres that another process of Samovar runs on a data directory; null: none does. For tools
 * that work beside a server; whoever attaches stops nothing.
 */
export async function attachEmbedded(dataDir: string): Promise<ConnectionConfig | null> {
  const layout = layoutOf(resolve(dataDir));
  if (!(await isHeld(layout.lockFile))) return null;
  const lines = (await readText(join(layout.pgData, 'postmaster.pid'))).split('\n');
  const password = (await readText(layout.passwordFile)).trim();
  const host = lines[SOCKET_DIRECTORY_LINE] ?? '';
  if (host === '' || password === '' || lines[STATUS_LINE]?.startsWith('ready') !== true) return null;
  return { host, port: Number(lines[PORT_LINE]), user: DATABASE_USER, password, database: 'postgres' };
}

/** Whether the process that took the directory's lock is alive. */
async function isHeld(lockFile: string): Promise<boolean> {
  const [pid = '', identity] = (await readText(lockFile)).split('\n');
  return /^[1-9]\d*$/.test(pid) && (await processIdentity(Number(pid))) === identity;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return '';
    throw error;
  }
}
