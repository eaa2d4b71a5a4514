import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const FILES = [
  { path: 'workspace.yaml', text: 'workspace: Shop\nfrom: "Shop <shop@shop.example>"\n' },
  { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch: { event: Order Completed }\n' },
  { path: 'journeys/thanks.yaml', text: 'journey: thanks\nname: Thanks\ntrigger: { enters: buyers }\nre-entry: always\nsteps:\n  - set: { grade: gold }\n  - wait: 3 days\n' },
];
const iso = (at: number): string => new Date(at).toISOString();

interface Page<T> { items: T[]; next: string | null }
type Entry = { kind: string; title: string; at: string; id: string };

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish(FILES);
});
afterAll(() => server.close());

/** Sends an item in which a device and a user are named together. */
async function together(userId: string, anonymousId: string, traits: object = {}): Promise<void> {
  await server.send({ type: 'identify', userId, anonymousId, traits });
  await server.settle();
}

async function behind(query: string): Promise<string> {
  await server.settle();
  return (await server.get<Page<{ id: string }>>(`/api/contacts?${query}`)).items[0]!.id;
}

describe('a merge that is undone', () => {
  it('gives each what is its own, keeps the stricter consent on both, counts orders once and lets nobody enter a journey again', async () => {
    await server.send({ type: 'identify', anonymousId: 'device', traits: { consent: true, colour: 'red', email: 'tom@example.com' } });
    await server.send({ type: 'track', anonymousId: 'device', event: 'Order Completed', properties: { order_id: 'o1', total: 10, currency: 'EUR' } });
    await server.send({ type: 'identify', userId: 'ada', traits: { consent: false, colour: 'blue', email: 'ada@example.com' } });
    await server.settle();
    const tom = await behind('anonymousId=device');
    const ada = await server.contact('ada');
    await together('ada', 'device');
    expect(await behind('anonymousId=device')).toBe(ada);
    await server.send({ type: 'track', anonymousId: 'device', event: 'Order Completed', properties: { order_id: 'o2', total: 20, currency: 'EUR' } });
    await server.send({ type: 'track', userId: 'ada', event: 'Looked', properties: {} });
    await server.settle();
    const parts = await server.get<{ parts: { id: string; identifier: object; hasHistory: boolean }[] }>(`/api/contacts/${ada}/parts`);
    expect(parts.parts).toContainEqual({ id: tom, identifier: { kind: 'anonymous', value: 'device' }, joinedTo: ada, hasHistory: true });
    expect(await server.get(`/api/contacts/${ada}`)).toMatchObject({ segments: [{ segment: 'buyers' }], traits: { grade: 'gold' } });

    expect((await server.call('POST', `/api/contacts/${ada}/unmerge`, { mergedId: tom, reason: 'Tom used her phone', by: 'eve' })).status).toBe(202);
    await server.settle();
    const [hers, his] = [await server.get(`/api/contacts/${ada}`), await server.get(`/api/contacts/${tom}`)];
    expect(his).toMatchObject({ id: tom, traits: { colour: 'red', email: 'tom@example.com', grade: 'gold' }, segments: [{ segment: 'buyers' }], consents: [{ state: 'withdrawn' }] });
    expect((his as { orders: { orderId: string }[] }).orders.map(({ orderId }) => orderId).toSorted()).toEqual(['o1', 'o2']);
    expect(hers).toMatchObject({ id: ada, traits: { colour: 'blue', email: 'ada@example.com' }, segments: [], orders: [], consents: [{ state: 'withdrawn' }] });
    expect((his as { enrollments: object[] }).enrollments).toMatchObject([{ journey: 'thanks', status: 'active' }]);
    const journey = await server.get<{ totals: Record<string, number> }>('/api/stats?journey=thanks');
    expect(JSON.stringify(journey)).toContain('"entered":1');
    expect((await server.get<Page<Entry>>(`/api/contacts/${ada}/timeline?kind=decision`)).items.map(({ title }) => title))
      .toContain('A contact that had been merged into this one was taken out again, by eve: Tom used her phone.');
    expect((await server.get<Page<object>>('/api/segments/buyers/members')).items).toMatchObject([{ contactId: tom }]);
  });

  it('keeps both apart, until somebody says otherwise in so many words', async () => {
    const [ada, tom] = [await server.contact('ada'), await behind('anonymousId=device')];
    await together('ada', 'device');
    expect(await behind('anonymousId=device')).toBe(tom);
    expect(await server.get(`/api/contacts/${ada}/parts`)).toMatchObject({ keptApart: [tom] });
    await server.send({ type: 'alias', userId: 'ada', previousId: 'device' });
    await server.settle();
    expect((await server.get<{ id: string }>(`/api/contacts/${ada}`)).id).toBe(ada);
  });

  it('is refused for what is no part of the contact', async () => {
    const ada = await server.contact('ada');
    expect(await server.call('POST', `/api/contacts/${ada}/unmerge`, { mergedId: ada })).toMatchObject({ status: 409, json: { code: 'conflict' } });
    expect((await server.call('POST', `/api/contacts/${ada}/unmerge`, { mergedId: 'nobody' })).status).toBe(400);
  });
});

describe('traits', () => {
  it('say what they are, since when, and who told them', async () => {
    const before = START + DAY_MS;
    await server.passTo(before);
    await server.identify('sara', { plan: 'free', seats: 2, joined: '2026-01-02', tags: ['a'] });
    await server.passTo(before + DAY_MS);
    await server.identify('sara', { plan: 'pro', seats: 2 });
    await server.track('sara', 'Order Completed', { order_id: 's1', total: 1 });
    const sara = await server.contact('sara');
    const { items } = await server.get<Page<{ name: string; type: string; since: string; source: { kind: string } }>>(`/api/contacts/${sara}/traits`);
    expect(items.map(({ name, type }) => [name, type])).toEqual([['grade', 'text'], ['joined', 'date'], ['plan', 'text'], ['seats', 'number'], ['tags', 'list']]);
    expect(items.find(({ name }) => name === 'seats')).toMatchObject({ value: 2, since: iso(before), verified: true, source: { kind: 'event', by: 'server' } });
    expect(items.find(({ name }) => name === 'grade')).toMatchObject({ source: { kind: 'step', journey: 'thanks' } });
    const first = await server.get<Page<object>>(`/api/contacts/${sara}/traits/plan/history?limit=1`);
    const rest = await server.get<Page<object>>(`/api/contacts/${sara}/traits/plan/history?limit=1&cursor=${first.next!}`);
    expect([...first.items, ...rest.items]).toMatchObject([{ before: 'free', after: 'pro', at: iso(before + DAY_MS) }, { before: null, after: 'free', at: iso(before) }]);
  });
});

describe('notes', () => {
  it('are written by somebody, stand in the timeline, and go again', async () => {
    const sara = await server.contact('sara');
    const note = await server.done<{ id: string }>('POST', `/api/contacts/${sara}/notes`, { text: 'گفت فردا زنگ بزنیم', by: 'Leila' });
    expect((await server.get<Page<Entry>>(`/api/contacts/${sara}/timeline?kind=note`)).items).toMatchObject([{ kind: 'note', title: 'Note by Leila', detail: { text: 'گفت فردا زنگ بزنیم' } }]);
    expect((await server.get<Page<object>>(`/api/contacts/${sara}/notes`)).items).toMatchObject([{ id: note.id, by: 'Leila' }]);
    expect((await server.call('DELETE', `/api/contacts/${sara}/notes/${note.id}`)).status).toBe(204);
    expect((await server.call('DELETE', `/api/contacts/${sara}/notes/${note.id}`)).status).toBe(404);
    expect((await server.call('POST', `/api/contacts/${sara}/notes`, { text: ' ' })).status).toBe(400);
  });
});

describe('addresses', () => {
  it('are several, one of them primary, and consent stays with the one that it was given for', async () => {
    await server.identify('nima', { email: 'nima@old.example', consent: true });
    await server.passTo(START + 3 * DAY_MS);
    await server.identify('nima', { email: 'Nima@new.example' });
    const nima = await server.contact('nima');
    const { items } = await server.get<Page<{ address: string; primary: boolean; consents: { state: string }[] }>>(`/api/contacts/${nima}/addresses`);
    expect(items.map(({ address, primary, consents }) => [address, primary, consents[0]?.state])).toEqual([['nima@new.example', true, 'elsewhere'], ['nima@old.example', false, 'granted']]);
    await server.passTo(START + 4 * DAY_MS);
    await server.done('PUT', `/api/contacts/${nima}/primary-address`, { address: 'NIMA@old.example' });
    await server.settle();
    expect(await server.get(`/api/contacts/${nima}`)).toMatchObject({ email: 'nima@old.example', consents: [{ holds: true }] });
    expect((await server.get<Page<{ name: string }>>(`/api/contacts/${nima}/traits`)).items).toMatchObject([{ name: 'email', source: { by: 'api' } }]);
    expect((await server.call('PUT', `/api/contacts/${nima}/primary-address`, { address: 'other@example.com' })).status).toBe(409);
  });
});

describe('the timeline', () => {
  it('shows only the kinds that are asked for, and pages through them without loss', async () => {
    const sara = await server.contact('sara');
    const all = (await server.get<Page<Entry>>(`/api/contacts/${sara}/timeline?limit=500`)).items;
    for (const kinds of ['event', 'segment', 'trait', 'decision', 'trait,event', 'decision,segment']) {
      const wanted = all.filter(({ kind }) => kinds.split(',').includes(kind)).map(({ id }) => id).toSorted();
      const found: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: Page<Entry> = await server.get(`/api/contacts/${sara}/timeline?limit=2&kind=${kinds}${next === '' ? '' : `&cursor=${next}`}`);
        found.push(...page.items.map(({ id }) => id));
        next = page.next;
      }
      expect([kinds, found.toSorted()]).toEqual([kinds, wanted]);
      expect(wanted.length).toBeGreaterThan(0);
    }
    expect((await server.call('GET', `/api/contacts/${sara}/timeline?kind=gossip`)).status).toBe(400);
  });
});

describe('the schema', () => {
  const schema = { path: 'schemas/contacts.yaml', text: 'schema: contacts\ntraits:\n  size: number\n  level: { type: text, values: [low, high] }\n  born: { type: date, personal: true }\n' };
  interface SchemaTrait { name: string; conflict: boolean; types: object[]; refused: object[]; declared: object | null; examples: { contactId: string; type: string; refused: boolean }[] }
  const traitOf = async (name: string): Promise<SchemaTrait> => (await server.get<{ items: SchemaTrait[] }>('/api/schema')).items.find((one) => one.name === name)!;

  it('learns which types each trait has, and shows who disagrees', async () => {
    await server.identify('one', { size: 38, 'seen-2026-01-02': 1 });
    await server.identify('two', { size: 39 });
    await server.identify('three', { size: 'XL' });
    const three = await server.contact('three');
    expect(await traitOf('size')).toMatchObject({ conflict: true, declared: null, types: [{ type: 'number', contacts: 2 }, { type: 'text', contacts: 1 }] });
    expect((await traitOf('size')).examples).toContainEqual({ type: 'text', refused: false, contactId: three });
    expect(await server.get('/api/schema')).toMatchObject({ others: 1 });
    await server.passTo(START + 5 * DAY_MS);
    await server.identify('three', { size: 40 });
    await server.settle();
    expect(await traitOf('size')).toMatchObject({ conflict: false, types: [{ type: 'number', contacts: 3 }] });
  });

  it('refuses values of other types than declared, for that trait only, and says so', async () => {
    await server.publish([schema]);
    await server.passTo(START + 6 * DAY_MS);
    await server.identify('four', { size: '41', level: 'middle', born: '1990-02-03', colour: 'green' });
    const four = await server.contact('four');
    expect(await server.get(`/api/contacts/${four}`)).toMatchObject({ traits: { born: '1990-02-03', colour: 'green' } });
    expect(Object.keys((await server.get<{ traits: object }>(`/api/contacts/${four}`)).traits).toSorted()).toEqual(['born', 'colour']);
    const { items } = await server.get<Page<Entry>>(`/api/contacts/${four}/timeline?kind=decision`);
    expect(items.map(({ title }) => title).toSorted()).toEqual(['level was not set to "middle", since the schema does not list that value.', 'size was not set to "41", since the schema wants number.']);
    expect(await traitOf('size')).toMatchObject({ conflict: true, declared: { schema: 'contacts', type: 'number' }, refused: [{ type: 'text', times: 1 }] });
    expect((await traitOf('size')).examples).toContainEqual({ type: 'text', refused: true, contactId: four });
    await server.passTo(START + 7 * DAY_MS);
    await server.identify('four', { size: 41, level: 'high' });
    await server.settle();
    expect(await server.get(`/api/contacts/${four}`)).toMatchObject({ traits: { size: 41, level: 'high' } });
  });
});
