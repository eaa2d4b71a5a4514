import { shardOf } from '@samovar/core';
import type { Millis } from '@samovar/core';
import type { TrackingKey } from '@samovar/channels';
import { findOutboxWork } from '@samovar/store';
import type { Database, OutboxWork } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { claimBatch } from './claim-batch.ts';
import { aboutRow } from './claimed-message.ts';
import { judgeReleased } from './judge-outcome.ts';
import type { MailProvider } from './mail-provider.ts';
import { MessageSender } from './message-sender.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { recoverLost } from './recover-lost.ts';
import type { SenderConfig } from './sender-config.ts';
import { SenderCounts } from './sender-counts.ts';
import { SenderPace } from './sender-pace.ts';
import { SendingModes } from './sending-modes.ts';
import { SettingsCache } from './sending-settings.ts';

export { DEFAULT_SENDER_CONFIG } from './sender-config.ts';
export type { SenderConfig } from './sender-config.ts';

export interface SenderDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  /** null: nothing leaves, and health says so. */
  provider: MailProvider | null;
  /** The first one signs. */
  signingKeys: readonly TrackingKey[];
  /** Told which shards have new outcome records. */
  onAppended?: (shards: number[]) => void;
  onTrouble?: (message: string, error: unknown) => void;
}

export interface SenderHealth {
  provider: string | null;
  state: 'sending' | 'no-provider' | 'paused';
  pausedUntil: Millis | null;
  lastError: string | null;
  inFlight: number;
}

/** Transactions that claim at the same time; each takes one connection. */
const CLAIM_CONCURRENCY = 3;
/** When a database fails, it is asked again after so long. */
const FAILURE_PAUSE_MS = 1_000;

/**
 * Sends the messages that workers decided. Any number of senders, in any number of processes, may run at once: each
 * message is claimed in a transaction, with its attempt written down, before a provider hears of it.
 */
export class Sender {
  readonly counts = new SenderCounts();
  readonly #dependencies: SenderDependencies;
  readonly #config: SenderConfig;
  readonly #modes: SendingModes;
  readonly #settings = new SettingsCache();
  readonly #pace: SenderPace;
  readonly #writer: OutcomeWriter;
  readonly #messages: MessageSender | null;
  readonly #onTrouble: (message: string, error: unknown) => void;
  /** Shards with due messages, in the order in which they were found. */
  readonly #ready = new Set<number>();
  readonly #claiming = new Set<number>();
  readonly #inFlightOf = new Map<number, number>();
  #inFlight = 0;
  #nextDueAt: Millis = Infinity;
  #running = false;
  #draining = 0;
  #poll: Promise<void> = Promise.resolve();
  #wakePoll: () => void = () => {};
  #onIdle: (() => void)[] = [];

  constructor(dependencies: SenderDependencies, config: SenderConfig) {
    const { db, clock, shardCount, provider, signingKeys } = dependencies;
    this.#dependencies = dependencies;
    this.#config = config;
    this.#onTrouble = dependencies.onTrouble ?? (() => {});
    this.#modes = new SendingModes(db);
    this.#pace = new SenderPace(provider, config, clock.now());
    this.#writer = new OutcomeWriter({
      db, clock, shardCount, delayMs: config.outcomeDelayMs, onAppended: dependencies.onAppended ?? (() => {}), onTrouble: this.#onTrouble,
    });
    const [signingKey] = signingKeys;
    if (provider === null) this.#messages = null;
    else if (signingKey === undefined) throw new Error('a sender needs a key to sign links with');
    else this.#messages = new MessageSender({ db, clock, provider, modes: this.#modes, settings: this.#settings, pause: this.#pace.pause, signingKey, config });
  }

  start(): void {
    this.#running = true;
    this.#poll = this.#polling();
  }

  /** Claims nothing more, and waits until what is under way has ended and is written down. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#ready.clear();
    this.#wakePoll();
    await this.#poll;
    await this.#idle();
  }

  /** Says that messages were queued in these shards. */
  wake(shards: Iterable<number>): void {
    if (!this.#running) return;
    for (const shard of shards) this.#ready.add(shard);
    this.#pump();
  }

  /** The same for the shard of one contact. */
  wakeContact(contactId: string): void {
    this.wake([shardOf(contactId, this.#dependencies.shardCount)]);
  }

  /** Does everything that can be done at the present time of the clock. */
  async drain(): Promise<void> {
    this.#draining += 1;
    try {
      do {
        await this.#look();
        this.#pump();
        await this.#idle();
      } while (!(await this.settled()));
    } finally {
      this.#draining -= 1;
    }
  }

  /** Whether nothing is under way here, and nothing could be done at the present time of the clock. */
  async settled(): Promise<boolean> {
    if (this.#busy) return false;
    const now = this.#dependencies.clock.now();
    await this.#modes.refresh({ force: true });
    const work = await findOutboxWork(this.#dependencies.db, this.#modes.stopped);
    return !this.#busy && work.every((one) => !this.#pace.isDue(one, now));
  }

  /** When something falls due by time alone: a retry, a ceiling's next hour, a crashed attempt's deadline. Infinity: never. */
  async nextDueAt(): Promise<Millis> {
    const now = this.#dependencies.clock.now();
    await this.#modes.refresh({ force: true });
    const work = await findOutboxWork(this.#dependencies.db, this.#modes.stopped);
    return Math.min(Infinity, ...work.map((one) => this.#pace.dueAfter(one, now)));
  }

  health(): SenderHealth {
    const { provider, clock } = this.#dependencies;
    const pausedUntil = this.#pace.pause.until(clock.now());
    return {
      provider: provider?.name ?? null, state: provider === null ? 'no-provider' : pausedUntil === null ? 'sending' : 'paused',
      pausedUntil, lastError: this.#pace.pause.lastError, inFlight: this.#inFlight,
    };
  }

  get #sending(): boolean {
    return this.#ready.size > 0 || this.#claiming.size > 0 || this.#inFlight > 0;
  }

  get #busy(): boolean {
    return this.#sending || !this.#writer.idle;
  }

  async #idle(): Promise<void> {
    while (this.#busy) {
      if (this.#sending) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
      await this.#writer.settled();
    }
  }

  async #polling(): Promise<void> {
    while (this.#running) {
      try {
        await this.#look();
        this.#pump();
        await this.#restUntilDue();
      } catch (error) {
        this.#onTrouble('the queue of messages could not be read', error);
        await this.#rest(FAILURE_PAUSE_MS);
      }
    }
  }

  /** Looks for due messages in all shards, those that answer something first, and for attempts that nobody ended. */
  async #look(): Promise<void> {
    await this.#modes.refresh();
    const now = this.#dependencies.clock.now();
    const work = await findOutboxWork(this.#dependencies.db, this.#modes.stopped);
    this.#nextDueAt = Math.min(Infinity, ...work.map((one) => this.#pace.dueAfter(one, now)));
    for (const { shard, deadlineAt } of work) if (deadlineAt !== null && deadlineAt <= now) await this.#recover(shard, now);
    if (!this.#pace.maySend(now)) return;
    const due = work.filter((one) => one.dueAt !== null && one.dueAt <= now);
    const answering = (one: OutboxWork): boolean => one.transactionalDueAt !== null && one.transactionalDueAt <= now;
    for (const one of [...due.filter(answering), ...due.filter((other) => !answering(other))]) this.#ready.add(one.shard);
  }

  async #recover(shard: number, now: Millis): Promise<void> {
    const { db } = this.#dependencies;
    for (const end of await recoverLost({ db, writer: this.#writer, config: this.#config }, shard, now)) this.counts.note(end.verdict);
  }

  #pump(): void {
    const now = this.#dependencies.clock.now();
    if (!this.#pace.maySend(now)) this.#ready.clear();
    for (const shard of this.#ready) {
      const limit = this.#pace.room(now, { inFlight: this.#inFlight, claiming: this.#claiming.size });
      if (limit < 1 || this.#claiming.size >= CLAIM_CONCURRENCY) break;
      if (this.#claiming.has(shard)) continue;
      this.#ready.delete(shard);
      this.#claiming.add(shard);
      void this.#claim(shard, limit).finally(() => {
        this.#claiming.delete(shard);
        this.#pump();
      });
    }
    this.#tellIdle();
  }

  async #claim(shard: number, limit: number): Promise<void> {
    const { db, clock, shardCount, provider } = this.#dependencies;
    if (provider === null) return;
    const now = clock.now();
    const claimedAt = performance.now();
    const holdMs = provider.hardTimeoutMs + this.#config.extraDeadlineMs;
    try {
      const batch = await claimBatch({ db, shardCount, settings: this.#settings, rates: this.#pace.rates }, {
        shard, now, deadline: now + holdMs, limit, withoutWorkspaces: this.#modes.stopped,
      });
      this.#modes.learn(batch.modes, claimedAt);
      this.#track(shard, batch.claimed.length);
      for (const message of batch.claimed) void this.#send(message, claimedAt + holdMs - provider.hardTimeoutMs);
      if (batch.more && (this.#running || this.#draining > 0)) this.#ready.add(shard);
      await this.#writer.cancel(shard, batch.refused.map(({ row, reason }) => ({ shard, workspaceId: row.workspace_id, contactId: row.contact_id, messageId: row.message_id, about: aboutRow(row), reason })));
      this.counts.cancelled += batch.refused.length;
    } catch (error) {
      this.#onTrouble(`messages of shard ${shard} could not be claimed`, error);
    }
  }

  /** `startBefore`: after this instant of the process's own clock the attempt might outlive its claim, so it is not begun. */
  async #send(message: Parameters<MessageSender['send']>[0], startBefore: number): Promise<void> {
    const { row, shard, attempt } = message;
    const verdict = await this.#messages?.send(message, startBefore).catch((error: unknown) => {
      this.#onTrouble(`message ${row.message_id} could not be sent`, error);
      const now = this.#dependencies.clock.now();
      return judgeReleased('error', now + this.#config.retry.firstDelayMs);
    });
    this.#track(shard, -1);
    if (verdict !== undefined) {
      this.counts.note(verdict);
      const end = { shard, workspaceId: row.workspace_id, contactId: row.contact_id, messageId: row.message_id, attempt, address: row.address, about: aboutRow(row), verdict };
      this.#writer.add(end, !this.#inFlightOf.has(shard));
    }
    this.#pump();
  }

  #track(shard: number, change: number): void {
    this.#inFlight += change;
    const inFlight = (this.#inFlightOf.get(shard) ?? 0) + change;
    if (inFlight > 0) this.#inFlightOf.set(shard, inFlight);
    else this.#inFlightOf.delete(shard);
  }

  #tellIdle(): void {
    if (this.#sending) return;
    const listeners = this.#onIdle;
    this.#onIdle = [];
    for (const listener of listeners) listener();
  }

  async #restUntilDue(): Promise<void> {
    const untilDue = this.#nextDueAt - this.#dependencies.clock.now();
    await this.#rest(Math.max(1, Math.min(this.#config.pollMs, untilDue)));
  }

  async #rest(restMs: number): Promise<void> {
    if (!this.#running) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs);
      this.#wakePoll = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A sender that waits to be started, or to be told to `drain`. */
export function createSender(dependencies: SenderDependencies, config: SenderConfig): Sender {
  return new Sender(dependencies, config);
}
