import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { isPostgresOf, postgresProcessesOf, signal } from './process-table.ts';
import { cleanEnvironment } from './run.ts';
import type { Account } from './run.ts';
import { removeSocketDirectory } from './socket-directory.ts';

const POLL_MS = 10;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 4_096;

/** How long each way to stop gets before the next, harder one. The last is SIGKILL. */
export type StopDeadlines = { readonly fastMs: number; readonly immediateMs: number; readonly killMs: number };

export const STOP_DEADLINES: StopDeadlines = { fastMs: 20_000, immediateMs: 5_000, killMs: 5_000 };

type PidFile = { readonly pid: number; readonly socketDirectory: string; readonly ready: boolean };

/** Postgres' own note of its process; line 8 says `ready` once it takes connections. */
async function readPidFile(pgData: string): Promise<PidFile | undefined> {
  const text = await readFile(join(pgData, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), socketDirectory: lines[4]?.trim() ?? '', ready: lines[7]?.startsWith('ready') ?? false };
}

async function waitUntilGone(isGone: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (!(await isGone())) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Asks ever harder: sessions are ended and a checkpoint is made; then no checkpoint; then the kernel ends all. */
async function stopProcess(pid: number, pgData: string, isGone: () => Promise<boolean>, deadlines: StopDeadlines): Promise<void> {
  if (await isGone()) return;
  signal(pid, 'SIGINT');
  if (await waitUntilGone(isGone, deadlines.fastMs)) return;
  signal(pid, 'SIGQUIT');
  if (await waitUntilGone(isGone, deadlines.immediateMs)) return;
  signal(pid, 'SIGKILL');
  for (const child of await postgresProcessesOf(pgData)) signal(child, 'SIGKILL');
  if (await waitUntilGone(isGone, deadlines.killMs)) return;
  throw new StoreError('postgres_stop_failed', `Postgres (process ${pid}) does not end, not even killed; is its disk answering? Data directory: ${pgData}`);
}

/**
 * Ends what an earlier Samovar left behind when it was killed: its Postgres, and a note of it that would make the next one refuse.
 * To be called with the directory lock held, so nobody alive needs it.
 */
export async function clearLeftovers(pgData: string, log: (message: string) => void, deadlines: StopDeadlines): Promise<void> {
  const noted = await readPidFile(pgData);
  if (noted !== undefined && (await isPostgresOf(noted.pid, pgData))) {
    log(`stopping the Postgres (process ${noted.pid}) that an earlier Samovar left running`);
    await stopProcess(noted.pid, pgData, async () => !(await isPostgresOf(noted.pid, pgData)), deadlines);
  }
  // Sessions of a postmaster that was killed outlive it for a moment, and must not write beside the next one.
  const noneLeft = async (): Promise<boolean> => (await postgresProcessesOf(pgData)).length === 0;
  if (!(await waitUntilGone(noneLeft, deadlines.immediateMs))) {
    for (const pid of await postgresProcessesOf(pgData)) signal(pid, 'SIGKILL');
    await waitUntilGone(noneLeft, deadlines.killMs);
  }
  if (noted === undefined) return;
  await removeSocketDirectory(noted.socketDirectory);
  // The process id may be another program's by now, for which Postgres would take it for running.
  if (signal(noted.pid, 0)) await rm(join(pgData, 'postmaster.pid'), { force: true });
}

export type SpawnInput = {
  readonly postgres: string;
  /** The real path, and the name by which the account reaches it. */
  readonly pgData: string;
  readonly reachableName: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly account: Account | undefined;
  readonly logFile: string;
};

/** A server that takes connections. */
export type Postmaster = {
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<string>;
  stop(deadlines: StopDeadlines): Promise<void>;
};

async function openLog(file: string): Promise<{ fd: number; offset: number; close: () => Promise<void> }> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) await rename(file, `${file}.1`);
  const handle = await open(file, 'a', 0o600);
  return { fd: handle.fd, offset: size > LOG_LIMIT_BYTES ? 0 : size, close: () => handle.close() };
}

async function logSince(file: string, offset: number): Promise<string> {
  const text = (await readFile(file)).subarray(offset).toString('utf8');
  return text.slice(-LOG_TAIL_BYTES).trim();
}

function startFailed(directory: string, reason: string, logTail: string): StoreError {
  if (/No space left on device/i.test(logTail)) {
    return new StoreError('disk_full', `The disk of ${directory} is full, so Postgres cannot start. Free some space; nothing is lost.\n${logTail}`);
  }
  return new StoreError('postgres_start_failed', `Postgres did not start on ${directory} (${reason}). Its log says:\n${logTail}`);
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(name === null ? `exit code ${code}` : `ended by ${name}`));
  });
}

/** Starts the server and waits until it takes connections, crash recovery included, however long that takes. */
export async function spawnPostmaster(input: SpawnInput): Promise<Postmaster> {
  const log = await openLog(input.logFile);
  const args = ['-D', input.reachableName, ...Object.entries(input.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawn(input.postgres, args, {
    ...input.account,
    cwd: input.pgData,
    env: cleanEnvironment(),
    // A process group of its own: Ctrl-C in the terminal is for Samovar, which stops Postgres when it is done with it.
    detached: true,
    // A file, not a pipe, which would break when Samovar is killed.
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = exitOf(child);
  await log.close();
  let end: string | undefined;
  void exited.then((reason) => {
    end = reason;
  });
  const { pid } = child;
  while (pid === undefined || !(await isReady(input.pgData, pid))) {
    if (end !== undefined) throw startFailed(input.pgData, end, await logSince(input.logFile, log.offset));
    await delay(POLL_MS);
  }
  child.unref();
  return {
    pid,
    exited,
    stop: (deadlines) => stopProcess(pid, input.pgData, async () => end !== undefined, deadlines),
  };
}

async function isReady(pgData: string, pid: number): Promise<boolean> {
  const noted = await readPidFile(pgData);
  return noted?.pid === pid && noted.ready;
}
