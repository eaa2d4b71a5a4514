import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const SEGMENTS = [
  { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\ndescription: Paid once\nmatch: { event: Order Completed }\n' },
  { path: 'segments/recent.yaml', text: 'segment: recent\nname: Recent\nmatch: { event: Order Completed, within: 7 days }\n' },
];
const iso = (at: number): string => new Date(at).toISOString();

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish(SEGMENTS);
  for (const user of ['ada', 'bob', 'eve']) await server.identify(user, { email: `${user}@example.com` });
  await server.track('ada', 'Order Completed', { order_id: 'o1', total: 5, currency: 'EUR' });
  await server.passTo(START + 2 * DAY_MS);
  await server.track('bob', 'Order Completed', { order_id: 'o2', total: 5, currency: 'EUR' });
  await server.passTo(START + 8 * DAY_MS);
});
afterAll(() => server.close());

interface Page<T> { items: T[]; next: string | null }

describe('segments', () => {
  it('say whether they are current and how their size changed day by day', async () => {
    expect(await server.get('/api/segments')).toMatchObject({ items: [{ key: 'buyers', state: 'current', members: 2 }, { key: 'recent', state: 'current', members: 1 }] });
    const recent = await server.get<{ days: { day: string; members: number; entered: number; left: number }[] }>('/api/segments/recent?days=10');
    expect(recent).toMatchObject({ key: 'recent', name: 'Recent', version: 1, members: 1, state: 'current', backfill: null });
    expect(recent.days.map(({ members }) => members)).toEqual([0, 1, 1, 2, 2, 2, 2, 2, 1, 1]);
    expect(recent.days.filter(({ entered, left }) => entered + left > 0)).toEqual([
      { day: '2026-03-01', members: 1, entered: 1, left: 0 }, { day: '2026-03-03', members: 2, entered: 1, left: 0 }, { day: '2026-03-08', members: 1, entered: 0, left: 1 },
    ]);
  });

  it('know who was inside at a past moment', async () => {
    const emailsAt = async (at: number): Promise<string[]> =>
      (await server.get<Page<{ email: string }>>(`/api/segments/recent/members?at=${iso(at)}`)).items.map(({ email }) => email).sort();
    expect(await emailsAt(START - 1)).toEqual([]);
    expect(await emailsAt(START + DAY_MS)).toEqual(['ada@example.com']);
    expect(await emailsAt(START + 3 * DAY_MS)).toEqual(['ada@example.com', 'bob@example.com']);
    expect(await emailsAt(START + 8 * DAY_MS)).toEqual(['bob@example.com']);
    const paged = await server.get<Page<object>>(`/api/segments/recent/members?limit=1&at=${iso(START + 3 * DAY_MS)}`);
    const rest = await server.get<Page<object>>(`/api/segments/recent/members?limit=1&at=${iso(START + 3 * DAY_MS)}&cursor=${paged.next!}`);
    expect([paged.items.length, rest.items.length]).toEqual([1, 1]);
  });

  it('tell when and why a contact entered and left, and what holds now', async () => {
    const ada = await server.contact('ada');
    const ordered = { kind: 'event', name: 'Order Completed', id: 'item-4' };
    const spans = await server.get<Page<{ segment: string; enteredAt: string; enteredBy: object; leftAt: string | null; leftBy: object | null }>>(`/api/contacts/${ada}/segments`);
    expect(spans.items.map(({ segment, enteredAt, enteredBy, leftAt, leftBy }) => [segment, enteredAt, enteredBy, leftAt, leftBy])).toEqual([
      ['recent', iso(START), ordered, iso(START + 7 * DAY_MS + 1), { kind: 'time' }], ['buyers', iso(START), ordered, null, null],
    ]);
    expect(await server.get(`/api/segments/recent/contacts/${ada}`)).toMatchObject({
      inside: false, since: null, state: 'current', explanation: { observed: 0, holds: false }, spans: [{ segment: 'recent', leftAt: iso(START + 7 * DAY_MS + 1) }],
    });
    expect(await server.get(`/api/segments/buyers/contacts/${ada}`)).toMatchObject({ inside: true, since: iso(START), explanation: { observed: 1, holds: true } });
    expect(await server.get(`/api/segments/buyers/contacts/${await server.contact('eve')}`)).toMatchObject({ inside: false, spans: [], explanation: { observed: 0, holds: false } });
  });

  it('keep their history when they are taken away', async () => {
    await server.publish([{ path: 'segments/short.yaml', text: 'segment: short\nname: Short\nmatch: { event: Order Completed }\n' }]);
    await server.passTo(START + 9 * DAY_MS);
    await server.publish(SEGMENTS, { prune: true });
    await server.passTo(START + 10 * DAY_MS);
    expect((await server.call('GET', '/api/segments/short')).status).toBe(404);
    expect((await server.call('GET', '/api/segments/short/members')).status).toBe(404);
    const then = await server.get<Page<object>>(`/api/segments/short/members?at=${iso(START + 8 * DAY_MS + 1_000)}`);
    expect(then.items).toHaveLength(2);
    const spans = await server.get<Page<object>>(`/api/contacts/${await server.contact('ada')}/segments?segment=short`);
    expect(spans.items).toMatchObject([{ enteredBy: { kind: 'definition', version: 2 }, leftBy: { kind: 'definition', version: 3 } }]);
    expect((await server.get<Page<object>>(`/api/segments/short/members?at=${iso(START + 10 * DAY_MS)}`)).items).toEqual([]);
  });

  it('refuse what makes no sense', async () => {
    const ada = await server.contact('ada');
    const answers = await Promise.all([
      '/api/segments/nothing', '/api/segments/nothing/members', `/api/segments/nothing/members?at=${iso(START)}`, `/api/segments/nothing/contacts/${ada}`,
      '/api/segments/buyers/contacts/00000000-0000-8000-8000-000000000000', '/api/segments/buyers/contacts/ada',
      `/api/segments/buyers/members?at=${iso(START + 365 * DAY_MS)}`, '/api/segments/buyers/members?at=yesterday', '/api/segments/buyers?days=401', `/api/contacts/${ada}/segments?cursor=x`,
    ].map(async (url) => (await server.call('GET', url)).status));
    expect(answers).toEqual([404, 404, 404, 404, 404, 400, 400, 400, 400, 400]);
    expect((await server.call('GET', `/api/segments/buyers/members?at=${iso(START + 365 * DAY_MS)}`)).json).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/querystring/at' }] });
  });
});
