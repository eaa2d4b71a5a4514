import { readFile, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { run } from './run.ts';

const HAS_PROC = process.platform === 'linux';

/** Names one life of a process id (ids are used again); undefined when no such process runs. */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!HAS_PROC) {
    const result = await run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]);
    return result.ok ? result.output.trim() : undefined;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name before the last parenthesis may hold anything; the state is the first and the start time the 20th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}:${fields[19]}`;
}

/** True when the process is a Postgres that works in this directory. A zombie is not. */
export async function isPostgresOf(pid: number, pgData: string): Promise<boolean> {
  if (!HAS_PROC) {
    const result = await run('/bin/ps', ['-o', 'command=', '-p', String(pid)]);
    return result.ok && result.output.includes('postgres') && result.output.includes(pgData);
  }
  const [exe, cwd] = await Promise.all([`/proc/${pid}/exe`, `/proc/${pid}/cwd`].map((path) => readlink(path).catch(() => '')));
  return cwd === pgData && basename(exe ?? '').startsWith('postgres');
}

/** All processes of the Postgres that works in this directory. Only Linux can tell; elsewhere none are found. */
export async function postgresProcessesOf(pgData: string): Promise<number[]> {
  if (!HAS_PROC) return [];
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid));
  const matches = await Promise.all(pids.map((pid) => isPostgresOf(pid, pgData)));
  return pids.filter((_, index) => matches[index]);
}

/** Sends a signal; false when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
