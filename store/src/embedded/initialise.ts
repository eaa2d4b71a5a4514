import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { hasPasswdEntry } from './account.ts';
import type { Binaries } from './binaries.ts';
import { HALF_MADE_PREFIX } from './layout.ts';
import type { Layout } from './layout.ts';
import { canEnter, run } from './run.ts';
import type { Account, RunResult } from './run.ts';
import type { Durability } from './settings.ts';
import { createSocketDirectory } from './socket-directory.ts';

/** The database user that owns everything. */
export const DATABASE_USER = 'samovar';

/** A new database takes 40 MB, its first log segments as much again, and it should be able to begin to work. */
const NEEDED_FREE_BYTES = 256 * 1024 * 1024;

export type InitialiseInput = {
  readonly layout: Layout;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly durability: Durability;
};

/** The password, made at the first start; only Samovar's own user can read the file. */
async function ensurePassword(file: string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch(() => '');
  if (existing.trim() !== '') return existing.trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return password;
}

/**
 * The name of a directory that also works below parents that the account may not enter (a home of mode 0700 when Samovar
 * runs as root): the program is started inside of it, and Linux lets a process reach its own working directory.
 */
export async function reachableName(directory: string, account: Account | undefined): Promise<string> {
  if (await canEnter(directory, account)) return directory;
  if (process.platform === 'linux' && (await run('/bin/sh', ['-c', 'cd /proc/self/cwd/'], { account, cwd: directory })).ok) return '/proc/self/cwd';
  throw new StoreError(
    'data_dir_unusable',
    `${directory} cannot be entered by the unprivileged account that has to run Postgres (uid ${account?.uid}). Choose a data directory outside of private homes, or allow passing through: chmod o+x on its parents.`,
  );
}

async function checkSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= NEEDED_FREE_BYTES) return;
  throw new StoreError('disk_full', `${directory} has ${Math.floor((bavail * bsize) / 1024 / 1024)} MB free; a new database needs ${NEEDED_FREE_BYTES / 1024 / 1024} MB. Free some space or choose another data directory.`);
}

async function removeHalfMade(directory: string): Promise<void> {
  const names = await readdir(directory);
  await Promise.all(names.filter((name) => name.startsWith(HALF_MADE_PREFIX)).map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** `initdb` looks its user up by name and refuses to run without one; a user namespace can lend it the name of `nobody`. */
async function runInitdb(binaries: Binaries, args: readonly string[], account: Account | undefined, cwd: string): Promise<RunResult> {
  const uid = account?.uid ?? process.getuid?.() ?? 0;
  if (process.platform !== 'linux' || (await hasPasswdEntry(uid))) return run(binaries.initdb, args, { account, cwd });
  const direct = await run(binaries.initdb, args, { account, cwd });
  if (direct.ok || !direct.output.includes('could not look up effective user ID')) return direct;
  const lent = await run('unshare', ['--user', '--map-user=65534', '--', binaries.initdb, ...args], { account, cwd });
  if (lent.ok) return lent;
  return { ok: false, output: `The user id ${uid} has no name (no entry in /etc/passwd), and initdb needs one. Add an entry, or use another user.\n${lent.output}` };
}

async function makeDatabase(halfMade: string, passwordText: string, input: InitialiseInput): Promise<void> {
  const { account, binaries, durability } = input;
  // The password travels in a file that the account can read, in a directory that nobody else can enter.
  const privateDirectory = await createSocketDirectory(account);
  try {
    const passwordFile = join(privateDirectory, 'password');
    await writeFile(passwordFile, `${passwordText}\n`, { mode: 0o600 });
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
    const args = [
      `--pgdata=${await reachableName(halfMade, account)}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durability === 'volatile' ? ['--no-sync'] : []),
    ];
    const result = await runInitdb(binaries, args, account, halfMade);
    if (!result.ok) throw initdbFailed(input.layout.directory, result.output);
  } finally {
    await rm(privateDirectory, { recursive: true, force: true });
  }
}

function initdbFailed(directory: string, output: string): StoreError {
  if (/No space left on device/i.test(output)) {
    return new StoreError('disk_full', `The disk of ${directory} became full while the database was made; nothing was left behind. Free some space and start again.`);
  }
  return new StoreError('initdb_failed', `The database could not be made in ${directory}; nothing was left behind. initdb said:\n${output.trim()}`);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a new database beside its place and moves it there when it is whole, so that a half-made one is never started. */
export async function initialise(input: InitialiseInput): Promise<void> {
  const { layout, account } = input;
  await removeHalfMade(layout.directory);
  await checkSpace(layout.directory);
  const password = await ensurePassword(layout.passwordFile);
  const halfMade = join(layout.directory, `${HALF_MADE_PREFIX}${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(halfMade, { mode: 0o700 });
    if (account !== undefined) await chown(halfMade, account.uid, account.gid);
    await makeDatabase(halfMade, password, input);
    await rename(halfMade, layout.pgData);
    await syncDirectory(layout.directory);
  } catch (error) {
    await rm(halfMade, { recursive: true, force: true });
    throw error;
  }
}
