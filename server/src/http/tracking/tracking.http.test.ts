import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactIdOf } from '@samovar/core';
import type { TrackedEvent } from '@samovar/core';
import { EVENT_LIMITS } from '@samovar/contract';
import { createKey, keyDigestOf, listRejected, revokeKey } from '@samovar/store';
import { NOW, TrackingApp, basic } from './testing/tracking-app.ts';

let tracking: TrackingApp;
beforeAll(async () => {
  tracking = await TrackingApp.start();
});
afterAll(() => tracking.stop());
beforeEach(() => tracking.clear());

const post: TrackingApp['post'] = (url, body, options) => tracking.post(url, body, options);
const events: TrackingApp['events'] = () => tracking.events();

describe('calls', () => {
  const calls: [string, string, object, Partial<TrackedEvent>][] = [
    ['identify', 'i', { userId: 'u1', traits: { plan: 'pro' } }, { type: 'identify', name: 'Identify', traits: { plan: 'pro' } }],
    ['track', 't', { userId: 'u1', event: 'Product Viewed', properties: { sku: 'a' } }, { type: 'track', name: 'Product Viewed', properties: { sku: 'a' } }],
    ['page', 'p', { userId: 'u1', name: 'Home' }, { type: 'page', name: 'Page Viewed', properties: { name: 'Home' } }],
    ['screen', 's', { userId: 'u1', name: 'Cart' }, { type: 'screen', name: 'Screen Viewed', properties: { name: 'Cart' } }],
    ['group', 'g', { userId: 'u1', groupId: 'g1', traits: { size: 3 } }, { type: 'group', name: 'Group Joined', properties: { groupId: 'g1', size: 3 }, traits: {} }],
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
    const byFirst = new Map((await tracking.logged()).map((one) => [(one.record as TrackedEvent).identifiers[0]!.value, one]));
    const first = byFirst.get('u1')!;
    expect((first.record as TrackedEvent).identifiers).toEqual([{ kind: 'user', value: 'u1' }, { kind: 'anonymous', value: 'a1' }, { kind: 'email', value: 'sara@example.com' }]);
    expect(first.contactId).toBe(contactIdOf(tracking.tea.id, { kind: 'user', value: 'u1' }));
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
    await post('/v1/identify', body, { key: tracking.tea.browser, headers: { 'user-agent': 'Browser/1' }, remoteAddress: '203.0.113.9' });
    const [one] = await events();
    expect(one).toMatchObject({ trusted: false, context: { ip: '203.0.113.9', userAgent: 'Browser/1', page: { path: '/' } }, traits: { email: 'x@example.com' } });
    expect(one!.identifiers.map(({ kind }) => kind)).toEqual(['user', 'anonymous']);
  });

  it('lets nobody be named by an address alone, or be renamed by an alias', async () => {
    const answer = await post('/v1/b', { batch: [{ type: 'identify', traits: { email: 'x@example.com' } }, { type: 'alias', userId: 'u1', previousId: 'u0' }] }, { key: tracking.tea.browser });
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
    expect((await post('/v1/track', call, { key: '', headers: { authorization: `Bearer ${tracking.tea.server}` } })).statusCode).toBe(200);
    expect((await post('/v1/track', { ...call, writeKey: tracking.tea.server }, { key: '' })).statusCode).toBe(200);
    expect((await post('/v1/batch', { batch: [{ type: 'track', ...call }], writeKey: tracking.tea.server }, { key: '' })).statusCode).toBe(200);
    expect(JSON.stringify(await events())).not.toContain(tracking.tea.server);
  });

  it('are refused when missing, wrong or revoked', async () => {
    for (const authorization of [undefined, 'Basic', 'Basic !!!', basic('wrong'), 'Digest x', basic(`${tracking.tea.server}x`), basic('x'.repeat(5_000))]) {
      const answer = await post('/v1/track', { userId: 'u', event: 'E' }, { key: '', headers: authorization === undefined ? {} : { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'unauthorized', status: 401 });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const gone = await createKey(tracking.db, { workspaceId: tracking.tea.id, kind: 'server', label: '', now: NOW });
    expect((await post('/v1/track', { userId: 'u', event: 'E' }, { key: gone })).statusCode).toBe(200);
    await revokeKey(tracking.db, tracking.tea.id, keyDigestOf(gone).toString('hex'), NOW);
    tracking.keys.forget();
    expect((await post('/v1/track', { userId: 'u', event: 'E' }, { key: gone })).statusCode).toBe(401);
  });

  it('write to their own workspace only, whatever the body says', async () => {
    const call = { userId: 'u', event: 'E', messageId: 'm', workspaceId: tracking.tea.id, writeKey: tracking.tea.server };
    await post('/v1/track', call, { key: tracking.coffee.server });
    await post('/v1/track', call, { key: tracking.tea.server });
    const all = await tracking.logged();
    expect(new Set(all.map(({ workspaceId }) => workspaceId))).toEqual(new Set([tracking.tea.id, tracking.coffee.id]));
    expect(all.length).toBe(2);
    expect(new Set(all.map(({ contactId }) => contactId)).size).toBe(2);
    await post('/v1/track', { userId: 'u' }, { key: tracking.coffee.server });
    expect((await listRejected(tracking.db, tracking.coffee.id)).length).toBe(1);
    expect(await listRejected(tracking.db, tracking.tea.id)).toEqual([]);
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
    const kept = await listRejected(tracking.db, tracking.tea.id);
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
    expect((await listRejected(tracking.db, tracking.tea.id)).length).toBe(1);
  });
});
