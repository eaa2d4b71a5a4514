import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { startTrackingServer } from './tracking-server.ts';
import type { TrackingServer } from './tracking-server.ts';

/** The library as a browser loads it from a CDN. */
const LIBRARY = join(dirname(createRequire(import.meta.url).resolve('@segment/analytics-next')), '../umd');

let server: TrackingServer;
let pages: FastifyInstance;
let pagesUrl: string;
let browser: Browser;

/** A shop's page, served from another origin than the tracking API, as in life. */
async function startPages(): Promise<void> {
  pages = Fastify({ forceCloseConnections: true });
  pages.get('/', async (_request, reply) => reply.type('text/html').send('<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script src="/library/index.js"></script>'));
  pages.get<{ Params: { file: string } }>('/library/:file', async (request, reply) => reply.type('text/javascript').send(await readFile(join(LIBRARY, basename(request.params.file)))));
  await pages.listen({ host: '127.0.0.1', port: 0 });
  pagesUrl = `http://127.0.0.1:${(pages.server.address() as AddressInfo).port}/`;
}

beforeAll(async () => {
  server = await startTrackingServer();
  await startPages();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

interface Library {
  AnalyticsBrowser: {
    load: (settings: object, options?: object) => {
      identify: (id: string, traits: object) => Promise<unknown>;
      track: (name: string, properties: object) => Promise<unknown>;
      page: (name: string) => Promise<unknown>;
      group: (id: string, traits: object) => Promise<unknown>;
      alias: (to: string, from: string) => Promise<unknown>;
      screen: (name: string) => Promise<unknown>;
    };
  };
}

async function visit(options: object): Promise<{ errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(pagesUrl);
  await page.evaluate(async ({ writeKey, cdnURL, loadOptions }) => {
    const { AnalyticsBrowser } = (globalThis as unknown as { AnalyticsNext: Library }).AnalyticsNext;
    const analytics = AnalyticsBrowser.load({ writeKey, cdnURL }, loadOptions);
    await analytics.page('Home');
    await analytics.track('Product Viewed', { sku: 'tea', price: 4.5 });
    await analytics.identify('u1', { email: 'sara@example.com', name: 'سارا' });
    await analytics.group('g1', { size: 2 });
    await analytics.screen('Cart');
    await analytics.alias('u1', 'old');
  }, { writeKey: server.keys.browser, cdnURL: server.url, loadOptions: options });
  return { errors };
}

describe("Segment's library for browsers", () => {
  it('works by changing its CDN address: settings, preflight and calls', async () => {
    const { errors } = await visit({});
    const events = await server.eventsOnce(6);
    expect(errors).toEqual([]);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['page', 'track', 'identify', 'group', 'screen', 'alias']));
    expect(events.every(({ trusted }) => !trusted)).toBe(true);
    const viewed = events.find(({ type }) => type === 'track')!;
    expect(viewed).toMatchObject({ name: 'Product Viewed', properties: { sku: 'tea', price: 4.5 }, context: { ip: '127.0.0.1', userAgent: expect.stringContaining('Chrome') as string } });
    expect(viewed.identifiers.map(({ kind }) => kind)).toEqual(['anonymous']);
    const identified = events.find(({ type }) => type === 'identify')!;
    expect(identified).toMatchObject({ traits: { email: 'sara@example.com', name: 'سارا' }, identifiers: [{ kind: 'user', value: 'u1' }, viewed.identifiers[0]] });
    expect(server.seen.map(({ url }) => url)).toEqual(expect.arrayContaining(['/v1/p', '/v1/t', '/v1/i', '/v1/g', '/v1/a']));
    expect(server.seen.every(({ contentType, origin }) => contentType.startsWith('text/plain') && `${origin}/` === pagesUrl)).toBe(true);
  });

  it('works in batches', async () => {
    const before = (await server.events()).length;
    const calls = server.seen.length;
    const { errors } = await visit({ integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 200 } } } } });
    const events = (await server.eventsOnce(before + 6)).slice(before);
    expect(errors).toEqual([]);
    expect(events.filter(({ name }) => name === 'Product Viewed').length).toBe(1);
    expect(new Set(server.seen.slice(calls).map(({ url }) => url))).toEqual(new Set(['/v1/b']));
  });
});
