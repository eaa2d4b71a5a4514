import { ManualClock, type Clock } from '@samovar/server';
import type { Millis } from '@samovar/core';
import { createShards, findWork, withRetry, type Database, type ShardWork } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import type { Random } from '../random.ts';
import { SimulatedCollector, SimulatedSender, SimulatedWorker, type Surroundings } from './crew.ts';
import { MailServer } from './mail-server.ts';
import type { Act } from './traffic.ts';
import { UnreliableDatabase, type TransactionFault } from './unreliable-database.ts';

export const SHARDS = 6;
/** Senders note what they did a moment after requests of the same time: no two things ever happen at once. */
const SENDER_LAG_MS = 4;
/** And later still once all those requests have been acknowledged, so that it shows on whose side of an answer they were. */
export const ACKNOWLEDGED_LAG_MS = 7;
const TRANSACTION_FAULT_SHARE = 0.03;
/** Rounds of turns after which whatever is still due will always be. */
const SETTLE_LIMIT = 500;

/** The system under test, process by process, and the means to hurt it. */
export class Stage {
  readonly db: TestDatabase;
  readonly clock: ManualClock;
  readonly mail: MailServer;
  readonly faults: Record<string, number> = {};
  /** Whether anything may go wrong. */
  faulty = false;
  /** Whether every request of this time has been acknowledged. */
  acknowledged = true;
  /** The database as whoever publishes definitions has it. */
  readonly publisher: Database;
  readonly #random: Random;
  readonly #senderClock: Clock;
  readonly #surroundings: Surroundings;
  readonly #workers: SimulatedWorker[] = [];
  readonly #senders: SimulatedSender[] = [];
  readonly #collectors: SimulatedCollector[] = [];

  constructor(random: Random, db: TestDatabase, clock: ManualClock, mail: MailServer) {
    this.#random = random;
    this.db = db;
    this.clock = clock;
    this.mail = mail;
    this.publisher = new UnreliableDatabase(db, () => this.#fault());
    this.#senderClock = { now: () => clock.now() + (this.acknowledged ? ACKNOWLEDGED_LAG_MS : SENDER_LAG_MS) };
    this.#surroundings = { connection: db.connection, shardCount: SHARDS, fault: () => this.#fault(), onTrouble: () => this.count('trouble of a sender') };
  }

  static async open(random: Random, start: Millis): Promise<Stage> {
    const db = await testDatabase();
    await createShards(db, SHARDS);
    const mail = new MailServer(random);
    await mail.start();
    const stage = new Stage(random, db, new ManualClock(start), mail);
    for (let n = 0; n < 2; n += 1) {
      stage.#workers.push(await SimulatedWorker.start(stage.#surroundings));
      stage.#senders.push(await SimulatedSender.start(stage.#surroundings, stage.#senderClock, mail.url));
    }
    stage.#collectors.push(await SimulatedCollector.start(stage.#surroundings, stage.clock));
    return stage;
  }

  async close(): Promise<void> {
    for (const one of [...this.#collectors, ...this.#workers, ...this.#senders]) await one.close();
    await this.mail.stop();
    await this.db.close();
  }

  count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  /** Sends a request again, as its sender would, until it is acknowledged. */
  async accept(acts: readonly Act[]): Promise<void> {
    for (;;) {
      const collector = this.#collectors[0];
      if (collector === undefined) throw new Error('there is no collector');
      if (await collector.accept(acts.map((act) => structuredClone(act.record)))) return;
      this.count('request sent again');
      await this.#moment();
    }
  }

  /** Some turns at shards in random order, by both workers at once, now and then at the same shard. */
  async takeTurns(shards: readonly number[], now: Millis): Promise<void> {
    const waiting = this.#shuffled(shards).flatMap((shard) => (this.#random.next() < 0.4 ? [shard, shard] : [shard]));
    await Promise.all(this.#workers.flatMap((worker) => [this.#lane(worker, waiting, now), this.#lane(worker, waiting, now)]));
  }

  async #lane(worker: SimulatedWorker, waiting: number[], now: Millis): Promise<void> {
    for (let shard = waiting.pop(); shard !== undefined && worker.alive; shard = waiting.pop()) {
      const result = await worker.turn(shard, now);
      if (result?.more === true) waiting.push(shard);
    }
  }

  /** Decides everything that is due, wherever it leads. */
  async settle(now: Millis): Promise<void> {
    for (let round = 0; ; round += 1) {
      const due = (await this.work()).filter((one) => one.behind || one.inbox || one.sweeping || (one.nextDueAt ?? Infinity) <= now);
      if (due.length === 0) return;
      if (round > SETTLE_LIMIT) throw new Error(`work that never ends at ${now}: ${JSON.stringify(due)}`);
      await this.#whileStriking(this.takeTurns(due.map((one) => one.shard), now));
    }
  }

  async work(): Promise<ShardWork[]> {
    return withRetry(() => findWork(this.db));
  }

  /** All senders at once, or one, send what they can. */
  async send(): Promise<void> {
    const senders = this.#random.next() < 0.5 ? this.#senders : [this.#random.pick(this.#senders)];
    await Promise.all(senders.map((sender) => sender.drain()));
  }

  /** When a sender next has something to do. */
  async nextSendAt(): Promise<Millis> {
    return Math.min(...(await Promise.all(this.#senders.map((sender) => sender.nextDueAt()))));
  }

  /** Runs some work while things go wrong around it. */
  async #whileStriking(work: Promise<unknown>): Promise<void> {
    await Promise.all([work, this.strike()]);
  }

  /** Lets one or another thing go wrong, a moment from now. */
  async strike(): Promise<void> {
    if (!this.faulty) return;
    await this.#moment();
    const chance = this.#random.next();
    if (chance < 0.03) await this.#replace(this.#workers, () => SimulatedWorker.start(this.#surroundings), 'worker died');
    else if (chance < 0.06) await this.#replace(this.#senders, () => SimulatedSender.start(this.#surroundings, this.#senderClock, this.mail.url), 'sender died');
    else if (chance < 0.08) await this.#replace(this.#collectors, () => SimulatedCollector.start(this.#surroundings, this.clock), 'collector died');
    else if (chance < 0.2) await this.#cutConnections();
  }

  async #replace<T extends { alive: boolean; die(): Promise<void> }>(crew: T[], start: () => Promise<T>, fault: string): Promise<void> {
    const place = this.#random.below(crew.length);
    const victim = crew[place];
    // Another strike may be at it.
    if (victim?.alive !== true) return;
    this.count(fault);
    await victim.die();
    crew[place] = await start();
  }

  /** Ends the sessions of random connections, whatever they are in the middle of. */
  async #cutConnections(): Promise<void> {
    this.count('connections cut');
    const text = `select pg_terminate_backend(a.pid) from pg_stat_activity a
      where a.datname = current_database() and a.pid <> pg_backend_pid() order by (a.state = 'active') desc, random() limit $1`;
    await withRetry(() => this.db.query(text, [1 + this.#random.below(4)]));
  }

  #fault(): TransactionFault | null {
    if (!this.faulty || this.#random.next() >= TRANSACTION_FAULT_SHARE) return null;
    const fault = this.#random.pick(['rolled-back', 'answer-lost'] as const);
    this.count(fault);
    return fault;
  }

  async #moment(): Promise<void> {
    const ms = this.#random.below(8);
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }

  #shuffled(shards: readonly number[]): number[] {
    const rest = [...shards];
    const mixed: number[] = [];
    while (rest.length > 0) mixed.push(...rest.splice(this.#random.below(rest.length), 1));
    return mixed;
  }
}
