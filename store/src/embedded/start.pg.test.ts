import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, startEmbedded } from '../index.ts';
import type { EmbeddedOptions, EmbeddedPostgres } from '../index.ts';
import { startInChild } from './child-process.ts';

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
const NAMELESS = 54_321;

let parent: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> => {
  const embedded = await startEmbedded({ dataDir, ...options });
  running.push(embedded);
  return embedded;
};

const query = async <R extends object>(embedded: EmbeddedPostgres, text: string): Promise<R[]> => {
  const database = await openDatabase({ connection: embedded.connection, maxConnections: 1 });
  try {
    return (await database.query<R>(text)).rows;
  } finally {
    await database.close();
  }
};

beforeEach(async () => {
  parent = await mkdtemp(join(await realpath(tmpdir()), 'samovar-embedded-'));
  dataDir = join(parent, 'data');
});

afterEach(async () => {
  for (const embedded of running.splice(0)) await embedded.stop();
  await rm(parent, { recursive: true, force: true });
});

describe('startEmbedded', () => {
  it('makes a durable UTF-8 database without a TCP port, and finds it again', async () => {
    const first = await start();
    const settings = await query<{ name: string; setting: string }>(
      first,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_encoding', 'data_checksums', 'TimeZone')`,
    );
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', listen_addresses: '', server_encoding: 'UTF8', data_checksums: 'on', TimeZone: 'UTC',
    });
    expect(await query(first, `select datlocprovider, datlocale from pg_database where datname = current_database()`)).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8' }]);
    await query(first, `create table kept as select 'پ' as letter`);
    await first.stop();
    await first.stop();
    expect(await readdir(dataDir)).not.toContain('samovar.lock');
    const second = await start();
    expect(await query(second, 'select letter from kept')).toEqual([{ letter: 'پ' }]);
    expect(await query(second, `select 1 as ok where upper('é') = 'É'`)).toEqual([{ ok: 1 }]);
  });

  it('gives a URL that works, and wants the password', async () => {
    const embedded = await start();
    const database = await openDatabase({ connection: { connectionString: embedded.connectionString } });
    await database.close();
    await expect(openDatabase({ connection: { ...embedded.connection, password: 'wrong' } })).rejects.toMatchObject({ code: 'database_unreachable' });
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
    expect((await stat(embedded.connection.host)).mode & 0o777).toBe(0o700);
  });

  it.each([{}, { LANG: 'tr_TR.ISO-8859-9', LC_ALL: 'xx', PGDATA: '/nowhere', PGPORT: 'x', PGOPTIONS: '-c nonsense=1', PGUSER: 'x' }])('is UTF-8 whatever the environment says: %j', async (odd) => {
    const { report, ended } = await startInChild({ dataDir }, { mode: 'once', env: { PATH: process.env['PATH'] ?? '', ...odd } as Record<string, string> });
    expect(report).toMatchObject({ encoding: 'UTF8' });
    await ended;
  });

  it('works at the end of a long path', async () => {
    dataDir = join(parent, 'a-long-name-'.repeat(12), 'another-long-name-'.repeat(6), 'data');
    expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it.runIf(IS_ROOT)('works for root below a private home, run by an unprivileged account', async () => {
    await mkdir(join(parent, 'home'), { mode: 0o700 });
    dataDir = join(parent, 'home', 'shop', 'data');
    const embedded = await start();
    expect(await query(embedded, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect((await stat(join(dataDir, 'postgres'))).uid).not.toBe(0);
    expect((await stat(`/proc/${embedded.pid}`)).uid).not.toBe(0);
    await query(embedded, 'create database second');
    await embedded.stop();
    await start();
  });

  it.runIf(IS_ROOT).each([
    ['an ordinary user', NOBODY],
    ['a user without an entry in /etc/passwd', NAMELESS],
  ])('works for %s', async (_, uid) => {
    await rm(parent, { recursive: true });
    await mkdir(parent, { mode: 0o755 });
    await chown(parent, uid, uid);
    const { report, ended } = await startInChild({ dataDir }, { mode: 'once', account: { uid, gid: uid } });
    expect(report).toMatchObject({ encoding: 'UTF8' });
    await ended;
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(uid);
  });

  it.runIf(IS_ROOT)('says who owns the data when it is someone else', async () => {
    await (await start()).stop();
    await chmod(parent, 0o755);
    const { report } = await startInChild({ dataDir }, { mode: 'once', account: { uid: NAMELESS, gid: NAMELESS } });
    expect(report.code).toBe('data_dir_owner');
  });

  it.runIf(IS_ROOT)('takes over a database that root copied into place', async () => {
    await (await start()).stop();
    const copy = join(parent, 'copy');
    await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });
    expect((await stat(join(copy, 'postgres'))).uid).toBe(0);
    dataDir = copy;
    expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
  });
});

describe('a data directory that cannot be started', () => {
  it('is refused when another Samovar runs on it, in this process or another', async () => {
    await start();
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_in_use', message: expect.stringContaining(String(process.pid)) });
    const { report } = await startInChild({ dataDir }, { mode: 'once' });
    expect(report.code).toBe('data_dir_in_use');
  });

  it('is refused, and not touched, when another major version made it', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    const listing = async (): Promise<string[]> => {
      const names = (await readdir(dataDir, { recursive: true })).sort();
      return Promise.all(names.map(async (name) => `${name} ${(await stat(join(dataDir, name))).mtimeMs}`));
    };
    const before = await listing();
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_version', message: expect.stringContaining('made by Postgres 17') });
    expect(await listing()).toEqual(before);
  });

  it('is refused when it is a Postgres of someone else', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'PG_VERSION'), '15\n');
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_foreign' });
    expect(await readdir(dataDir)).toEqual(['PG_VERSION']);
  });

  it('is refused when it is a file, or below one', async () => {
    await writeFile(dataDir, '');
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_unusable' });
    await expect(startEmbedded({ dataDir: join(dataDir, 'below') })).rejects.toMatchObject({ code: 'data_dir_unusable' });
  });

  it('is refused when its password is lost, and can be started when it is back', async () => {
    await (await start()).stop();
    const file = join(dataDir, 'postgres.password');
    const password = await readFile(file, 'utf8');
    await rm(file);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_password_missing' });
    await writeFile(file, password);
    expect(await query(await start(), 'select 1 as n')).toEqual([{ n: 1 }]);
  });
});
