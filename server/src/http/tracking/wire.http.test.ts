import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_LIMITS } from '@samovar/contract';
import { listRejected } from '@samovar/store';
import { NOW, TrackingApp, basic } from './testing/tracking-app.ts';

let tracking: TrackingApp;
beforeAll(async () => {
  tracking = await TrackingApp.start();
});
afterAll(() => tracking.stop());
beforeEach(() => tracking.clear());

const post: TrackingApp['post'] = (url, body, options) => tracking.post(url, body, options);
const events: TrackingApp['events'] = () => tracking.events();

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
    const answer = await tracking.app.inject({ method: 'POST', url: '/v1/track', payload: Buffer.from(json), headers: { authorization: basic(tracking.tea.server) } });
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
    const answer = await tracking.app.inject({ method: 'OPTIONS', url: '/v1/t', headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'anonymousid,authorization,content-type,sentat,x-own-header,bad header' } });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': expect.stringContaining('POST') as string });
    const allowed = String(answer.headers['access-control-allow-headers']).split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'anonymousid', 'sentat', 'content-type', 'x-own-header']));
    expect(allowed.some((name) => name.includes(' '))).toBe(false);
  });

  it('name their visitor and the time in headers', async () => {
    const headers = { anonymousid: Buffer.from('visitor-1').toString('base64'), sentat: new Date(NOW + 1_000).toISOString() };
    await post('/v1/page', { originalTimestamp: new Date(NOW).toISOString() }, { key: tracking.tea.browser, headers });
    expect((await events())[0]).toMatchObject({ identifiers: [{ kind: 'anonymous', value: 'visitor-1' }], occurredAt: NOW - 1_000 });
  });

  it('learn from the settings where to send', async () => {
    const answer = await tracking.app.inject({ method: 'GET', url: `/v1/projects/${tracking.tea.browser}/settings`, headers: { host: 'events.example:8080' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json()).toMatchObject({ integrations: { 'Segment.io': { apiKey: tracking.tea.browser, apiHost: 'events.example:8080/v1', protocol: 'http' } } });
    expect((await tracking.app.inject({ method: 'GET', url: '/v1/projects/nobody/settings' })).statusCode).toBe(404);
  });

  it('are told when they use another method', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
      const answer = await tracking.app.inject({ method, url: '/v1/track' });
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST, OPTIONS']);
    }
    expect((await tracking.app.inject({ method: 'POST', url: '/v1/nothing' })).statusCode).toBe(404);
  });
});

describe('overload', () => {
  it('is answered with 503 and when to come again, and acknowledged nothing', async () => {
    const own = tracking.server({ limits: { queuedRecords: 3, groupRecords: 1 } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => own.inject({ method: 'POST', url: '/v1/track', payload: { userId: `u${i}`, event: 'E' }, headers: { authorization: basic(tracking.tea.server) } })));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    for (const { headers } of answers.filter(({ statusCode }) => statusCode === 503)) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await events()).length).toBe(statuses.filter((status) => status === 200).length);
  });

  it('is what a database that is away looks like', async () => {
    const own = tracking.server({ shardCount: 1024, limits: { retryForMs: 0 } });
    const answer = await own.inject({ method: 'POST', url: '/v1/batch', payload: { batch: Array.from({ length: 50 }, (_, i) => ({ type: 'track', event: 'E', userId: `u${i}` })) }, headers: { authorization: basic(tracking.tea.server) } });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
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
    expect(await listRejected(tracking.db, tracking.tea.id)).toEqual([]);
  });
});
