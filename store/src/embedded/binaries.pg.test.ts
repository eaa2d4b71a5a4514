import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedNativeDirectory, prepareBinaries } from './binaries.ts';
import { chooseAccount } from './account.ts';
import { startInChild } from './child-process.ts';
import type { Account } from './run.ts';

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

let parent: string;
let native: string;
let cache: string;
let account: Account | undefined;

/** The package as npm unpacks it with blocked install scripts: without symbolic links. */
async function copyPackage(): Promise<void> {
  const source = installedNativeDirectory();
  const links = JSON.parse(await readFile(join(source, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  const targets = new Set(links.map((link) => join(dirname(source), link.target)));
  await cp(source, native, { recursive: true, filter: (path) => !targets.has(path) });
  await cp(join(source, '..', 'package.json'), join(native, '..', 'package.json'));
}

beforeEach(async () => {
  parent = await mkdtemp(join(await realpath(tmpdir()), 'samovar-binaries-'));
  await chmod(parent, 0o755);
  native = join(parent, 'package', 'native');
  cache = join(parent, 'cache');
  account = await chooseAccount(join(parent, 'nothing'));
  await copyPackage();
});

afterEach(() => rm(parent, { recursive: true, force: true }));

describe('prepareBinaries', () => {
  it('makes the symbolic links that a blocked install script did not make', async () => {
    expect(await readdir(join(native, 'lib'))).not.toContain('libicuuc.so.60');
    const binaries = await prepareBinaries(native, account, [cache]);
    expect(binaries).toEqual({ postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb'), majorVersion: 18 });
    expect(await readdir(parent)).not.toContain('cache');
  });

  it.runIf(IS_ROOT)('copies them once when they lie below a private home', async () => {
    await chmod(join(parent, 'package'), 0o700);
    const [one, two] = await Promise.all([prepareBinaries(native, account, [cache]), prepareBinaries(native, account, [cache])]);
    expect(one).toEqual(two);
    expect(one.postgres.startsWith(cache)).toBe(true);
    expect(await prepareBinaries(native, account, [cache])).toEqual(one);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it.runIf(IS_ROOT)('copies them when node_modules is read-only, and starts from there', async () => {
    await mkdir(cache);
    await chown(cache, NOBODY, NOBODY);
    const dataDir = join(cache, 'data');
    const { report, ended } = await startInChild({ dataDir, nativeDirectory: native, cacheDirectories: [join(cache, 'copies')] }, { mode: 'once', account: { uid: NOBODY, gid: NOBODY } });
    await ended;
    expect(report).toMatchObject({ encoding: 'UTF8' });
    expect(await readdir(join(cache, 'copies'))).toHaveLength(1);
    expect(await readdir(join(native, 'lib'))).not.toContain('libicuuc.so.60');
  });

  it.runIf(IS_ROOT)('does not run programs from a cache that belongs to someone else', async () => {
    await chmod(join(parent, 'package'), 0o700);
    await mkdir(cache);
    await chown(cache, NOBODY, NOBODY);
    await expect(prepareBinaries(native, account, [cache])).rejects.toMatchObject({ code: 'embedded_binaries_broken', message: expect.stringContaining('belongs to someone else') });
  });

  it('says what it tried when they cannot be run', async () => {
    await writeFile(join(native, 'bin/postgres'), 'not a program');
    await expect(prepareBinaries(native, account, [cache])).rejects.toMatchObject({ code: 'embedded_binaries_broken', message: expect.stringContaining(native) });
  });
});
