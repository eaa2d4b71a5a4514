import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const PEOPLE = 60;
const BUYERS = { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch: { event: Order Completed }\n' };
const GREET = { path: 'journeys/greet.yaml', text: 'journey: greet\nname: Greet\ntrigger: { enters: keen }\nsteps:\n  - tag: greeted\n' };

interface Count { id: string; state: string; members: number; contacts: { done: number; of: number } }
interface Preview {
  estimate: { members: number; low: number; high: number; exact: boolean; sampled: number; hits: number; contacts: number };
  members: { contactId: string; email: string | null; userId: string | null; name: string | null }[];
  count: Count;
}

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish([BUYERS]);
  for (let n = 0; n < PEOPLE; n += 1) {
    await server.identify(`u${n}`, { email: `u${n}@example.com`, first_name: 'Ada', last_name: String(n), plan: n % 2 === 0 ? 'pro' : 'basic' });
    for (let views = 0; views < n % 3; views += 1) await server.track(`u${n}`, 'Product Viewed', { price: 10 * n });
    if (n % 4 === 0) await server.track(`u${n}`, 'Order Completed', { order_id: `o${n}`, total: 5, currency: 'EUR' });
  }
  await server.track('u1', 'Product Viewed', { price: 900 });
  await server.passTo(START + DAY_MS);
});
afterAll(() => server.close());

const segment = (match: string, key = 'keen'): { definition: string } => ({ definition: `segment: ${key}\nname: Keen\nmatch: ${match}\n` });

async function counted(id: string): Promise<Count> {
  let found: Count | null = null;
  await expect.poll(async () => {
    found = await server.get<Count & Record<string, unknown>>(`/api/segments/preview/${id}`);
    return found.state;
  }, { timeout: 10_000 }).toBe('done');
  return found!;
}

/** Of a preview; and of the segment itself, once it is published and everybody has been looked at. */
async function compare(match: string): Promise<{ previewed: number; published: number }> {
  const preview = await server.done<Preview>('POST', '/api/segments/preview', segment(match));
  const { members } = await counted(preview.count.id);
  expect(preview.estimate).toMatchObject({ members, low: members, high: members, exact: true, sampled: PEOPLE, contacts: PEOPLE });
  await server.publish([{ path: 'segments/keen.yaml', text: segment(match).definition }]);
  const published = (await server.get<{ members: number }>('/api/segments/keen')).members;
  await server.publish([BUYERS], { prune: true });
  return { previewed: members, published };
}

describe('the preview of a segment', () => {
  it('counts whom the segment will have, whatever contacts did not keep so far', async () => {
    for (const [match, members] of [
      ['{ event: Product Viewed, times: at least 2 }', 21], ['{ event: Product Viewed, where: { price: { more than: 500 } } }', 7], ['{ trait: plan, is: pro }', 30],
      ['{ all: [{ segment: buyers }, { trait: plan, is: pro }] }', 15], ['{ none: [{ segment: buyers }] }', 45], ['{ event: Product Viewed, within: 1 hour }', 0],
    ] as const) {
      expect([match, await compare(match)]).toEqual([match, { previewed: members, published: members }]);
    }
  });

  it('shows some members and starts nothing', async () => {
    await server.publish([BUYERS]);
    const preview = await server.done<Preview>('POST', '/api/segments/preview', { ...segment('{ trait: plan, is: pro }'), members: 3 });
    expect(preview.members).toHaveLength(3);
    const n = Number(/^u(\d+)$/u.exec(preview.members[0]!.userId!)![1]);
    expect(preview.members[0]).toMatchObject({ email: `u${n}@example.com`, name: `Ada ${n}` });
    expect((await server.call('GET', '/api/segments/keen')).status).toBe(404);
    expect((await server.get<{ items: { name: string }[] }>('/api/segments')).items.map(({ name }) => name)).toEqual(['Buyers']);
    expect((await server.call('PUT', '/api/definitions', { files: [GREET], dryRun: true })).status).toBe(422);
  });

  it('is also of a segment that is published, and of one that is to replace it', async () => {
    const live = await server.done<Preview>('POST', '/api/segments/preview', { segment: 'buyers' });
    expect([live.estimate.members, (await counted(live.count.id)).members]).toEqual([15, 15]);
    const next = await server.done<Preview>('POST', '/api/segments/preview', segment('{ event: Order Completed, times: at least 2 }', 'buyers'));
    expect((await counted(next.count.id)).members).toBe(0);
  });

  it('can be stopped, and is of one workspace', async () => {
    const { count } = await server.done<Preview>('POST', '/api/segments/preview', { segment: 'buyers' });
    expect((await server.call('DELETE', `/api/segments/preview/${count.id}`)).status).toBe(204);
    expect((await server.call('GET', `/api/segments/preview/${count.id}`)).status).toBe(404);
    expect((await server.call('DELETE', `/api/segments/preview/${count.id}`)).status).toBe(404);
  });

  it('refuses what cannot be asked, and says why', async () => {
    const ask = async (body: object): Promise<unknown[]> => {
      const { status, json } = await server.call('POST', '/api/segments/preview', body);
      const { code, errors } = json as { code: string; errors?: { code?: string; line?: number }[] };
      return [status, code, ...(errors ?? []).slice(0, 1).map((error) => error.code ?? 'no code')];
    };
    expect(await ask({ segment: 'nothing' })).toEqual([404, 'not_found']);
    expect(await ask(segment('{ segment: nothing }'))).toEqual([422, 'definitions_invalid', 'unknown_segment']);
    expect(await ask(segment('{ segment: keen }'))).toEqual([422, 'definitions_invalid', 'segment_cycle']);
    expect(await ask({ definition: GREET.text })).toEqual([422, 'definitions_invalid', 'unknown_kind']);
    expect(await ask({ definition: 'segment: [' })).toEqual([422, 'definitions_invalid', expect.any(String)]);
    expect(await ask(segment('{ evnt: x }'))).toEqual([422, 'definitions_invalid', 'unknown_key']);
    expect((await ask({ segment: 'buyers', definition: 'both' }))[0]).toBe(400);
    expect((await ask({}))[0]).toBe(400);
    expect((await ask({ segment: 'buyers', members: 51 }))[0]).toBe(400);
  });
});
