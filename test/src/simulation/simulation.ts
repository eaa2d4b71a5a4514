import { DAY_MS, HOUR_MS, type ContactId, type Millis } from '@samovar/core';
import { ProgramCache, applyFiles } from '@samovar/server';
import { createWorkspace, isStoreError, readManifest, withRetry } from '@samovar/store';
import { Random } from '../random.ts';
import { PUBLICATIONS, type Publication } from './definitions.ts';
import { SHARDS, Stage } from './stage.ts';
import { TICK_MS, TRAFFIC_MS, Traffic, type Act } from './traffic.ts';

const START = Date.UTC(2026, 2, 9, 6);
/** After the last request time goes on until windows, waits and retries are over. */
const AFTERMATH_MS = 24 * DAY_MS;
const AFTERMATH_STEP_MS = 4 * HOUR_MS;
const PUBLISHED_AFTER = [0, 0.4, 0.7];
const OUTAGES = 2;

/**
 * `prompt`: whatever is due is decided before time goes on. `lagging`: workers and senders fall behind by hours or days,
 * and catch up.
 */
export type Pace = 'prompt' | 'lagging';

/** A publication, as the log's readers met it. */
export interface Published {
  at: Millis;
  version: number;
  sweep: boolean;
}

/** A run of the whole system in one process, on a clock of its own, with everything going wrong that can. */
export class Simulation {
  readonly stage: Stage;
  readonly workspaceId: number;
  readonly pace: Pace;
  readonly traffic: Traffic;
  readonly acknowledged: Act[] = [];
  readonly published: Published[] = [];
  readonly programs = new ProgramCache();
  /** When a contact was first seen to be joined to another. */
  readonly joinedAt = new Map<ContactId, Millis>();
  /** Contacts whose messages were under way while time went on. */
  readonly stragglers = new Set<ContactId>();
  readonly #random: Random;
  readonly #outages: { from: Millis; to: Millis }[];
  readonly #straggling = new Set<Promise<void>>();

  constructor(random: Random, pace: Pace, stage: Stage, workspaceId: number) {
    this.#random = random;
    this.pace = pace;
    this.stage = stage;
    this.workspaceId = workspaceId;
    this.traffic = new Traffic(random, workspaceId, START);
    this.#outages = Array.from({ length: OUTAGES }, () => {
      const from = START + random.below(TRAFFIC_MS);
      return { from, to: from + (2 + random.below(12)) * HOUR_MS };
    });
    for (const { name, address } of this.traffic.individuals) if (random.next() < 0.08 && !name.startsWith('edge')) stage.mail.gone.add(address);
  }

  static async open(seed: number, pace: Pace): Promise<Simulation> {
    const random = new Random(seed);
    const stage = await Stage.open(random, START);
    const { workspaceId } = await createWorkspace(stage.db, 'simulated', START);
    return new Simulation(random, pace, stage, workspaceId);
  }

  get endedAt(): Millis {
    return this.stage.clock.now();
  }

  async run(): Promise<void> {
    const slots = [...this.traffic.slots()];
    const publishAt = PUBLISHED_AFTER.map((share) => Math.floor(share * slots.length));
    this.stage.faulty = true;
    this.stage.mail.troubled = true;
    for (const [index, [at, acts]] of slots.entries()) {
      const publication = PUBLICATIONS[publishAt.indexOf(index)];
      if (publication !== undefined) await this.#publish(publication, at - 2 * TICK_MS);
      else await this.#passTime(at);
      await this.#slot(at, acts);
    }
    await this.#aftermath();
  }

  /**
   * Requests arrive, while workers work and, where they need not keep up, senders send: what a sender notes may overtake
   * what is handed from shard to shard. Then there may be time to decide what is due.
   */
  async #slot(at: Millis, acts: readonly Act[]): Promise<void> {
    const { stage } = this;
    await this.#moveTo(at);
    stage.acknowledged = false;
    const requests = acts.map((act) => stage.accept([act]).then(() => this.acknowledged.push(act)));
    await Promise.all([...requests, stage.takeTurns(this.#someShards(), at - 1), this.#maybeSend(this.pace === 'prompt' ? 0 : 0.4), stage.strike(), stage.strike()]);
    stage.acknowledged = true;
    await this.#catchUp(at);
  }

  /** Stops now and then on the way, as a clock that everybody looks at does. */
  async #passTime(until: Millis): Promise<void> {
    const { stage } = this;
    for (let stops = this.#random.below(3); stops > 0; stops -= 1) {
      const due = [...(await stage.work()).map((one) => one.nextDueAt ?? Infinity), await stage.nextSendAt()].filter((at) => at < Infinity);
      const now = stage.clock.now();
      const at = due.length > 0 && this.#random.next() < 0.7 ? this.#random.pick(due) : now + this.#random.below(6 * HOUR_MS);
      if (at < now + TICK_MS || at > until - TICK_MS) continue;
      await this.#moveTo(at);
      await this.#catchUp(at);
    }
  }

  async #catchUp(at: Millis): Promise<void> {
    const { stage } = this;
    if (this.pace === 'lagging') await this.#maybeSend(0.4);
    const settles = this.pace === 'prompt' || this.#random.next() < 0.15;
    await Promise.all([settles ? stage.settle(at) : stage.takeTurns(this.#someShards(), at), stage.strike()]);
    await Promise.all([this.#maybeSend(0.6), stage.strike()]);
    if (this.pace === 'prompt') await stage.settle(at);
    await this.#noteJoined();
  }

  /** Once in a while nobody waits for a slow mail server. */
  async #maybeSend(chance: number): Promise<void> {
    if (this.#random.next() >= chance) return;
    const { stage } = this;
    if (this.#random.next() < 0.95) {
      await stage.send();
      return;
    }
    stage.count('slow sender');
    stage.mail.delayMs = 60;
    const sending = stage.send().then(() => void this.#straggling.delete(sending));
    this.#straggling.add(sending);
  }

  /** What is under way while time goes on may be noted at either time; the checks ask less of those contacts. */
  async #noteStragglers(): Promise<void> {
    this.stage.mail.delayMs = 0;
    if (this.#straggling.size === 0) return;
    const { rows } = await withRetry(() => this.stage.db.query<{ contact_id: ContactId }>(`select m.contact_id from messages m where m.status in ('queued', 'sending')`));
    for (const row of rows) this.stragglers.add(row.contact_id);
  }

  async #moveTo(at: Millis): Promise<void> {
    const { stage } = this;
    await this.#noteStragglers();
    stage.mail.out = this.#outages.some(({ from, to }) => at >= from && at < to);
    stage.clock.moveTo(at);
  }

  #someShards(): number[] {
    return Array.from({ length: SHARDS }, (_, shard) => shard).filter(() => this.#random.next() < 0.5);
  }

  async #noteJoined(): Promise<void> {
    const text = 'select c.contact_id from contacts c where c.redirect_to is not null';
    const { rows } = await withRetry(() => this.stage.db.query<{ contact_id: ContactId }>(text));
    for (const { contact_id: id } of rows) if (!this.joinedAt.has(id)) this.joinedAt.set(id, this.stage.clock.now());
  }

  /** Everybody has caught up when other definitions begin to hold, so that they hold for all from the same instant on. */
  async #publish({ files, enterExisting }: Publication, at: Millis): Promise<void> {
    const { stage, workspaceId } = this;
    await Promise.all(this.#straggling);
    if (at > stage.clock.now() + TICK_MS) await this.#moveTo(at);
    const now = stage.clock.now();
    await stage.settle(now);
    const version = await this.#apply(files, enterExisting);
    await stage.settle(now);
    const manifest = await readManifest(stage.db, workspaceId, version);
    this.published.push({ at: now, version, sweep: manifest?.sweep ?? false });
  }

  /** Says so again when the answer was lost. */
  async #apply(files: Publication['files'], enterExisting: string[]): Promise<number> {
    const { stage, workspaceId } = this;
    for (;;) {
      try {
        const applied = await applyFiles({ db: stage.publisher, clock: stage.clock, onPublished: () => {} }, { workspaceId, files, enterExisting, decided: 'all', dryRun: false, prune: true });
        if (applied.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(applied)}`);
        return applied.version;
      } catch (error) {
        if (!isStoreError(error, 'commit_unknown')) throw error;
      }
    }
  }

  /** Nothing goes wrong any more, and time goes on until all is over. */
  async #aftermath(): Promise<void> {
    const { stage } = this;
    await Promise.all(this.#straggling);
    stage.faulty = false;
    stage.mail.troubled = false;
    const end = stage.clock.now() + AFTERMATH_MS;
    for (let at = stage.clock.now() + TICK_MS; at <= end; at += AFTERMATH_STEP_MS) {
      await this.#moveTo(at);
      stage.mail.out = false;
      await stage.settle(at);
      await stage.send();
      await stage.settle(at);
      await this.#noteJoined();
    }
  }
}
