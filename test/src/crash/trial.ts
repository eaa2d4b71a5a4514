import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSink, type Sink } from '@samovar/channels/testing';
import { attachEmbedded, openDatabase, startEmbedded, type Database, type EmbeddedPostgres } from '@samovar/store';
import { Random } from '../random.ts';
import { DatabaseProxy } from './database-proxy.ts';
import { CRASH_FILES } from './definitions.ts';
import { Load, pause } from './load.ts';
import { ServerProcess, freePort, isReady, waitUntilReady, type Role } from './processes.ts';
import { verify } from './verify.ts';

const LOAD_LANES = 4;
const SETTLE_LIMIT_MS = 240_000;
/** Short, so that an attempt whose process died is known to be unknown soon. */
const SMTP_TIMEOUTS = 'connectMs=2000&greetingMs=2000&commandMs=3000&dataMs=3000&sendMs=5000&pool=4';

type Victim = 'database' | 'connections' | Role;

/** How a product that is asked to end, and has not within this time, counts as hanging. */
const STOP_LIMIT_MS = 30_000;
const ASKED_SHARE = 0.15;
const AGAIN_SHARE = 0.2;

export interface TrialOptions {
  seed: number;
  /** Web, worker and sender as processes of their own, with a database that none of them started. */
  split: boolean;
  /** What is worth telling always. */
  say: (line: string) => void;
  /** What every process says. */
  log: (line: string) => void;
}

/** One way to run the product, under load, with something killed each round. */
export class Trial {
  readonly #random: Random;
  readonly #split: boolean;
  readonly #say: (line: string) => void;
  readonly #log: (line: string) => void;
  readonly #faults: string[] = [];
  readonly #deliveries = new Map<string, number>();
  #directory = '';
  #port = 0;
  #sink: Sink | null = null;
  #proxy: DatabaseProxy | null = null;
  #database: EmbeddedPostgres | null = null;
  #databaseGone = false;
  #servers: { role: Role; process: ServerProcess }[] = [];

  #load: Load | null = null;
  #databaseKilled = false;

  constructor({ seed, split, say, log }: TrialOptions) {
    this.#say = say;
    this.#random = new Random(seed);
    this.#split = split;
    this.#log = log;
  }

  /** Lets everything come to rest and answers with what does not hold then. */
  async verify(): Promise<string[]> {
    const load = this.#load;
    if (load === null) throw new Error('nothing was run');
    try {
      const found = await this.#settleAndVerify(load);
      for (const { role, process } of this.#servers) if (!(await process.stop(STOP_LIMIT_MS))) this.#noteHanging(role);
      return [...this.#faults, ...found];
    } finally {
      await this.#end();
    }
  }

  async run(rounds: number): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'samovar-crash-'));
    this.#port = await freePort();
    this.#sink = await startSink({ onMessage: (_envelope, raw) => this.#note(raw) });
    try {
      await this.#start();
      await waitUntilReady(this.#url);
      const credentials = JSON.parse(await readFile(join(this.#directory, 'credentials.json'), 'utf8')) as { adminKey: string; serverKey: string };
      await this.#publish(credentials.adminKey);
      const load = new Load(this.#random, this.#url, credentials.serverKey);
      this.#load = load;
      await load.introduceEverybody();
      load.start(LOAD_LANES);
      for (let round = 1; round <= rounds; round += 1) await this.#round(round);
      await load.stop();
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  #noteHanging(role: Role): void {
    this.#faults.push(`${role} did not end within ${STOP_LIMIT_MS} ms of being asked to`);
  }

  async #end(): Promise<void> {
    for (const { process } of this.#servers) await process.kill();
    await this.#proxy?.stop();
    await this.#database?.stop();
    await this.#sink?.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async #start(): Promise<void> {
    if (this.#split) await this.#startDatabase();
    const roles: Role[] = this.#split ? ['web', 'worker', 'sender'] : ['all'];
    this.#servers = roles.map((role) => ({ role, process: new ServerProcess(role, this.#args(), this.#log) }));
    for (const { process } of this.#servers) {
      process.start();
      // The first migrates and makes the keys that the others find.
      if (this.#split) await waitUntilReady(this.#url);
    }
  }

  /** At the same address as before. */
  async #startDatabase(): Promise<void> {
    this.#database = await startEmbedded({ dataDir: join(this.#directory, 'database') });
    if (this.#proxy === null) {
      this.#proxy = new DatabaseProxy();
      await this.#proxy.start();
    }
    this.#proxy.serve(this.#database);
  }

  #args(): string[] {
    const args = ['--data', this.#directory, '--port', String(this.#port), '--public-url', this.#url, '--smtp', `${this.#sink?.url ?? ''}?${SMTP_TIMEOUTS}`];
    return this.#proxy === null ? args : [...args, '--database', this.#proxy.connectionString];
  }

  #note(raw: Buffer): void {
    const id = /^message-id:\s*<([^@>]+)@/imu.exec(raw.subarray(0, 8_192).toString('latin1'))?.[1];
    if (id !== undefined) this.#deliveries.set(id, (this.#deliveries.get(id) ?? 0) + 1);
  }

  async #publish(adminKey: string): Promise<void> {
    const response = await fetch(`${this.#url}/api/definitions`, {
      method: 'PUT', headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ files: CRASH_FILES, enterExisting: [], dryRun: false, prune: true }),
    });
    if (!response.ok) throw new Error(`definitions were refused: ${await response.text()}`);
  }

  async #round(round: number): Promise<void> {
    await pause(100 + this.#random.below(900));
    await this.#strike(round);
    await pause(this.#random.below(200));
    // Bad luck seldom comes alone: sometimes while everything is only starting.
    const again = this.#random.next() < AGAIN_SHARE;
    await this.#revive({ untilReady: !again });
    if (!again) return;
    await pause(this.#random.below(1_500));
    await this.#strike(round);
    await this.#revive({ untilReady: true });
  }

  async #strike(round: number): Promise<void> {
    const victims: Victim[] = this.#split ? ['web', 'worker', 'sender', 'database', 'connections'] : ['all', 'database'];
    const victim = this.#random.pick(victims);
    const asked = victim !== 'database' && victim !== 'connections' && this.#random.next() < ASKED_SHARE;
    this.#log(`round ${round}: ${victim === 'connections' ? 'cut' : asked ? 'stop' : 'kill -9'} ${victim}`);
    if (victim === 'database') {
      await this.#killDatabase();
      return;
    }
    if (victim === 'connections') {
      this.#proxy?.cut();
      return;
    }
    const server = this.#servers.find(({ role }) => role === victim)?.process;
    if (!asked) await server?.kill();
    else if ((await server?.stop(STOP_LIMIT_MS)) === false) this.#noteHanging(victim);
  }

  /** The main process of Postgres; its children notice and end. */
  async #killDatabase(): Promise<void> {
    const pid = this.#database?.pid ?? (await this.#embeddedPid());
    if (pid === null || !isAlive(pid)) return;
    // Before it is ready, a server may not have begun to rely on this one, which may be what its killed predecessor left.
    const relies = await isReady(this.#url);
    process.kill(pid, 'SIGKILL');
    if (this.#database === null) {
      this.#databaseKilled = relies;
      return;
    }
    await this.#database.exited;
    await this.#database.stop();
    this.#databaseGone = true;
  }

  async #embeddedPid(): Promise<number | null> {
    const text = await readFile(join(this.#directory, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(text.split('\n', 1)[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  }

  async #revive({ untilReady }: { untilReady: boolean }): Promise<void> {
    if (this.#databaseGone) {
      this.#databaseGone = false;
      await this.#startDatabase();
    }
    await this.#waitForEnd();
    const start = (): void => {
      for (const { process } of this.#servers) if (!process.running) process.start();
    };
    start();
    if (untilReady) await waitUntilReady(this.#url, start);
  }

  /** A server whose own database was killed ends by itself, and then somebody starts it again. */
  async #waitForEnd(): Promise<void> {
    if (this.#split || !this.#databaseKilled) return;
    this.#databaseKilled = false;
    const deadline = performance.now() + STOP_LIMIT_MS;
    while (this.#servers.some(({ process }) => process.running) && performance.now() < deadline) await pause(50);
    const [server] = this.#servers;
    if (server === undefined) return;
    if (server.process.running) this.#faults.push('a server whose database was killed went on without it');
    else if (server.process.exitCode === 0) this.#faults.push('a server whose database was killed ended as if all was well');
    await server.process.kill();
  }

  async #settleAndVerify(load: Load): Promise<string[]> {
    const db = await this.#openSettled();
    try {
      return await verify(db, load.books, this.#deliveries);
    } finally {
      await db.close();
      const { messageIds, orders, carts } = load.books;
      this.#say(`${messageIds.size} events acknowledged, ${orders.size} orders, ${carts.size} carts, ${[...this.#deliveries.values()].reduce((a, b) => a + b, 0)} mails arrived`);
    }
  }

  /** Waits until nothing is under way in the database, whoever runs it. */
  async #openSettled(): Promise<Database> {
    const connection = this.#database?.connection ?? (await attachEmbedded(this.#directory));
    if (connection === null) throw new Error('the server runs no database');
    const db = await openDatabase({ connection });
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    while (performance.now() < deadline) {
      const { rows } = await db.query<{ open: number }>(OPEN_WORK);
      if (rows[0]?.open === 0) return db;
      await pause(300);
    }
    this.#faults.push(`something was still under way after ${SETTLE_LIMIT_MS} ms`);
    return db;
  }
}

const OPEN_WORK = `
  select (select count(*) from messages m where m.status in ('queued', 'sending')) + (select count(*) from inbox i)
    + (select count(*) from enrollments e where e.status = 'active')
    + (select count(*) from shards s join log_head h on h.shard = s.shard where h.head > s.log_offset) as open`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
