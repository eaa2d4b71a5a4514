import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish([
    { path: 'workspace.yaml', text: 'workspace: Shop\nretention: { events: { Seen: 10 days } }\n' },
    { path: 'segments/ever.yaml', text: 'segment: ever\nmatch: { event: Seen, times: at least 2 }\n' },
    { path: 'segments/lately.yaml', text: 'segment: lately\nmatch: { event: Seen, within: 5 days }\n' },
  ]);
  await server.track('ada', 'Seen');
  await server.passTo(START + 20 * DAY_MS);
});
afterAll(() => server.close());

it('says since when a segment knows all that it counts, and goes on counting what is gone', async () => {
  expect(await server.get('/api/segments/lately')).toMatchObject({ exactSince: null });
  expect(await server.get('/api/segments/ever')).toMatchObject({ exactSince: new Date(START - 10 * DAY_MS).toISOString(), members: 0 });
  const ada = await server.contact('ada');
  expect((await server.get<{ items: { kind: string }[] }>(`/api/contacts/${ada}/timeline`)).items.filter(({ kind }) => kind === 'event')).toEqual([]);
  await server.track('ada', 'Seen');
  await server.settle();
  expect(await server.get('/api/segments/ever')).toMatchObject({ members: 1 });
  await server.publish([{ path: 'segments/later.yaml', text: 'segment: later\nmatch: { event: Seen, times: at least 9 }\n' }]);
  expect(await server.get('/api/segments/later')).toMatchObject({ exactSince: new Date(START + 10 * DAY_MS).toISOString(), members: 0 });
});
