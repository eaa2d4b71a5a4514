import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { TrackedEvent } from '@samovar/core';
import { Collector, KeyRing, systemClock, trackingRoutes } from '@samovar/server';
import { createKey, createShards, createWorkspace, readRecords } from '@samovar/store';
import { testDatabase } from '@samovar/store/testing';

const SHARDS = 4;
const DEADLINE_MS = 20_000;
const PAUSE_MS = 20;

/** What a request looked like on the wire, to prove that a library sends what the test says it sends. */
export interface SeenRequest {
  url: string;
  contentType: string;
  contentEncoding: string;
  origin: string;
}

export interface TrackingServer {
  url: string;
  keys: { browser: string; server: string };
  seen: SeenRequest[];
  app: FastifyInstance;
  /** All events that were stored, the first first. */
  events(): Promise<TrackedEvent[]>;
  /** The events, as soon as there are so many. */
  eventsOnce(count: number): Promise<TrackedEvent[]>;
  /** Answers the next requests with a failure instead of taking them. */
  failNext(count: number, status: number): void;
  stop(): Promise<void>;
}

/** The tracking API on a port of its own, before a database of its own. */
export async function startTrackingServer(): Promise<TrackingServer> {
  const db = await testDatabase();
  await createShards(db, SHARDS);
  const now = systemClock.now();
  const { workspaceId } = await createWorkspace(db, 'Shop', now);
  const keys = {
    browser: await createKey(db, { workspaceId, kind: 'browser', label: 'site', now }),
    server: await createKey(db, { workspaceId, kind: 'server', label: 'shop', now }),
  };
  const collector = new Collector({ db, clock: systemClock, shardCount: SHARDS });
  const app = Fastify({ forceCloseConnections: true });
  const seen: SeenRequest[] = [];
  let failing = { count: 0, status: 500 };
  app.addHook('onRequest', async (request, reply) => {
    const { headers } = request;
    if (request.method === 'POST') {
      seen.push({ url: request.url, contentType: headers['content-type'] ?? '', contentEncoding: headers['content-encoding'] ?? '', origin: headers.origin ?? '' });
      if (failing.count > 0) {
        failing.count -= 1;
        await reply.code(failing.status).send({ success: false });
      }
    }
  });
  await app.register(trackingRoutes, { clock: systemClock, collector, keys: new KeyRing(db) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;

  const events = async (): Promise<TrackedEvent[]> => {
    const shards = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => readRecords(db, shard, 0, 10_000)));
    return shards.flat().sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq).map(({ record }) => record as TrackedEvent);
  };
  const eventsOnce = async (count: number): Promise<TrackedEvent[]> => {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const found = await events();
      if (found.length >= count) return found;
      if (performance.now() > deadline) throw new Error(`${found.length} of ${count} events arrived: ${JSON.stringify(found)}; requests: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  return {
    url: `http://127.0.0.1:${port}`, keys, seen, app, events, eventsOnce,
    failNext: (count, status) => {
      failing = { count, status };
    },
    stop: async () => {
      await app.close();
      await collector.close();
      await db.close();
    },
  };
}
