import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSink, type Sink } from '@samovar/channels/testing';
import { attachEmbedded, openDatabase, startEmbedded, type Database, type EmbeddedPostgres } from '@samovar/store';
import { CRASH_FILES } from './definitions.ts';
import { Load, pause } from './load.ts';
import { ServerProcess, freePort, waitUntilReady, type Role } from './processes.ts';
import { Random } from '../random.ts';
import { verify } from './verify.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' }, seed: { type: 'string' }, verbose: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) throw new Error('--rounds and --seed take whole numbers');

const LOAD_LANES = 4;
const SETTLE_LIMIT_MS = 240_000;
/** Short, so that an attempt whose process died is known to be unknown soon. */
const SMTP_TIMEOUTS = 'connectMs=2000&greetingMs=2000&commandMs=3000&dataMs=3000&sendMs=8000&pool=4';

type Victim = 'database' | Role;

/** One way to run the product, under load, with something killed each round. */
class Trial {
  readonly #random: Random;
  readonly #split: boolean;
  readonly #log = (line: string): void => { if (values.verbose) console.log(line); };
  readonly #deliveries = new Map<string, number>();
  #directory = '';
  #port = 0;
  #sink: Sink | null = null;
  #database: EmbeddedPostgres | null = null;
  #databaseGone = false;
  #servers: { role: Role; process: ServerProcess }[] = [];

  constructor(random: Random, split: boolean) {
    this.#random = random;
    this.#split = split;
  }

  /** Answers with what did not hold at the end. */
  async run(trialRounds: number): Promise<string[]> {
    this.#directory = await mkdtemp(join(tmpdir(), 'samovar-crash-'));
    this.#port = await freePort();
    this.#sink = await startSink({ onMessage: (_envelope, raw) => this.#note(raw) });
    try {
      await this.#start();
      await waitUntilReady(this.#url);
      const credentials = JSON.parse(await readFile(join(this.#directory, 'credentials.json'), 'utf8')) as { adminKey: string; serverKey: string };
      await this.#publish(credentials.adminKey);
      const load = new Load(this.#random, this.#url, credentials.serverKey);
      await load.introduceEverybody();
      load.start(LOAD_LANES);
      for (let round = 1; round <= trialRounds; round += 1) await this.#round(round);
      await load.stop();
      return await this.#settleAndVerify(load);
    } finally {
      for (const { process } of this.#servers) await process.kill();
      await this.#database?.stop();
      await this.#sink.stop();
      await rm(this.#directory, { recursive: true, force: true });
    }
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async #start(): Promise<void> {
    if (this.#split) this.#database = await startEmbedded({ dataDir: join(this.#directory, 'database') });
    const roles: Role[] = this.#split ? ['web', 'worker', 'sender'] : ['all'];
    this.#servers = roles.map((role) => ({ role, process: new ServerProcess(role, this.#args(), this.#log) }));
    for (const { process } of this.#servers) {
      process.start();
      // The first migrates and makes the keys that the others find.
      if (this.#split) await waitUntilReady(this.#url);
    }
  }

  #args(): string[] {
    const args = ['--data', this.#directory, '--port', String(this.#port), '--public-url', this.#url, '--smtp', `${this.#sink?.url ?? ''}?${SMTP_TIMEOUTS}`];
    return this.#database === null ? args : [...args, '--database', this.#database.connectionString];
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
    const victims: Victim[] = this.#split ? ['web', 'worker', 'sender', 'database'] : ['all', 'database'];
    const victim = this.#random.pick(victims);
    this.#log(`round ${round}: kill -9 ${victim}`);
    if (victim === 'database') await this.#killDatabase();
    else await this.#servers.find((server) => server.role === victim)?.process.kill();
    await pause(this.#random.below(200));
    await this.#revive();
  }

  /** The main process of Postgres; its children notice and end. */
  async #killDatabase(): Promise<void> {
    const pid = this.#database?.pid ?? (await this.#embeddedPid());
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    if (this.#database === null) return;
    await this.#database.exited;
    await this.#database.stop();
    this.#databaseGone = true;
    // Its socket is new when it starts again, as after a restart of the machine: everybody starts anew.
    for (const server of this.#servers) await server.process.kill();
  }

  async #embeddedPid(): Promise<number | null> {
    const text = await readFile(join(this.#directory, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(text.split('\n', 1)[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  }

  async #revive(): Promise<void> {
    if (this.#databaseGone) {
      this.#databaseGone = false;
      this.#database = await startEmbedded({ dataDir: join(this.#directory, 'database') });
      this.#servers = this.#servers.map(({ role }) => ({ role, process: new ServerProcess(role, this.#args(), this.#log) }));
    }
    const deadline = performance.now() + 20_000;
    if (!this.#split) while (this.#servers.some(({ process }) => process.running) && !(await this.#answers()) && performance.now() < deadline) await pause(50);
    for (const { process } of this.#servers) if (!process.running) process.start();
    await waitUntilReady(this.#url);
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.#url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then((response) => response.ok, () => false);
  }

  async #settleAndVerify(load: Load): Promise<string[]> {
    const db = await this.#openSettled();
    try {
      return await verify(db, load.books, this.#deliveries);
    } finally {
      await db.close();
      const { messageIds, orders, carts } = load.books;
      console.log(`  ${messageIds.size} events acknowledged, ${orders.size} orders, ${carts.size} carts, ${[...this.#deliveries.values()].reduce((a, b) => a + b, 0)} mails arrived`);
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
      if (rows[0]?.open === 0) break;
      await pause(300);
    }
    return db;
  }
}

const OPEN_WORK = `
  select (select count(*) from messages m where m.status in ('queued', 'sending')) + (select count(*) from inbox i)
    + (select count(*) from enrollments e where e.status = 'active')
    + (select count(*) from shards s join log_head h on h.shard = s.shard where h.head > s.log_offset) as open`;

console.log(`crash test: ${rounds} rounds, seed ${seed}`);
const random = new Random(seed);
let failed = 0;
for (const [name, split, share] of [['one process with its own Postgres', false, Math.ceil(rounds / 2)], ['web, worker and sender apart', true, Math.floor(rounds / 2)]] as const) {
  if (share === 0) continue;
  console.log(`${name}: ${share} rounds`);
  const faults = await new Trial(random, split).run(share);
  for (const fault of faults.slice(0, 20)) console.log(`  FAULT ${fault}`);
  failed += faults.length === 0 ? 0 : 1;
  console.log(faults.length === 0 ? '  all holds' : `  ${faults.length} faults; the seed was ${seed}`);
}
console.log(`crash: ${rounds > 1 ? 2 - failed : 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
