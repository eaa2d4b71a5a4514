import fastify from 'fastify';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '@samovar/core';
import { appendRecords, createKey, createWorkspace, insertList, keepRejected } from '@samovar/store';
import { applyFiles } from '../../definitions/apply-files.ts';
import { liveDefinitions, liveProgram } from '../../definitions/live.ts';
import { takeBack } from '../../definitions/take-back.ts';
import { SendingBench, START, sendingFiles } from '../../testing/sending.ts';
import { adminRoutes } from './admin-routes.ts';
import { everyRoute, type RouteExample } from './testing/every-route.ts';

const MORE_FILES = [
  { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch:\n  event: Order Completed\n' },
  { path: 'journeys/thanks.yaml', text: 'journey: thanks\nname: Thanks\ntrigger: { enters: buyers }\nsteps:\n  - wait: 2 hours\n  - send: receipt\n' },
  { path: 'journeys/big.yaml', text: 'journey: big\nname: Big carts\ntrigger: { event: Checkout Started, where: { total: { more than: 100 } } }\nsteps:\n  - send: news\n' },
  { path: 'journeys/vip.yaml', text: 'journey: vip\nname: Friends\ntrigger: { event: News }\nwho: { trait: plan, is: vip }\nsteps:\n  - send: news\n' },
];

let bench: SendingBench;
let app: FastifyInstance;
let key = '';
let foreignKey = '';
let serverKey = '';

beforeAll(async () => {
  bench = await SendingBench.open();
  const { db, shop } = bench;
  const { clock, shardCount } = shop;
  const apply = (request: Parameters<typeof applyFiles>[1]): ReturnType<typeof applyFiles> => applyFiles({ db, clock, onPublished: () => {} }, request);
  app = fastify({ routerOptions: { maxParamLength: 8_192 } });
  await adminRoutes(app, {
    db, clock, shardCount, applyFiles: apply,
    append: (records) => appendRecords(db, records, clock.now(), shardCount),
    takeBack: (workspaceId) => takeBack({ db, clock, shardCount, onPublished: () => {} }, workspaceId),
    liveDefinitions: (workspaceId) => liveDefinitions(db, workspaceId),
    program: (workspaceId) => liveProgram(db, shop.programs, workspaceId),
    clockControl: { state: () => ({ mode: 'manual', now: clock.now() }), advanceTo: async (at) => { clock.moveTo(at); return at; } },
    sender: bench.sender(),
    readiness: async () => [{ name: 'database', ok: true, detail: '' }],
    metrics: async () => [{ name: 'samovar_records_decided_total', help: 'Records.', type: 'counter', value: 7 }],
    onTrouble: (message, error) => { throw new Error(message, { cause: error }); },
  });
  await app.ready();
  key = await createKey(db, { workspaceId: shop.workspaceId, kind: 'admin', label: 'admin', now: START });
  serverKey = await createKey(db, { workspaceId: shop.workspaceId, kind: 'server', label: 'shop', now: START });
  const other = await createWorkspace(db, 'Other', START);
  foreignKey = await createKey(db, { workspaceId: other.workspaceId, kind: 'admin', label: 'other', now: START });
  await shop.publish([...sendingFiles(1_000), ...MORE_FILES]);
  await bench.subscribers(4);
  await insertList(db, shop.workspaceId, { key: 'friends', name: 'Friends', description: null, createdAt: START });
  await bench.news('u0', 'u1');
  await shop.track('u0', 'Order Completed', { order_id: 'o1', total: 12.5, currency: 'EUR' });
  await shop.track('u1', 'Checkout Started', { total: 40 });
  await bench.sender().drain();
  await shop.decide();
});
afterAll(async () => {
  await app.close();
  await bench.close();
});

async function call(method: InjectOptions['method'], url: string, payload?: object, bearer = key): Promise<LightMyRequestResponse> {
  return app.inject({ method: method ?? 'GET', url, headers: { authorization: `Bearer ${bearer}` }, ...(payload === undefined ? {} : { payload }) });
}

async function get<T = Record<string, unknown>>(url: string): Promise<T> {
  const answer = await call('GET', url);
  expect([url, answer.statusCode]).toEqual([url, 200]);
  return answer.json<T>();
}

async function routes(): Promise<RouteExample[]> {
  const [message] = await bench.messages();
  const keys = await get<{ items: { id: string; label: string }[] }>('/api/keys');
  return everyRoute({ contact: bench.shop.user('u0'), message: message!.message_id, key: keys.items.find(({ label }) => label === 'shop')!.id });
}

describe('access', () => {
  it('is for admin keys, on every route that the description lists', async () => {
    const examples = await routes();
    const document = (await app.inject({ url: '/api/openapi.json' })).json<{ openapi: string; paths: Record<string, Record<string, unknown>> }>();
    expect(document.openapi).toBe('3.1.0');
    const listed = Object.values(document.paths).reduce((total, methods) => total + Object.keys(methods).length, 0);
    expect(examples).toHaveLength(listed);
    for (const { method, url, payload } of examples) {
      const request = { method: method ?? 'GET', url, ...(payload === undefined ? {} : { payload }) } as const;
      const without = await app.inject(request);
      expect([url, without.statusCode]).toEqual([url, 401]);
      expect(without.headers['content-type']).toContain('application/problem+json');
      expect(without.json()).toMatchObject({ code: 'unauthorized', status: 401 });
      expect([url, (await call(method, url, payload, 'smv_admin_wrong')).statusCode]).toEqual([url, 401]);
      expect([url, (await call(method, url, payload, serverKey)).statusCode]).toEqual([url, 403]);
    }
  });

  it('shows a foreign workspace nothing', async () => {
    for (const { method, url, payload, names, answers } of await routes()) {
      const answer = await call(method, url, payload, foreignKey);
      const expected = names ? [404] : answers !== undefined ? [answers] : [200, 201, 202];
      expect([url, expected.includes(answer.statusCode)]).toEqual([url, true]);
      expect(answer.body).not.toMatch(/u[0-9]@example\.com|Buyers|Newsletter/);
      if (url === '/api/suppressions' && method === 'POST') await call('DELETE', '/api/suppressions?address=gone@example.com', undefined, foreignKey);
    }
  });

  it('works on every route', async () => {
    for (const { method, url, payload, answers } of await routes()) {
      if (method === 'DELETE' && url.startsWith('/api/keys')) continue;
      const answer = await call(method, url, payload);
      expect([url, answer.statusCode < 300 || answer.statusCode === answers]).toEqual([url, true]);
    }
  });

  it('ends when a key is revoked', async () => {
    const made = (await call('POST', '/api/keys', { kind: 'admin', label: 'short' })).json<{ key: string }>();
    expect((await call('GET', '/api/sending', undefined, made.key)).statusCode).toBe(200);
    const { items } = await get<{ items: { id: string; label: string }[] }>('/api/keys');
    const id = items.find(({ label }) => label === 'short')!.id;
    expect((await call('DELETE', `/api/keys/${id}`, undefined, made.key)).json()).toMatchObject({ code: 'conflict' });
    expect((await call('DELETE', `/api/keys/${id}`)).statusCode).toBe(204);
    expect((await call('GET', '/api/sending', undefined, made.key)).statusCode).toBe(401);
  });
});

describe('errors', () => {
  it('are problem details with a code and pointers', async () => {
    const body = await call('PUT', '/api/sending', { mode: 'perhaps', testRecipients: ['nobody'] });
    expect(body.statusCode).toBe(400);
    expect(body.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/mode' }, { pointer: '/testRecipients/0' }] });
    expect((await call('GET', '/api/messages?limit=501')).json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/querystring/limit' }] });
    expect((await call('GET', '/api/contacts?q=ada')).json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/querystring', message: expect.stringContaining('"q"') as unknown }] });
    expect((await call('GET', '/api/segments?at=foo')).json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/querystring' }] });
    expect((await call('GET', '/api/messages?cursor=bm9wZQ')).json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/querystring/cursor' }] });
    const formless = (await call('POST', '/api/clock', { now: '2026-01-01' })).json<{ errors: { pointer: string; message: string }[] }>().errors;
    expect(formless).toEqual([{ pointer: '', message: expect.stringMatching(/^Fits none of its forms \(1\. to: .*"now"; 2\. advanceMs: .*"now"\)$/) }]);
    const broken = await app.inject({ method: 'PUT', url: '/api/sending', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, payload: '{' });
    expect(broken.json()).toMatchObject({ code: 'bad_json', status: 400 });
    expect((await call('GET', '/api/nothing')).json()).toMatchObject({ code: 'not_found', status: 404 });
    expect((await app.inject({ method: 'POST', url: '/api/keys', headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' }, payload: 'a,b' })).json()).toMatchObject({ code: 'unsupported_media_type' });
  });

  it('tell of text that cannot be kept, which would keep the workers of a shard busy for ever', async () => {
    const contact = `/api/contacts/${bench.shop.user('u0')}`;
    for (const [method, url, payload, pointer] of [
      ['POST', `${contact}/consent`, { state: 'granted', topic: '\0', proof: { source: 'phone' } }, '/topic'],
      ['POST', `${contact}/consent`, { state: 'granted', proof: { source: 'a\ud800' } }, '/proof/source'],
      ['POST', `${contact}/erase`, { reason: 'a\0' }, '/reason'],
      ['POST', `${contact}/notes`, { text: 'a\0b' }, '/text'],
      ['POST', '/api/keys', { kind: 'browser', label: '\0' }, '/label'],
      ['GET', `${contact}/traits/%00/history`, undefined, '/params/name'],
      ['GET', `${contact}/why?journey=%00`, undefined, '/querystring/journey'],
      ['GET', '/api/messages?journey=%00', undefined, '/querystring/journey'],
      ['GET', '/api/journeys/%00/enrollments', undefined, '/params/key'],
      ['GET', '/api/lists/%00/members', undefined, '/params/key'],
      ['DELETE', '/api/lists/%00', undefined, '/params/key'],
    ] as const) {
      const answer = await call(method, url, payload);
      expect([url, answer.statusCode, answer.json()]).toEqual([url, 400, expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ pointer })] })]);
    }
    expect((await call('PUT', '/api/definitions', { files: [{ path: 'topics/x.yaml', text: 'topic: x\nnames: { en: "\0" }\n' }] })).json()).toMatchObject({ code: 'definitions_invalid', errors: expect.arrayContaining([expect.objectContaining({ line: 2, code: 'invalid_text' })]) });
  });
});

describe('definitions', () => {
  it('are listed, read and published, with questions and problems told', async () => {
    const { items } = await get<{ items: { kind: string; key: string }[] }>('/api/definitions?kind=journey');
    expect(items.map((one) => one.key).sort()).toEqual(['big', 'news', 'receipt', 'thanks', 'vip']);
    expect(await get('/api/definitions/workspace/workspace')).toMatchObject({ live: true, definition: { kind: 'workspace', name: 'Shop' } });
    const bad = await call('PUT', '/api/definitions', { files: [{ path: 'journeys/x.yaml', text: 'journey: x\nname: X\ntrigger: { event: A }\nsteps:\n  - send: nothing\n' }] });
    expect(bad.statusCode).toBe(422);
    expect(bad.json()).toMatchObject({ code: 'definitions_invalid', errors: [{ file: 'journeys/x.yaml', line: 5 }] });
    const again = { path: 'journeys/again.yaml', text: 'journey: again\nname: Again\ntrigger: { enters: buyers }\nsteps:\n  - wait: 1 day\n' };
    expect((await call('PUT', '/api/definitions', { files: [again] })).json()).toMatchObject({ code: 'decision_needed', errors: [{ code: 'enter_existing' }] });
    expect((await call('PUT', '/api/definitions', { files: [again], enterExisting: [] })).json()).toMatchObject({ kind: 'applied' });
    await bench.shop.decide();
  });
});

describe('contacts', () => {
  it('are found by their identifiers and paged through', async () => {
    expect((await get<{ items: object[] }>('/api/contacts?email=U0@example.com')).items).toMatchObject([{ id: bench.shop.user('u0'), userId: 'u0' }]);
    expect((await get<{ items: object[] }>('/api/contacts?userId=nobody')).items).toEqual([]);
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: { items: { id: string }[]; next: string | null } = await get(`/api/contacts?limit=1${next === '' ? '' : `&cursor=${next}`}`);
      seen.push(...page.items.map((one) => one.id));
      next = page.next;
    }
    expect(seen.sort()).toEqual(['u0', 'u1', 'u2', 'u3'].map((name) => bench.shop.user(name)).sort());
  });

  it('tell what is known of them', async () => {
    expect(await get(`/api/contacts/${bench.shop.user('u0')}`)).toMatchObject({
      email: 'u0@example.com', traits: { first_name: 'u0' }, orders: [{ orderId: 'o1', total: 12.5, currency: 'EUR' }], segments: [{ segment: 'buyers' }],
      consents: [{ channel: 'email', topic: null, state: 'granted' }, { topic: 'x' }],
    });
  });

  it('have a timeline that loses and repeats nothing at any page size', async () => {
    const url = `/api/contacts/${bench.shop.user('u0')}/timeline`;
    const whole = await get<{ items: { id: string; kind: string; at: string; title: string }[] }>(`${url}?limit=500`);
    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: { items: { id: string }[]; next: string | null } = await get(`${url}?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      ids.push(...page.items.map((one) => one.id));
      next = page.next;
    }
    expect(ids).toEqual(whole.items.map((one) => one.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(whole.items.map((one) => one.kind))).toEqual(new Set(['event', 'outcome', 'message', 'decision', 'segment', 'consent', 'trait', 'note']));
    expect(whole.items.map((one) => one.title)).toContain('Entered the segment buyers, by “Order Completed”.');
  });

  it('say why they are in a journey, were, or never came', async () => {
    const why = async (name: string, journey: string): Promise<string> => (await get<{ answer: string }>(`/api/contacts/${bench.shop.user(name)}/why?journey=${journey}`)).answer;
    expect(await why('u0', 'thanks')).toMatch(/^It is in thanks, waiting at wait-2-hours until 2026-03-01T14:/);
    expect(await why('u0', 'news')).toBe('It was in news. Reached the end of news.');
    expect(await why('u0', 'vip')).toBe('Did not enter vip: the trait plan had to be "vip", and was null.');
    expect(await why('u2', 'news')).toBe('It never did “News”, with which news begins.');
    expect(await why('u1', 'big')).toMatch(/^“Checkout Started” happened last at .*, but the property total of the triggering event had to be more than 100, and was 40\.$/);
    expect(await why('u1', 'thanks')).toBe('It never entered the segment buyers, with which thanks begins: “Order Completed” should have happened at least 1 times, and happened 0 times.');
    expect(await why('u0', 'again')).toMatch(/^It would have entered at .*, but again was published only at /);
    expect(await why('u0', 'nothing')).toBe('There is no journey nothing that contacts can enter now.');
  });

  it('say why a message was sent', async () => {
    const { items } = await get<{ items: { id: string; contactId: string }[] }>('/api/messages?journey=news&status=sent');
    const { answer, decisions } = await get<{ answer: string; decisions: { words: string }[] }>(`/api/contacts/${items[0]!.contactId}/why?message=${items[0]!.id}`);
    expect(answer).toMatch(/^It was sent at 2026-03-01T12:.* \(the server said: 250.*\)\. It was decided at .*, at send-news of news\.$/);
    expect(decisions.map((one) => one.words)).toContain('At send-news the message news was decided.');
  });
});

describe('what came of it', () => {
  it('is counted per journey, step and day', async () => {
    const journey = await get<{ figures: object; steps: { id: string; figures: object }[] }>('/api/journeys/news');
    expect(journey.figures).toMatchObject({ entered: 2, completed: 2, decided: 2, sent: 2, delivered: 2, waiting: 0 });
    expect(journey.steps).toMatchObject([{ id: 'send-news', figures: { reached: 2, sent: 2 } }]);
    expect((await get<{ items: object[] }>('/api/journeys')).items).toContainEqual(expect.objectContaining({ key: 'thanks', figures: expect.objectContaining({ waiting: 1 }) }));
    expect((await get<{ items: object[] }>('/api/stats?journey=news&per=day&by=step')).items).toMatchObject([{ day: '2026-03-01', journey: 'news', step: 'send-news', figures: { sent: 2 } }]);
    expect((await get<{ items: object[] }>('/api/stats?journey=vip')).items).toMatchObject([{ figures: { reasons: { 'not_entered:who': 2 } } }]);
    expect((await get<{ items: object[] }>('/api/journeys/thanks/enrollments?status=active')).items).toMatchObject([{ contactId: bench.shop.user('u0'), step: 'wait-2-hours' }]);
    expect((await get<{ items: object[] }>('/api/segments')).items).toMatchObject([{ key: 'buyers', members: 1 }]);
    expect((await get<{ items: object[] }>('/api/segments/buyers/members')).items).toMatchObject([{ email: 'u0@example.com' }]);
  });

  it('can be looked at message by message', async () => {
    const page = await get<{ items: { id: string }[]; next: string }>('/api/messages?limit=2');
    const rest = await get<{ items: { id: string }[]; next: string | null }>(`/api/messages?limit=2&cursor=${page.next}`);
    expect(new Set([...page.items, ...rest.items].map((one) => one.id)).size).toBe(3);
    const { items } = await get<{ items: { id: string }[] }>('/api/messages?journey=receipt');
    expect(await get(`/api/messages/${items[0]!.id}`)).toMatchObject({ status: 'sent', ledger: [{ attempt: 1, outcome: 'accepted' }] });
    expect(await get(`/api/messages/${items[0]!.id}/rendered`)).toMatchObject({ subject: 'Order o1', html: expect.stringContaining('https://shop.example/o1') });
  });
});

describe('operating', () => {
  it('shows refused events, a page at a time', async () => {
    const { db, shop } = bench;
    const item = { workspaceId: shop.workspaceId, code: 'x', message: 'no', pointer: '/a' };
    await keepRejected(db, [1, 2, 3].map((n) => ({ ...item, receivedAt: START + n, payload: { n } })), shop.shardCount);
    const page = await get<{ items: { payload: unknown }[]; next: string }>('/api/rejected-events?limit=2');
    expect(page.items.map((one) => one.payload)).toEqual([{ n: 3 }, { n: 2 }]);
    expect((await get<{ items: { payload: unknown }[] }>(`/api/rejected-events?limit=2&cursor=${page.next}`)).items.map((one) => one.payload)).toEqual([{ n: 1 }]);
  });

  it('stops sending, keeps suppressions, moves the clock', async () => {
    expect((await call('PUT', '/api/sending', { mode: 'test', testRecipients: ['a@example.com', '@staff.example'] })).json()).toEqual({ mode: 'test', testRecipients: ['a@example.com', '@staff.example'] });
    expect((await call('PUT', '/api/sending', { mode: 'stopped' })).json()).toEqual({ mode: 'stopped', testRecipients: ['a@example.com', '@staff.example'] });
    await call('PUT', '/api/sending', { mode: 'live', testRecipients: [] });
    expect((await call('POST', '/api/suppressions', { address: 'No@example.com', reason: 'asked by phone' })).json()).toEqual({ added: true });
    expect((await call('POST', '/api/suppressions', { address: 'no@example.com' })).json()).toEqual({ added: false });
    expect((await call('POST', '/api/suppressions', { address: 'Ärger@exämple.com' })).json()).toEqual({ added: true });
    expect((await call('POST', '/api/suppressions', { address: 'nobody' })).json()).toMatchObject({ errors: [{ pointer: '/address', message: 'is no e-mail address' }] });
    expect((await get<{ items: object[] }>('/api/suppressions?address=no@example.com')).items).toMatchObject([{ reason: 'asked by phone' }]);
    const to = new Date(bench.shop.clock.now() + HOUR_MS).toISOString();
    expect((await call('POST', '/api/clock', { to })).json()).toEqual({ mode: 'manual', now: to });
    expect((await call('POST', '/api/clock', { advanceMs: MINUTE_MS })).json()).toEqual({ mode: 'manual', now: new Date(Date.parse(to) + MINUTE_MS).toISOString() });
  });

  it('tells health, readiness and metrics without a key', async () => {
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await app.inject({ url: '/readyz' })).json()).toMatchObject({ status: 'ready', checks: [{ name: 'database' }, { name: 'sending' }] });
    const metrics = await app.inject({ url: '/metrics' });
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.body).toMatch(/^samovar_records_decided_total 7$/m);
    expect(metrics.body).toMatch(/^samovar_attempts_total\{outcome="accepted"\} \d+$/m);
    expect(metrics.body).toMatch(/^samovar_messages_queued \d+$/m);
  });
});
