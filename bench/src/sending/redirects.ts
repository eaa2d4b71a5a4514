import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';
import { signToken, type TrackingKey } from '@samovar/channels';
import { derivedUuid } from '@samovar/core';
import { appendRecords, type Database } from '@samovar/store';
import { publicRoutes, systemClock } from '@samovar/server';
import type { RedirectOrder, RedirectReport } from './redirect-load-process.ts';

const PROCESS = fileURLToPath(new URL('redirect-load-process.ts', import.meta.url));
const CONNECTIONS = 16;
const STEADY_PER_SECOND = 1_000;
const STEADY_REQUESTS = 5_000;
const TARGET = 'https://shop.example/products/1?utm_source=mail';

export interface RedirectRates {
  bare: number;
  ours: number;
  /** At a steady 1,000 a second. */
  p99Ms: number;
}

/** Clicks, beside a server that answers with a redirect and does nothing else. */
export async function redirectRates({ db, shardCount, requests, key }: { db: Database; shardCount: number; requests: number; key: TrackingKey }): Promise<RedirectRates> {
  const bare = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 8_192 } });
  bare.get('/c/:token', (_request, reply) => reply.code(302).header('location', TARGET).send());
  const ours = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 8_192 } });
  const routes = publicRoutes(ours, { db, clock: systemClock, shardCount, signingKeys: [key], append: (records) => appendRecords(db, records, Date.now(), shardCount) });
  const token = signToken(key, { purpose: 'click', workspaceId: 1, messageId: derivedUuid('m'), contactId: derivedUuid('c'), linkIndex: 1, url: TARGET });
  const orderOf = (port: number, more: Partial<RedirectOrder> = {}): RedirectOrder => ({ port, path: `/c/${token}`, requests, connections: CONNECTIONS, perSecond: null, ...more });
  const [barePort, port] = [await listen(bare), await listen(ours)];
  const rates = { bare: 0, ours: 0 };
  for (let round = 0; round < 3; round += 1) {
    rates.bare = Math.max(rates.bare, (await load(orderOf(barePort))).perSecond);
    rates.ours = Math.max(rates.ours, (await load(orderOf(port))).perSecond);
  }
  const { p99Ms } = await load(orderOf(port, { perSecond: STEADY_PER_SECOND, requests: STEADY_REQUESTS }));
  await bare.close();
  await ours.close();
  await routes.close();
  return { ...rates, p99Ms };
}

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

async function load(order: RedirectOrder): Promise<RedirectReport> {
  const child = fork(PROCESS, { execArgv: ['--import', 'tsx'] });
  try {
    child.send(order);
    const [report] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error('the load process ended early'); })])) as [RedirectReport];
    return report;
  } finally {
    child.kill();
  }
}
