import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const FILES = [
  { path: 'computed-traits/favourite.yaml', text: 'computed trait: favourite\nevent: Product Viewed\nmost frequent: category\n' },
  { path: 'computed-traits/views_this_week.yaml', text: 'computed trait: views_this_week\nevent: Product Viewed\nwithin: 7 days\n' },
  { path: 'segments/tea.yaml', text: 'segment: tea\nmatch:\n  - { trait: favourite, is: tea }\n  - { trait: views_this_week, at least: 2 }\n' },
];

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.identify('sara', { email: 'sara@example.com' });
  for (const category of ['tea', 'tea', 'coffee']) await server.track('sara', 'Product Viewed', { category });
  await server.passTo(START + 1000);
});
afterAll(() => server.close());

interface Shown { computedTraits: unknown; segments: { segment: string }[] }

async function sara(): Promise<{ computedTraits: unknown; segments: string[] }> {
  const { items } = await server.get<{ items: { id: string }[] }>('/api/contacts?userId=sara');
  const { computedTraits, segments } = await server.get<Shown & Record<string, unknown>>(`/api/contacts/${items[0]!.id}`);
  return { computedTraits, segments: segments.map(({ segment }) => segment) };
}

it('computed traits are told of events that were there before them, are traits to segments, and change as time goes by', async () => {
  await server.publish(FILES);
  await server.passTo(START + 2000);
  await expect.poll(sara, { timeout: 10_000 }).toEqual({ computedTraits: { favourite: 'tea', views_this_week: 3 }, segments: ['tea'] });
  await server.passTo(START + 8 * DAY_MS);
  expect(await sara()).toEqual({ computedTraits: { favourite: 'tea', views_this_week: 0 }, segments: [] });
});

it('a changed figure over the same events is applied to everybody', async () => {
  const spent = (figure: string): { path: string; text: string } => ({ path: 'computed-traits/spent.yaml', text: `computed trait: spent\nevent: Order Placed\n${figure}: total\n` });
  for (const total of [10, 20]) await server.track('sara', 'Order Placed', { total });
  await server.publish([spent('largest of'), { path: 'segments/big.yaml', text: 'segment: big\nmatch: { trait: spent, at least: 15 }\n' }]);
  await server.passTo(START + 9 * DAY_MS);
  await expect.poll(sara, { timeout: 10_000 }).toMatchObject({ computedTraits: { spent: 20 }, segments: ['big'] });
  await server.publish([spent('smallest of')]);
  await server.passTo(START + 10 * DAY_MS);
  await expect.poll(sara, { timeout: 10_000 }).toMatchObject({ computedTraits: { spent: 10 }, segments: [] });
});

it('what core cannot decide by is refused with its place, not published', async () => {
  for (const [match, code] of [['{ trait: favourite, is: tea, for at least: 7 days }', 'period_not_possible'], ['{ event: x, times: at least 5000 }', 'invalid_times']]) {
    const { status, json } = await server.call('PUT', '/api/definitions', { files: [{ path: 'segments/bad.yaml', text: `segment: bad\nmatch: ${match}\n` }] });
    expect([status, json]).toMatchObject([422, { errors: [{ code, file: 'segments/bad.yaml' }] }]);
  }
});
