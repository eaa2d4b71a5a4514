import Fastify from 'fastify';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Logged, TrackedEvent } from '@samovar/core';
import { createKey, createShards, createWorkspace, readRecords } from '@samovar/store';
import { testDatabase } from '@samovar/store/testing';
import type { TestDatabase } from '@samovar/store/testing';
import { Collector } from '../../../collector/collector.ts';
import type { CollectorLimits } from '../../../collector/limits.ts';
import { KeyRing } from '../../../keys/key-ring.ts';
import { trackingRoutes } from '../routes.ts';

export const NOW = Date.UTC(2026, 10, 20, 12);
const SHARDS = 4;
const clock = { now: () => NOW };

/** Basic authentication as the libraries send it. */
export function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

export type PostOptions = Omit<InjectOptions, 'method' | 'url' | 'payload'> & { key?: string };

/** The tracking API in process, before a database with two workspaces, while the clock stands still. */
export class TrackingApp {
  readonly db: TestDatabase;
  readonly app: FastifyInstance;
  readonly keys: KeyRing;
  readonly tea = { id: 0, browser: '', server: '' };
  readonly coffee = { id: 0, server: '' };
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(db: TestDatabase) {
    this.db = db;
    this.keys = new KeyRing(db);
    this.app = this.server({});
  }

  static async start(): Promise<TrackingApp> {
    const db = await testDatabase();
    await createShards(db, SHARDS);
    const started = new TrackingApp(db);
    const { tea, coffee } = started;
    tea.id = (await createWorkspace(db, 'Tea', NOW)).workspaceId;
    coffee.id = (await createWorkspace(db, 'Coffee', NOW)).workspaceId;
    tea.browser = await createKey(db, { workspaceId: tea.id, kind: 'browser', label: '', now: NOW });
    tea.server = await createKey(db, { workspaceId: tea.id, kind: 'server', label: '', now: NOW });
    coffee.server = await createKey(db, { workspaceId: coffee.id, kind: 'server', label: '', now: NOW });
    return started;
  }

  /** Another server before the same database, with other limits or a wrong number of shards. */
  server({ limits = {}, shardCount = SHARDS }: { limits?: Partial<CollectorLimits>; shardCount?: number }): FastifyInstance {
    const collector = new Collector({ db: this.db, clock, shardCount, limits });
    const app = Fastify();
    void app.register(trackingRoutes, { clock, collector, keys: this.keys });
    this.#closing.push(() => app.close(), () => collector.close());
    return app;
  }

  /** Forgets events and rejected items, not message ids. */
  async clear(): Promise<void> {
    await this.db.query('truncate event_log');
    await this.db.query('truncate rejected_events');
  }

  post(url: string, body: unknown, { key = this.tea.server, headers, ...rest }: PostOptions = {}): Promise<LightMyRequestResponse> {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.app.inject({ ...rest, method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: basic(key) }), ...headers } });
  }

  async logged(): Promise<Logged[]> {
    const shards = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => readRecords(this.db, shard, 0, 10_000)));
    return shards.flat();
  }

  async events(): Promise<TrackedEvent[]> {
    return (await this.logged()).map(({ record }) => record as TrackedEvent);
  }

  async stop(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.db.close();
  }
}
