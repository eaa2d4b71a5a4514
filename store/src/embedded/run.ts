import { spawn } from 'node:child_process';

/** The unprivileged account that Postgres runs as when Samovar runs as root; undefined: the same as Samovar. */
export type Account = { readonly uid: number; readonly gid: number };

export type RunOptions = {
  readonly account?: Account | undefined;
  readonly cwd?: string | undefined;
};

export type RunResult = { readonly ok: true; readonly output: string } | { readonly ok: false; readonly output: string };

const FALLBACK_PATH = '/usr/local/bin:/usr/bin:/bin';
const OUTPUT_LIMIT = 16_384;

/**
 * The whole environment of Postgres' programs: nothing of PGDATA, PGPORT, LANG and the like from outside gets in,
 * and a missing or odd locale cannot change what the database becomes.
 */
export function cleanEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? FALLBACK_PATH, LC_ALL: 'C', LANG: 'C', TZ: 'UTC' };
}

/** Runs a program to its end. Failing to start is a result too, never an unhandled 'error' event. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, { ...options.account, cwd: options.cwd ?? '/', env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_LIMIT);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ ok: true, output });
      else resolve({ ok: false, output: `${output.trim()}\n(${signal === null ? `exit code ${code}` : `ended by ${signal}`})`.trim() });
    });
  });
}

/** True when the account can enter the directory, which no look at mode bits answers for sure. */
export async function canEnter(directory: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  return (await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { account })).ok;
}
