import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const iso = (at: number): string => new Date(at).toISOString();

const score = (points: number): { path: string; text: string } => ({
  path: 'scores/engagement.yaml',
  text: `score: engagement
name: Engagement
main: true
hysteresis: 4
bands:
  - band: cold
  - band: warm
    name: Warm
    from: 20
  - band: hot
    from: 60
rules:
  - event: Product Viewed
    points: ${points}
    half-life: 1 day
    at most: 70
    label: Looks at products
  - when:
      trait: employees
      less than: 5
    points: -30
    label: Too small to buy
`,
});
const FILES = [
  score(10),
  { path: 'personas/shoppers.yaml', text: 'personas: shoppers\nname: Kinds of shoppers\nchoose:\n  - persona: keen\n    name: Keen\n    when: { score: engagement, band: hot }\notherwise: browser\n' },
  { path: 'segments/cold.yaml', text: 'segment: cold\nname: Cold\nmatch: { score: engagement, band: cold }\n' },
];
const GREETING = [
  { path: 'segments/hot.yaml', text: 'segment: hot\nname: Hot\nmatch: { score: engagement, band: hot }\n' },
  { path: 'journeys/greet.yaml', text: 'journey: greet\nname: Greet\ntrigger: { enters: hot }\nsteps:\n  - tag: greeted\n' },
];

interface Scores {
  temperature: string | null;
  state: string;
  profiling: { allowed: boolean; reason: string | null };
  scores: { value: number | null; band: { key: string; name: string; since: string | null } | null; next: { at: string; band: string } | null; lines: { points: number; uncapped: number }[] }[];
  personas: { set: string; persona: { key: string; since: string } | null }[];
}

let server: TestServer;

const scoresOf = async (user: string, at?: number): Promise<Scores> => server.get(`/api/contacts/${await server.contact(user)}/scores${at === undefined ? '' : `?at=${iso(at)}`}`);
const view = async (user: string, times: number): Promise<void> => {
  for (let n = 0; n < times; n += 1) await server.track(user, 'Product Viewed', {});
};

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish(FILES);
  for (const [user, traits] of Object.entries({ ada: { country: 'US' }, bob: { country: 'DE' }, eve: { country: 'US', employees: 3 } })) {
    await server.identify(user, { email: `${user}@example.com`, ...traits });
    await view(user, 8);
  }
});
afterAll(() => server.close());

describe('scores of a contact', () => {
  it('say line by line what they are made of, and what comes next', async () => {
    const ada = await scoresOf('ada');
    expect(ada).toMatchObject({ temperature: 'hot', state: 'current', profiling: { allowed: true } });
    expect(ada.scores).toMatchObject([{ value: 70, band: { key: 'hot', since: iso(START) }, lines: [{ label: 'Looks at products', points: 70, uncapped: 80, cap: 70, behaviour: { each: 10, level: 8 } }, { label: 'Too small to buy', points: 0, fit: { holds: false } }] }]);
    // 80 points fade to the 56 at which hot is left; the cap does not matter any more then.
    expect(Date.parse(ada.scores[0]!.next!.at)).toBe(Math.ceil(START + Math.log2(80 / 56) * DAY_MS));
    expect(ada.personas).toMatchObject([{ set: 'shoppers', persona: { key: 'keen', name: 'Keen', since: iso(START) } }]);
    expect(await server.get(`/api/contacts/${await server.contact('ada')}`)).toMatchObject({
      segments: [], standing: { temperature: 'hot', score: { engagement: 70 }, band: { engagement: 'hot' }, persona: { shoppers: 'keen' } },
    });
    expect((await scoresOf('eve')).scores).toMatchObject([{ value: 40, band: { key: 'warm', name: 'Warm' }, lines: [{ points: 70 }, { points: -30, fit: { holds: true, observed: 3 } }] }]);
  });

  it('are none where no profile may be made, until the contact agrees', async () => {
    expect(await scoresOf('bob')).toMatchObject({
      temperature: null, profiling: { allowed: false, reason: 'no_consent', rule: 'europe: profiling opt-in' }, scores: [{ value: null, band: null, lines: [] }], personas: [{ persona: null }],
    });
    await server.track('bob', 'Consent Granted', { purpose: 'profiling' });
    expect(await scoresOf('bob')).toMatchObject({ temperature: 'hot', personas: [{ persona: { key: 'keen' } }] });
    await server.track('bob', 'Consent Withdrawn', { purpose: 'profiling' });
    expect(await scoresOf('bob')).toMatchObject({ temperature: null, profiling: { reason: 'withdrawn' } });
  });

  it('change by time alone, know since when, and remember how they were', async () => {
    await server.passTo(START + 3 * DAY_MS);
    const left = Math.ceil(START + Math.log2(80 / 56) * DAY_MS);
    const cold = Math.ceil(START + Math.log2(80 / 16) * DAY_MS);
    expect(await scoresOf('ada')).toMatchObject({ temperature: 'cold', scores: [{ value: 10, band: { key: 'cold', since: iso(cold) }, next: null }], personas: [{ persona: { key: 'browser', since: iso(left) } }] });
    expect(await scoresOf('ada', START + DAY_MS)).toMatchObject({
      at: iso(START + DAY_MS), temperature: 'warm', scores: [{ value: 40, band: { key: 'warm', since: iso(left) }, next: { at: iso(cold), band: 'cold' } }], personas: [{ persona: { key: 'browser', since: iso(left) } }],
    });
    expect(await scoresOf('bob', START)).toMatchObject({ temperature: null });
    const ada = await server.contact('ada');
    expect((await server.call('GET', `/api/contacts/${ada}/scores?at=${iso(START - DAY_MS)}`)).status).toBe(404);
    expect((await server.call('GET', `/api/contacts/${ada}/scores?at=${iso(START + 9 * DAY_MS)}`)).status).toBe(400);
  });
});

describe('new rules', () => {
  it('score the history anew and start nothing', async () => {
    await view('ada', 2);
    await server.publish(GREETING);
    expect(await server.get('/api/scores')).toMatchObject({ items: [{ key: 'engagement', version: 1, main: true, state: 'current', bands: [{ band: 'cold', contacts: null }, { band: 'warm', contacts: 1 }, { band: 'hot', contacts: 0 }] }] });
    await server.publish([score(40)]);
    await server.passTo(START + 3 * DAY_MS + 1_000);
    expect((await scoresOf('ada')).temperature).toBe('hot');
    expect(await server.get(`/api/contacts/${await server.contact('ada')}`)).toMatchObject({ tags: [] });
    expect(await server.get('/api/scores/engagement')).toMatchObject({ version: 2, bands: [{}, { contacts: 0 }, { contacts: 1 }], definition: { hysteresis: 4 } });
    const hot = await server.get<{ items: { email: string }[] }>('/api/scores/engagement/bands/hot/contacts');
    expect(hot.items.map(({ email }) => email)).toEqual(['ada@example.com']);
    await view('eve', 3);
    expect(await server.get(`/api/contacts/${await server.contact('eve')}`)).toMatchObject({ tags: [] });
  });

  it('start journeys for whoever comes into a band afterwards', async () => {
    await server.identify('eve', { employees: 50 });
    expect(await scoresOf('eve')).toMatchObject({ temperature: 'hot' });
    expect(await server.get(`/api/contacts/${await server.contact('eve')}`)).toMatchObject({ tags: ['greeted'] });
  });

  it('are counted by persona, too', async () => {
    expect(await server.get('/api/personas')).toMatchObject({ items: [{ key: 'shoppers', personas: [{ persona: 'keen', contacts: 2 }, { persona: 'browser', contacts: 0 }] }] });
    expect((await server.get<{ items: object[] }>('/api/personas/shoppers/keen/contacts')).items).toHaveLength(2);
    expect((await server.call('GET', '/api/personas/shoppers/nobody/contacts')).status).toBe(404);
    expect((await server.call('GET', '/api/scores/engagement/bands/cold/contacts')).status).toBe(404);
  });
});
