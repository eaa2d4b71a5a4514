import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StoreError } from '../errors.ts';
import { chooseAccount } from './account.ts';
import { installedNativeDirectory, prepareBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { lockDirectory } from './directory-lock.ts';
import { DATABASE_USER, initialise, reachableName } from './initialise.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { STOP_DEADLINES, clearLeftovers, spawnPostmaster } from './postmaster.ts';
import type { Postmaster, StopDeadlines } from './postmaster.ts';
import { signal } from './process-table.ts';
import type { Account } from './run.ts';
import { serverSettings } from './settings.ts';
import type { Durability } from './settings.ts';
import { SOCKET_PORT, createSocketDirectory, removeSocketDirectory } from './socket-directory.ts';

export type EmbeddedOptions = {
  /** Samovar's data directory; made when missing. */
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  readonly maxConnections?: number;
  /** `volatile` (nothing is safe after a crash) is for tests only. */
  readonly durability?: Durability;
  /** The data directory is deleted by `stop`, and by a watchdog when this process is killed. For tests and the demo. */
  readonly temporary?: boolean;
  readonly stopDeadlines?: StopDeadlines;
  /** Other binaries and caches than the installed ones. For tests. */
  readonly nativeDirectory?: string;
  readonly cacheDirectories?: readonly string[];
};

/** A running Postgres that belongs to this process. */
export type EmbeddedPostgres = {
  readonly connection: { readonly host: string; readonly port: number; readonly user: string; readonly password: string; readonly database: string };
  readonly connectionString: string;
  readonly pid: number;
  /** Resolves with the reason when the server has ended, also by itself. */
  readonly exited: Promise<string>;
  /** Ends sessions, then the server; harder when it does not end in time. Does nothing when it has ended already. */
  stop(): Promise<void>;
};

const DEFAULT_MAX_CONNECTIONS = 64;

function unusable(directory: string, error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError('data_dir_unusable', `The data directory ${directory} cannot be used: ${reason}`, { cause: error });
}

async function prepareDirectory(directory: string): Promise<string> {
  try {
    const made = await mkdir(directory, { recursive: true });
    // As root, the account of Postgres has to pass through to its own part.
    if (made !== undefined) await chmod(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
    return await realpath(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Refuses, before anything is touched, a directory that is not ours to start. */
async function checkDirectory(layout: Layout): Promise<string | undefined> {
  if ((await stat(join(layout.directory, 'PG_VERSION')).catch(() => undefined)) !== undefined) {
    throw new StoreError('data_dir_foreign', `${layout.directory} is the data directory of a Postgres that Samovar did not make. Start that Postgres and set SAMOVAR_DATABASE_URL, or choose another directory.`);
  }
  const existing = await stat(layout.pgData).catch(() => undefined);
  if (existing === undefined) return undefined;
  const uid = process.getuid?.();
  if (uid !== 0 && existing.uid !== uid) {
    throw new StoreError('data_dir_owner', `The database in ${layout.directory} belongs to the user with id ${existing.uid}, and Samovar runs as ${uid}. Start it as that user (or as root), or: chown -R ${uid} ${layout.directory}`);
  }
  return (await readFile(join(layout.pgData, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
}

function checkVersion(layout: Layout, found: string, binaries: Binaries): void {
  if (found === String(binaries.majorVersion)) return;
  const what = found === '' ? 'is damaged (it has no PG_VERSION)' : `was made by Postgres ${found}`;
  throw new StoreError(
    'data_dir_version',
    `The database in ${layout.directory} ${what}, and this Samovar brings Postgres ${binaries.majorVersion}. Nothing was touched. Start the Samovar that made it, or move the directory away.`,
  );
}

async function readPassword(layout: Layout): Promise<string> {
  const password = (await readFile(layout.passwordFile, 'utf8').catch(() => '')).trim();
  if (password !== '') return password;
  throw new StoreError('data_dir_password_missing', `The file ${layout.passwordFile} with the password of the database is missing or unreadable. Put it back from a backup.`);
}

/** A database that root copied into place belongs to root; Postgres insists on owning it. */
async function giveToAccount(pgData: string, account: Account | undefined): Promise<void> {
  if (account === undefined || (await stat(pgData)).uid === account.uid) return;
  for (const entry of await readdir(pgData, { recursive: true })) await lchown(join(pgData, entry), account.uid, account.gid);
  await chown(pgData, account.uid, account.gid);
}

/** Ends Postgres and deletes its data when this process is gone, however it went: then the pipe to its input is closed. */
function startWatchdog(pid: number, directories: readonly string[]): () => void {
  const script = 'pid=$1; shift; cat >/dev/null; kill -INT $pid; i=0; while kill -0 $pid && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; kill -KILL $pid; rm -rf -- "$@"';
  const child = spawn('/bin/sh', ['-c', script, 'sh', String(pid), ...directories], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => {});
  child.unref();
  // The pipe must not keep this process alive.
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return () => {
    child.kill('SIGKILL');
  };
}

async function launch(layout: Layout, binaries: Binaries, account: Account | undefined, options: EmbeddedOptions): Promise<{ postmaster: Postmaster; socketDirectory: string }> {
  const log = options.log ?? (() => {});
  const pgData = layout.pgData;
  await clearLeftovers(pgData, log, options.stopDeadlines ?? STOP_DEADLINES);
  const socketDirectory = await createSocketDirectory(account);
  try {
    const settings = serverSettings({
      socketDirectory,
      maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
      durability: options.durability ?? 'durable',
    });
    const name = await reachableName(pgData, account);
    return { postmaster: await spawnPostmaster({ postgres: binaries.postgres, pgData, reachableName: name, settings, account, logFile: layout.logFile }), socketDirectory };
  } catch (error) {
    await removeSocketDirectory(socketDirectory);
    throw error;
  }
}

function handleOf(postmaster: Postmaster, password: string, socketDirectory: string, stop: () => Promise<void>): EmbeddedPostgres {
  const connection = { host: socketDirectory, port: SOCKET_PORT, user: DATABASE_USER, password, database: 'postgres' };
  let stopping: Promise<void> | undefined;
  return {
    connection,
    connectionString: `postgresql://${DATABASE_USER}:${password}@/postgres?host=${encodeURIComponent(socketDirectory)}&port=${SOCKET_PORT}`,
    pid: postmaster.pid,
    exited: postmaster.exited,
    stop: () => (stopping ??= stop()),
  };
}

/** Starts the embedded Postgres on a data directory, which it makes when it is new. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const native = options.nativeDirectory ?? installedNativeDirectory();
  const layout = layoutOf(await prepareDirectory(resolve(options.dataDir)));
  const found = await checkDirectory(layout);
  const account = await chooseAccount(layout.pgData);
  const binaries = await prepareBinaries(native, account, options.cacheDirectories);
  if (found !== undefined) checkVersion(layout, found, binaries);
  const lock = await lockDirectory(layout.lockFile, layout.directory).catch((error: unknown) => {
    throw error instanceof StoreError ? error : unusable(layout.directory, error);
  });
  try {
    // Looked at again, since another starter may have made it before we had the lock.
    if ((await checkDirectory(layout)) === undefined) {
      options.log?.(`making a new database in ${layout.directory}`);
      await initialise({ layout, binaries, account, durability: options.durability ?? 'durable' });
    }
    const password = await readPassword(layout);
    await giveToAccount(layout.pgData, account);
    const { postmaster, socketDirectory } = await launch(layout, binaries, account, options);
    const stopAtExit = (): void => {
      signal(postmaster.pid, 'SIGINT');
      // Nobody is left to connect, and nobody else would remove it.
      rmSync(socketDirectory, { recursive: true, force: true });
    };
    process.once('exit', stopAtExit);
    const endWatchdog = options.temporary === true ? startWatchdog(postmaster.pid, [layout.directory, socketDirectory]) : () => {};
    return handleOf(postmaster, password, socketDirectory, async () => {
      await postmaster.stop(options.stopDeadlines ?? STOP_DEADLINES);
      process.off('exit', stopAtExit);
      endWatchdog();
      await removeSocketDirectory(socketDirectory);
      await lock.release();
      if (options.temporary === true) await rm(layout.directory, { recursive: true, force: true });
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}
