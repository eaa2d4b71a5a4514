import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactIdOf } from '@samovar/core';
import type { Logged, TrackedEvent } from '@samovar/core';
import { EVENT_LIMITS } from '@samovar/contract';
import { createKey, createShards, createWorkspace, listRejected, readRecords, revokeKey, keyDigestOf } from '@samovar/store';
import { testDatabase } from '@samovar/store/testing';
import type { TestDatabase } from '@samovar/store/testing';
import { Collector } from '../../collector/collector.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { trackingRoutes } from './routes.ts';

const SHARDS = 4;
const NOW = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => NOW };

let db: TestDatabase;
let app: FastifyInstance;
let collector: Collector;
let keys: KeyRing;
const tea = { id: 0, browser: '', server: '' };
const coffee = { id: 0, server: '' };

beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  const [first, second] = [await createWorkspace(db, 'Tea', NOW), await createWorkspace(db, 'Coffee', NOW)];
  tea.id = first.workspaceId;
  coffee.id = second.workspaceId;
  tea.browser = await createKey(db, { workspaceId: tea.id, kind: 'browser', label: '', now: NOW });
  tea.server = await createKey(db, { workspaceId: tea.id, kind: 'server', label: '', now: NOW });
  coffee.server = await createKey(db, { workspaceId: coffee.id, kind: 'server', label: '', now: NOW });
  collector = new Collector({ db, clock, shardCount: SHARDS });
  keys = new KeyRing(db);
  app = Fastify();
  await app.register(trackingRoutes, { clock, collector, keys });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await collector.close();
  await db.close();
});
beforeEach(async () => {
  await db.query('truncate event_log');
  await db.query('truncate rejected_events');
});

function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

function post(url: string, body: unknown, more: InjectOptions & { key?: string } = {}): Promise<LightMyRequestResponse> {
  const { key = tea.server, headers, ...rest } = more;
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: basic(key) }), ...headers }, ...rest });
}

async function logged(): Promise<Logged[]> {
  const all = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => readRecords(db, shard, 0, 10_000)));
  return all.flat();
}

async function events(): Promise<TrackedEvent[]> {
  return (await logged()).map(({ record }) => record as TrackedEvent);
}

describe('calls', () => {
  const calls: [string, string, object, Partial<TrackedEvent>][] = [
    ['identify', 'i', { userId: 'u1', traits: { plan: 'pro' } }, { type: 'identify', name: 'Identify', traits: { plan: 'pro' } }],
    ['track', 't', { userId: 'u1', event: 'Product Viewed', properties: { sku: 'a' } }, { type: 'track', name: 'Product Viewed', properties: { sku: 'a' } }],
    ['page', 'p', { userId: 'u1', name: 'Home' }, { type: 'page', name: 'Page Viewed', properties: { name: 'Home' } }],
    ['screen', 's', { userId: 'u1', name: 'Cart' }, { type: 'screen', name: 'Screen Viewed', properties: { name: 'Cart' } }],
    ['group', 'g', { userId: 'u1', groupId: 'g1', traits: { size: 3 } }, { type: 'group', name: 'Group Joined', properties: { groupId: 'g1' } }],
    ['alias', 'a', { userId: 'u1', previousId: 'p1' }, { type: 'alias', name: 'Alias' }],
  ];

  it.each(calls)('%s is taken, also by its short path and with a slash', async (path, short, body, expected) => {
    for (const url of [`/v1/${path}`, `/v1/${short}`, `/v1/${path}/`]) {
      const answer = await post(url, body);
      expect([answer.statusCode, answer.body]).toEqual([200, '{"success":true}']);
    }
    const all = await events();
    expect(all.length).toBe(3);
    for (const one of all) expect(one).toMatchObject({ ...expected, trusted: true, historical: false, receivedAt: NOW });
  });

  it('name their contact by every identifier, the strongest first', async () => {
    await post('/v1/identify', { userId: ' u1 ', anonymousId: 'a1', traits: { email: ' Sara@Example.com' } });
    await post('/v1/alias', { userId: 'u2', previousId: 'old' });
    await post('/v1/identify', { traits: { email: 'only@example.com' } });
    const byFirst = new Map((await logged()).map((one) => [(one.record as TrackedEvent).identifiers[0]!.value, one]));
    const first = byFirst.get('u1')!;
    expect((first.record as TrackedEvent).identifiers).toEqual([{ kind: 'user', value: 'u1' }, { kind: 'anonymous', value: 'a1' }, { kind: 'email', value: 'sara@example.com' }]);
    expect(first.contactId).toBe(contactIdOf(tea.id, { kind: 'user', value: 'u1' }));
    expect((byFirst.get('u2')!.record as TrackedEvent).identifiers).toEqual([{ kind: 'user', value: 'u2' }, { kind: 'anonymous', value: 'old' }, { kind: 'user', value: 'old' }]);
    expect(byFirst.has('message-')).toBe(false);
    expect([...byFirst.keys()].length).toBe(3);
  });

  it('happened when their sender says, by our clock, and never in the future', async () => {
    const skewed = new Date(NOW + 3_600_000);
    await post('/v1/track', { userId: 'u', event: 'Skewed', timestamp: new Date(skewed.getTime() - 5_000).toISOString(), sentAt: skewed.toISOString() });
    await post('/v1/track', { userId: 'u', event: 'Future', timestamp: new Date(NOW + 60_000).toISOString() });
    const times = Object.fromEntries((await events()).map((one) => [one.name, one.occurredAt - NOW]));
    expect(times).toEqual({ Skewed: -5_000, Future: 0 });
  });

  it('count once however often they are sent', async () => {
    const call = { userId: 'u1', event: 'E', messageId: 'same' };
    for (let i = 0; i < 3; i += 1) expect((await post('/v1/track', { ...call, sentAt: new Date(NOW + i).toISOString() })).statusCode).toBe(200);
    expect((await events()).length).toBe(1);
  });

  it('are taken without any id of a person, each as a visitor of its own', async () => {
    await post('/v1/page', { messageId: 'm1' });
    await post('/v1/page', { messageId: 'm1' });
    await post('/v1/page', {});
    expect((await events()).length).toBe(2);
  });
});

describe('trust', () => {
  it('is not given to browser keys, whose address and browser are kept', async () => {
    const body = { anonymousId: 'a1', userId: 'u1', traits: { email: 'x@example.com' }, context: { page: { path: '/' } } };
    await post('/v1/identify', body, { key: tea.browser, headers: { 'user-agent': 'Browser/1' }, remoteAddress: '203.0.113.9' });
    const [one] = await events();
    expect(one).toMatchObject({ trusted: false, context: { ip: '203.0.113.9', userAgent: 'Browser/1', page: { path: '/' } }, traits: { email: 'x@example.com' } });
    expect(one!.identifiers.map(({ kind }) => kind)).toEqual(['user', 'anonymous']);
  });

  it('lets nobody be named by an address alone, or be renamed by an alias', async () => {
    const answer = await post('/v1/b', { batch: [{ type: 'identify', traits: { email: 'x@example.com' } }, { type: 'alias', userId: 'u1', previousId: 'u0' }] }, { key: tea.browser });
    expect(answer.json()).toMatchObject({ success: true, rejected: [{ index: 0, code: 'identifier_missing' }] });
    expect((await events())[0]!.identifiers).toEqual([{ kind: 'user', value: 'u1' }, { kind: 'anonymous', value: 'u0' }]);
  });

  it('leaves the context of servers as it is', async () => {
    await post('/v1/track', { userId: 'u1', event: 'E', context: { ip: '198.51.100.7' } }, { headers: { 'user-agent': 'node' } });
    expect((await events())[0]!.context).toEqual({ ip: '198.51.100.7' });
  });
});

describe('keys', () => {
  it('come as basic authentication, bearer token or in the body', async () => {
    const call = { userId: 'u', event: 'E' };
    expect((await post('/v1/track', call, { key: '', headers: { authorization: `Bearer ${tea.server}` } })).statusCode).toBe(200);
    expect((await post('/v1/track', { ...call, writeKey: tea.server }, { key: '' })).statusCode).toBe(200);
    expect((await post('/v1/batch', { batch: [{ type: 'track', ...call }], writeKey: tea.server }, { key: '' })).statusCode).toBe(200);
    expect(JSON.stringify(await events())).not.toContain(tea.server);
  });

  it('are refused when missing, wrong or revoked', async () => {
    for (const authorization of [undefined, 'Basic', 'Basic !!!', basic('wrong'), 'Digest x', basic(`${tea.server}x`), basic('x'.repeat(5_000))]) {
      const answer = await post('/v1/track', { userId: 'u', event: 'E' }, { key: '', headers: authorization === undefined ? {} : { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'unauthorized', status: 401 });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const gone = await createKey(db, { workspaceId: tea.id, kind: 'server', label: '', now: NOW });
    expect((await post('/v1/track', { userId: 'u', event: 'E' }, { key: gone })).statusCode).toBe(200);
    await revokeKey(db, tea.id, keyDigestOf(gone).toString('hex'), NOW);
    keys.forget();
    expect((await post('/v1/track', { userId: 'u', event: 'E' }, { key: gone })).statusCode).toBe(401);
  });

  it('write to their own workspace only, whatever the body says', async () => {
    const call = { userId: 'u', event: 'E', messageId: 'm', workspaceId: tea.id, writeKey: tea.server };
    await post('/v1/track', call, { key: coffee.server });
    await post('/v1/track', call, { key: tea.server });
    const all = await logged();
    expect(new Set(all.map(({ workspaceId }) => workspaceId))).toEqual(new Set([tea.id, coffee.id]));
    expect(all.length).toBe(2);
    expect(new Set(all.map(({ contactId }) => contactId)).size).toBe(2);
    await post('/v1/track', { userId: 'u' }, { key: coffee.server });
    expect((await listRejected(db, coffee.id)).length).toBe(1);
    expect(await listRejected(db, tea.id)).toEqual([]);
  });
});

describe('batches', () => {
  it('keep a bad item with its reason and take its neighbours', async () => {
    const bad = { type: 'track', userId: 'u2' };
    const answer = await post('/v1/batch', { batch: [{ type: 'track', userId: 'u1', event: 'A' }, bad, 7, { type: 'page', userId: 'u3' }] });
    expect(answer.statusCode).toBe(200);
    const { success, rejected } = answer.json<{ success: boolean; rejected: { index: number; code: string; pointer: string }[] }>();
    expect(success).toBe(true);
    expect(rejected.map(({ index, code, pointer }) => [index, code, pointer])).toEqual([[1, 'event_name_missing', '/event'], [2, 'not_an_object', '']]);
    expect((await events()).map(({ name }) => name).sort()).toEqual(['A', 'Page Viewed']);
    const kept = await listRejected(db, tea.id);
    expect(kept.find(({ code }) => code === 'event_name_missing')!.payload).toEqual(bad);
    expect(kept.length).toBe(2);
  });

  it('may be empty, and must have a list', async () => {
    expect((await post('/v1/batch', { batch: [] })).json()).toEqual({ success: true });
    for (const body of [{}, { batch: {} }, [], 'null', { batch: Array(EVENT_LIMITS.maxItemsPerBatch + 1).fill(0) }]) {
      const answer = await post('/v1/batch', body);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'batch_invalid']);
    }
  });

  it('share their context and the time at which they were sent', async () => {
    const sentAt = new Date(NOW - 60_000).toISOString();
    await post('/v1/batch', { sentAt, context: { app: 'shop', locale: 'fa' }, batch: [{ type: 'track', userId: 'u', event: 'E', timestamp: sentAt, context: { locale: 'de' } }] });
    expect((await events())[0]).toMatchObject({ occurredAt: NOW, context: { app: 'shop', locale: 'de' } });
  });

  it('of history trigger nothing', async () => {
    await post('/v1/import', { batch: [{ type: 'track', userId: 'u', event: 'E', timestamp: '2020-01-01T00:00:00Z' }] });
    expect((await events())[0]).toMatchObject({ historical: true, occurredAt: Date.UTC(2020, 0, 1) });
  });

  it('ignore an id that stands for many people, saying so, and keep the event', async () => {
    await post('/v1/batch', { batch: [{ type: 'track', userId: 'undefined', anonymousId: 'a1', event: 'A' }, { type: 'identify', userId: 'null', messageId: 'junk-1' }] });
    const [first, second] = (await events()).sort((a, b) => a.name.localeCompare(b.name));
    expect(first).toMatchObject({ identifiers: [{ kind: 'anonymous', value: 'a1' }], context: { ignoredIdentifiers: [{ kind: 'user', value: 'undefined', reason: 'identifier_junk' }] } });
    expect(second).toMatchObject({ identifiers: [{ kind: 'anonymous', value: 'message-junk-1' }] });
  });
});

describe('a single bad call', () => {
  it('is answered with what is wrong, and kept', async () => {
    const answer = await post('/v1/track', { userId: 'u' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ code: 'event_name_missing', pointer: '/event' }] });
    expect((await listRejected(db, tea.id)).length).toBe(1);
  });
});

describe('bodies', () => {
  const call = { userId: 'u', event: 'E' };
  const json = JSON.stringify(call);
  const gzip = gzipSync(json);

  it.each([
    ['text/plain', json, {}],
    ['text/plain;charset=UTF-8', json, {}],
    ['application/x-www-form-urlencoded', json, {}],
    ['application/json', `\uFEFF${json}`, {}],
    ['application/json', gzip, { 'content-encoding': 'gzip' }],
    ['application/x-www-form-urlencoded', gzip, { 'content-encoding': 'gzip' }],
    ['application/json', gzip, {}],
    ['text/plain', gzip, { 'content-encoding': 'identity' }],
    ['application/json', json, { 'content-encoding': 'gzip' }],
    ['application/json', deflateSync(json), { 'content-encoding': 'deflate' }],
    ['application/json', brotliCompressSync(json), { 'content-encoding': 'br' }],
  ])('%s %# is understood', async (type, payload, headers) => {
    expect((await post('/v1/track', payload, { headers: { 'content-type': type, ...headers } })).statusCode).toBe(200);
    expect((await events()).length).toBe(1);
  });

  it('without a content type are understood', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/track', payload: Buffer.from(json), headers: { authorization: basic(tea.server) } });
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ['not JSON', '{"userId":', {}, 400, 'bad_json'],
    ['empty', '', {}, 400, 'bad_json'],
    ['broken gzip', gzip.subarray(0, 20), {}, 400, 'bad_json'],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, 'unsupported_media_type'],
    ['an unknown packing', json, { 'content-encoding': 'zstd' }, 415, 'unsupported_media_type'],
    ['too large', Buffer.alloc(EVENT_LIMITS.maxBatchBytes + 1, 32), {}, 413, 'payload_too_large'],
    ['too large once unpacked', gzipSync(Buffer.alloc(60_000_000, 32)), {}, 413, 'payload_too_large'],
  ])('that are %s are refused', async (_name, payload, headers, status, code) => {
    const answer = await post('/v1/track', payload, { headers });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    expect(await events()).toEqual([]);
  });

  it('may be as large as the limit', async () => {
    const body = JSON.stringify({ batch: [], pad: '' });
    const full = JSON.stringify({ batch: [], pad: 'x'.repeat(EVENT_LIMITS.maxBatchBytes - body.length) });
    expect(full.length).toBe(EVENT_LIMITS.maxBatchBytes);
    expect((await post('/v1/batch', full)).statusCode).toBe(200);
    expect((await post('/v1/batch', ` ${full}`)).statusCode).toBe(413);
  });
});

describe('browsers', () => {
  it('may ask first, for any sane headers', async () => {
    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/t', headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'anonymousid,authorization,content-type,sentat,x-own-header,bad header' } });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': expect.stringContaining('POST') as string });
    const allowed = String(answer.headers['access-control-allow-headers']).split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'anonymousid', 'sentat', 'content-type', 'x-own-header']));
    expect(allowed.some((name) => name.includes(' '))).toBe(false);
  });

  it('name their visitor and the time in headers', async () => {
    const headers = { anonymousid: Buffer.from('visitor-1').toString('base64'), sentat: new Date(NOW + 1_000).toISOString() };
    await post('/v1/page', { originalTimestamp: new Date(NOW).toISOString() }, { key: tea.browser, headers });
    expect((await events())[0]).toMatchObject({ identifiers: [{ kind: 'anonymous', value: 'visitor-1' }], occurredAt: NOW - 1_000 });
  });

  it('learn from the settings where to send', async () => {
    const answer = await app.inject({ method: 'GET', url: `/v1/projects/${tea.browser}/settings`, headers: { host: 'events.example:8080' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json()).toMatchObject({ integrations: { 'Segment.io': { apiKey: tea.browser, apiHost: 'events.example:8080/v1', protocol: 'http' } } });
    expect((await app.inject({ method: 'GET', url: '/v1/projects/nobody/settings' })).statusCode).toBe(404);
  });

  it('are told when they use another method', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
      const answer = await app.inject({ method, url: '/v1/track' });
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST, OPTIONS']);
    }
    expect((await app.inject({ method: 'POST', url: '/v1/nothing' })).statusCode).toBe(404);
  });
});

describe('overload', () => {
  it('is answered with 503 and when to come again, and acknowledged nothing', async () => {
    const small = new Collector({ db, clock, shardCount: SHARDS, limits: { queuedRecords: 3, groupRecords: 1 } });
    const own = Fastify();
    await own.register(trackingRoutes, { clock, collector: small, keys });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => own.inject({ method: 'POST', url: '/v1/track', payload: { userId: `u${i}`, event: 'E' }, headers: { authorization: basic(tea.server) } })));
    const statuses = answers.map(({ statusCode }) => statusCode);
    const refused = answers.filter(({ statusCode }) => statusCode === 503);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await events()).length).toBe(statuses.filter((status) => status === 200).length);
    await own.close();
    await small.close();
  });

  it('is what a database that is away looks like', async () => {
    const broken = new Collector({ db, clock, shardCount: 1024, limits: { retryForMs: 0 } });
    const own = Fastify();
    await own.register(trackingRoutes, { clock, collector: broken, keys });
    const answer = await own.inject({ method: 'POST', url: '/v1/batch', payload: { batch: Array.from({ length: 50 }, (_, i) => ({ type: 'track', event: 'E', userId: `u${i}` })) }, headers: { authorization: basic(tea.server) } });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
    await own.close();
    await broken.close();
  });
});

const SPEC = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))}/segment-spec/segment-spec-examples.json`;

describe.skipIf(!existsSync(SPEC))(`Segment's own examples (${existsSync(SPEC) ? 'read from' : 'SKIPPED, absent:'} ${SPEC})`, () => {
  interface Examples {
    raw: { heading: string; payload: Record<string, unknown> & { type?: string; action?: string } }[];
  }
  const { raw }: Examples = existsSync(SPEC) ? (JSON.parse(readFileSync(SPEC, 'utf8')) as Examples) : { raw: [] };

  it(`are all accepted (${raw.length})`, async () => {
    for (const { heading, payload } of raw) {
      const whole: typeof payload = 'All' in payload ? { type: 'track', event: 'E', userId: 'u', integrations: payload } : payload;
      const path = /^(identify|track|page|screen|group|alias|batch)$/i.exec(heading)?.[0].toLowerCase();
      const type = whole.type ?? whole.action ?? path ?? 'identify';
      const single = await post(`/v1/${type}`, whole);
      expect({ payload, answer: single.body }).toEqual({ payload, answer: '{"success":true}' });
      const batch = await post('/v1/batch', 'batch' in whole ? whole : { batch: [{ type, ...whole }] });
      expect({ payload, answer: batch.body }).toEqual({ payload, answer: '{"success":true}' });
    }
    expect(await listRejected(db, tea.id)).toEqual([]);
  });
});
