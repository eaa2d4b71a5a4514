import { createEmailProvider, createTrackingKey, type EmailProvider } from '@samovar/channels';
import type { Millis } from '@samovar/core';
import { Collector, CollectorError, DEFAULT_SENDER_CONFIG, ProgramCache, createSender, takeShardTurn, type Clock, type Sender, type ShardTurnResult } from '@samovar/server';
import { withRetry, type ConnectionConfig, type Database, type NewRecord } from '@samovar/store';
import { UnreliableDatabase, type TransactionFault } from './unreliable-database.ts';

/** What every process of the simulation is given. */
export interface Surroundings {
  connection: ConnectionConfig;
  shardCount: number;
  fault: () => TransactionFault | null;
  onTrouble: (message: string, error: unknown) => void;
}

/** A process that can die at any moment. */
class Mortal {
  readonly db: Database;
  /** Resolves at death. */
  readonly death: Promise<'dead'>;
  readonly #mortal: UnreliableDatabase;
  #isDead: (word: 'dead') => void = () => {};
  #alive = true;

  constructor(db: UnreliableDatabase) {
    this.db = db;
    this.#mortal = db;
    this.death = new Promise((resolve) => {
      this.#isDead = resolve;
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  async die(): Promise<void> {
    this.#alive = false;
    this.#isDead('dead');
    await this.#mortal.die();
  }

  /** The result, or null when the process dies first. */
  async outlive<T>(work: Promise<T>): Promise<T | null> {
    const result = await Promise.race([work.then((value) => ({ value })), this.death]);
    if (result !== 'dead') return result.value;
    work.catch(() => {});
    return null;
  }

  async close(): Promise<void> {
    if (this.#alive) await this.#mortal.close();
  }
}

/** Decides. */
export class SimulatedWorker extends Mortal {
  readonly #programs = new ProgramCache();
  readonly #shardCount: number;

  private constructor(db: UnreliableDatabase, shardCount: number) {
    super(db);
    this.#shardCount = shardCount;
  }

  static async start({ connection, shardCount, fault }: Surroundings): Promise<SimulatedWorker> {
    return new SimulatedWorker(await UnreliableDatabase.open(connection, fault), shardCount);
  }

  /** null: it died over it. */
  async turn(shard: number, now: Millis): Promise<ShardTurnResult | null> {
    return this.outlive(takeShardTurn({ db: this.db, programs: this.#programs, shardCount: this.#shardCount }, shard, now));
  }
}

/** Takes what the shop tells. */
export class SimulatedCollector extends Mortal {
  readonly #collector: Collector;

  private constructor(db: UnreliableDatabase, clock: Clock, shardCount: number) {
    super(db);
    this.#collector = new Collector({ db, clock, shardCount });
  }

  static async start({ connection, shardCount, fault }: Surroundings, clock: Clock): Promise<SimulatedCollector> {
    return new SimulatedCollector(await UnreliableDatabase.open(connection, fault), clock, shardCount);
  }

  /** Whether it was acknowledged. */
  async accept(records: NewRecord[]): Promise<boolean> {
    try {
      return (await this.outlive(this.#collector.accept({ records }))) !== null;
    } catch (error) {
      if (error instanceof CollectorError) return false;
      throw error;
    }
  }
}

/** Sends. */
export class SimulatedSender extends Mortal {
  readonly #sender: Sender;
  readonly #provider: EmailProvider;

  private constructor(db: UnreliableDatabase, sender: Sender, provider: EmailProvider) {
    super(db);
    this.#sender = sender;
    this.#provider = provider;
  }

  static async start({ connection, shardCount, fault, onTrouble }: Surroundings, clock: Clock, mailUrl: string): Promise<SimulatedSender> {
    const db = await UnreliableDatabase.open(connection, fault);
    const provider = createEmailProvider(mailUrl);
    const sender = createSender(
      { db, clock, shardCount, provider, signingKeys: [createTrackingKey(1, Buffer.alloc(32, 7))], onTrouble },
      { ...DEFAULT_SENDER_CONFIG, publicUrl: 'https://mail.example.com', hostname: 'example.com' },
    );
    return new SimulatedSender(db, sender, provider);
  }

  /** Sends what can be sent now. */
  async drain(): Promise<void> {
    await this.outlive(this.#sender.drain().catch((error: unknown) => {
      if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    }));
  }

  async nextDueAt(): Promise<Millis> {
    return (await this.outlive(withRetry(() => this.#sender.nextDueAt()))) ?? Infinity;
  }

  override async die(): Promise<void> {
    void this.#provider.close();
    await super.die();
  }

  override async close(): Promise<void> {
    if (!this.alive) return;
    await this.#sender.stop();
    await this.#provider.close();
    await super.close();
  }
}
