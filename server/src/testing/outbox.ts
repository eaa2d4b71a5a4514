import { contactIdOf, shardOf } from '@samovar/core';
import type { ContactId, Identifier, JsonObject, TrackedEvent } from '@samovar/core';
import { createTrackingKey } from '@samovar/channels';
import type { TrackingKey } from '@samovar/channels';
import { appendRecords, createShards, createWorkspace } from '@samovar/store';
import type { Database } from '@samovar/store';
import { ManualClock } from '../clock/manual-clock.ts';
import { applyFiles } from '../definitions/apply-files.ts';
import { ProgramCache } from '../definitions/program-cache.ts';
import { settleShards } from './settle.ts';

/** A shop with a database, definitions and a clock that stands still: what tests of sending and of the API start from. */
export class TestShop {
  readonly db: Database;
  readonly clock: ManualClock;
  readonly shardCount: number;
  readonly workspaceId: number;
  readonly programs = new ProgramCache();
  readonly signingKeys: TrackingKey[] = [createTrackingKey(1, Buffer.alloc(32, 7))];
  #events = 0;

  constructor(db: Database, clock: ManualClock, shardCount: number, workspaceId: number) {
    this.db = db;
    this.clock = clock;
    this.shardCount = shardCount;
    this.workspaceId = workspaceId;
  }

  static async open(db: Database, { now, shardCount = 8, name = 'shop' }: { now: number; shardCount?: number; name?: string }): Promise<TestShop> {
    await createShards(db, shardCount);
    const { workspaceId } = await createWorkspace(db, name, now);
    return new TestShop(db, new ManualClock(now), shardCount, workspaceId);
  }

  /** Publishes files as the whole of the definitions. */
  async publish(files: { path: string; text: string }[]): Promise<void> {
    const applied = await applyFiles({ db: this.db, clock: this.clock, onPublished: () => {} }, {
      workspaceId: this.workspaceId, files, enterExisting: [], decided: 'all', dryRun: false, prune: true,
    });
    if (applied.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(applied)}`);
    await this.decide();
  }

  user(name: string): ContactId {
    return contactIdOf(this.workspaceId, { kind: 'user', value: name });
  }

  shardOf(name: string): number {
    return shardOf(this.user(name), this.shardCount);
  }

  event(name: string, properties: JsonObject, more: Partial<TrackedEvent> & { user: string }): { contactId: ContactId; record: TrackedEvent } {
    this.#events += 1;
    const { user, ...rest } = more;
    const now = this.clock.now();
    const identifier: Identifier = { kind: 'user', value: user };
    return {
      contactId: this.user(user),
      record: {
        kind: 'event', type: 'track', name, messageId: `${name}-${this.#events}`, receivedAt: now, occurredAt: now, identifiers: [identifier],
        properties, traits: {}, context: {}, trusted: true, historical: false, ...rest,
      },
    };
  }

  /** Appends events without deciding anything about them. */
  async append(...events: { contactId: ContactId; record: TrackedEvent }[]): Promise<void> {
    await appendRecords(this.db, events.map((event) => ({ workspaceId: this.workspaceId, ...event })), this.clock.now(), this.shardCount);
  }

  async track(user: string, name: string, properties: JsonObject = {}): Promise<void> {
    await this.append(this.event(name, properties, { user }));
    await this.decide();
  }

  async identify(user: string, traits: JsonObject): Promise<void> {
    await this.append(this.event('Identify', {}, { user, type: 'identify', traits }));
    await this.decide();
  }

  /** Decides everything that is due. */
  async decide(): Promise<void> {
    await settleShards({ db: this.db, programs: this.programs, shardCount: this.shardCount }, this.clock.now());
  }
}
