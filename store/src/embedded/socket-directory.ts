import { chmod, chown, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { canEnter } from './run.ts';
import type { Account } from './run.ts';

const PREFIX = 'samovar-pg-';
/** Part of the socket's file name; no TCP port. Each server has a directory of its own, so all can use the same. */
export const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;
/** What the kernel allows for a socket's path, without the zero at its end. */
const LONGEST_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/**
 * A new private directory for the socket, outside of the data directory, whose path may be too long or closed to the account.
 * Only its owner and root can enter it.
 */
export async function createSocketDirectory(account: Account | undefined, parents: readonly string[] = [tmpdir(), '/tmp']): Promise<string> {
  const reasons: string[] = [];
  for (const parent of parents) {
    const directory = await mkdtemp(join(await realpath(parent).catch(() => parent), PREFIX)).catch((error: Error) => {
      reasons.push(error.message);
    });
    if (directory === undefined) continue;
    await chmod(directory, 0o700);
    if (account !== undefined) await chown(directory, account.uid, account.gid);
    const fits = Buffer.byteLength(join(directory, SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES;
    if (fits && (await canEnter(directory, account))) return directory;
    reasons.push(`${directory}: ${fits ? 'cannot be entered by the account that runs Postgres' : 'the path is too long for a socket'}`);
    await rm(directory, { recursive: true, force: true });
  }
  throw new StoreError('data_dir_unusable', `No directory for the database's socket: ${reasons.join('; ')}. Set TMPDIR to a short path that everyone can enter.`);
}

/** Removes the socket directory of a server that is gone, if it is one that we made. */
export async function removeSocketDirectory(directory: string): Promise<void> {
  if (basename(directory).startsWith(PREFIX)) await rm(directory, { recursive: true, force: true });
}
