import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, startEmbedded } from '../index.ts';
import type { Database, EmbeddedOptions, EmbeddedPostgres } from '../index.ts';
import { startInChild } from './child-process.ts';
import { installedNativeDirectory } from './binaries.ts';
import { isPostgresOf, postgresProcessesOf } from './process-table.ts';

let parent: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> => {
  const embedded = await startEmbedded({ dataDir, ...options });
  running.push(embedded);
  return embedded;
};

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await delay(20);
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;
const pgData = (): string => join(dataDir, 'postgres');
const isGone = (pid: number) => async (): Promise<boolean> => !(await isPostgresOf(pid, pgData()));

beforeEach(async () => {
  parent = await mkdtemp(join(await realpath(tmpdir()), 'samovar-crash-'));
  await chmod(parent, 0o755);
  dataDir = join(parent, 'data');
});

afterEach(async () => {
  for (const embedded of running.splice(0)) await embedded.stop();
  await rm(parent, { recursive: true, force: true });
});

/** Inserts 1, 2, 3 … until the connection breaks, and counts what was acknowledged. */
async function insertUntilBroken(database: Database, progress: { acknowledged: number }): Promise<void> {
  for (;;) {
    try {
      await database.query('insert into counted values ($1)', [progress.acknowledged + 1]);
    } catch {
      return;
    }
    progress.acknowledged++;
  }
}

/** What only something that waits for ever takes, on however busy a machine. */
const HANGING_MS = 45_000;

describe('after a crash', () => {
  it('everything acknowledged is there, when all of Postgres is killed under load', async () => {
    const first = await start();
    const database = await openDatabase({ connection: first.connection, maxConnections: 1 });
    await database.query('create table counted (n int primary key)');
    const progress = { acknowledged: 0 };
    const inserting = insertUntilBroken(database, progress);
    await until('rows are acknowledged', async () => progress.acknowledged >= 200);
    for (const pid of await postgresProcessesOf(pgData())) process.kill(pid, 'SIGKILL');
    await inserting;
    expect(await first.exited).toBe('ended by SIGKILL');
    await first.stop();
    await database.close();
    const second = await start();
    const again = await openDatabase({ connection: second.connection, maxConnections: 1 });
    const { rows } = await again.query<{ n: number }>('select coalesce(max(n), 0) as n from counted having count(*) = max(n)');
    await again.close();
    expect(rows[0]!.n).toBeGreaterThanOrEqual(progress.acknowledged);
  });

  it('starts at the first try when only the postmaster was killed', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await first.stop();
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
  });

  it('stops the Postgres that a killed Samovar left running, and starts its own', async () => {
    const { child, report, ended } = await startInChild({ dataDir }, { mode: 'wait' });
    child.kill('SIGKILL');
    await ended;
    expect(await isPostgresOf(report.pid!, pgData())).toBe(true);
    const told: string[] = [];
    const begun = performance.now();
    await start({ log: (message) => told.push(message) });
    expect(performance.now() - begun).toBeLessThan(HANGING_MS);
    expect(await isPostgresOf(report.pid!, pgData())).toBe(false);
    expect(told).toEqual([`stopping the Postgres (process ${report.pid}) that an earlier Samovar left running`]);
    expect(await exists(report.connection!.host)).toBe(false);
  });

  it('starts when the process id that Postgres noted belongs to another program now', async () => {
    await (await start()).stop();
    const owner = await stat(pgData());
    const other = spawn('/bin/sleep', ['60'], { uid: owner.uid, gid: owner.gid, stdio: 'ignore' });
    await once(other, 'spawn');
    const note = join(pgData(), 'postmaster.pid');
    await writeFile(note, `${other.pid}\n${pgData()}\n1\n5432\n/tmp\n\n0 0\nready\n`, { mode: 0o600 });
    await chown(note, owner.uid, owner.gid);
    try {
      await start();
      expect(other.exitCode).toBe(null);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('takes over the lock of a process that is gone, even if its id is used again', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'samovar.lock'), `${process.pid}\nanother-boot:1\nx\n`);
    await start();
    expect((await readFile(join(dataDir, 'samovar.lock'), 'utf8')).split('\n')[1]).not.toBe('another-boot:1');
  });

  it('removes a database that was not finished', async () => {
    const half = join(dataDir, 'postgres.half-made-00000000');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'PG_VERSION'), '18\n');
    await chmod(dataDir, 0o711);
    await start();
    expect(await exists(half)).toBe(false);
  });
});

describe('stop', () => {
  it('ends a Postgres that does not answer, within its deadlines', async () => {
    const first = await start({ stopDeadlines: { fastMs: 200, immediateMs: 200, killMs: 5_000 } });
    process.kill(first.pid, 'SIGSTOP');
    const begun = performance.now();
    await first.stop();
    expect(performance.now() - begun).toBeLessThan(HANGING_MS);
    expect(await first.exited).toBe('ended by SIGKILL');
    await start();
  });

  it('does not wait for sessions', async () => {
    const embedded = await start();
    const database = await openDatabase({ connection: embedded.connection });
    const begun = performance.now();
    const [, sleep] = await Promise.allSettled([embedded.stop(), database.query('select pg_sleep(60)')]);
    expect(performance.now() - begun).toBeLessThan(HANGING_MS);
    expect(sleep.status).toBe('rejected');
    await database.close();
  });

  it('happens when the process exits without calling it', async () => {
    const { report, ended } = await startInChild({ dataDir }, { mode: 'exit' });
    await ended;
    await until('Postgres ends', isGone(report.pid!));
    expect(await exists(report.connection!.host)).toBe(false);
  });

  it('happens by the watchdog when the owner of a temporary one is killed, and leaves nothing', async () => {
    const { child, report, ended } = await startInChild({ dataDir, temporary: true }, { mode: 'wait' });
    child.kill('SIGKILL');
    await ended;
    await until('Postgres ends', isGone(report.pid!));
    await until('the directories are gone', async () => !(await exists(dataDir)) && !(await exists(report.connection!.host)));
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('a database that cannot be made', () => {
  /** Binaries whose initdb gives up half-way, after having begun to write. */
  async function brokenBinaries(message: string): Promise<string> {
    const native = join(parent, 'native');
    await mkdir(join(native, 'bin'), { recursive: true });
    const real = installedNativeDirectory();
    await writeFile(join(native, 'bin', 'postgres'), `#!/bin/sh\nexec ${real}/bin/postgres "$@"\n`, { mode: 0o755 });
    await writeFile(join(native, 'bin', 'initdb'), `#!/bin/sh\nfor a in "$@"; do case $a in --pgdata=*) echo 18 > "\${a#--pgdata=}/PG_VERSION";; esac; done\necho "${message}" >&2\nexit 1\n`, { mode: 0o755 });
    return native;
  }

  it.each([
    ['initdb_failed', 'something odd'],
    ['disk_full', 'could not write to file: No space left on device'],
  ])('fails with %s and leaves nothing half-made', async (code, message) => {
    const nativeDirectory = await brokenBinaries(message);
    await expect(startEmbedded({ dataDir, nativeDirectory })).rejects.toMatchObject({ code });
    expect(await readdir(dataDir)).toEqual(['postgres.password']);
    await start();
  });

  it('fails with the log of a server that does not start', async () => {
    await (await start()).stop();
    await writeFile(join(pgData(), 'postgresql.auto.conf'), 'nonsense = 1\n');
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'postgres_start_failed', message: expect.stringContaining('nonsense') });
    expect(await readdir(dataDir)).not.toContain('samovar.lock');
  });
});
