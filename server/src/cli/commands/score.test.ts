import { afterEach, describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { fakeAdminApi, type FakeAdminApi } from '../testing/fake-admin-api.ts';
import { recordedIo } from '../testing/recorded-io.ts';

let api: FakeAdminApi | null = null;
afterEach(async () => { await api?.close(); });

const SCORES = {
  state: 'current', profiling: { allowed: true }, personas: [{ set: 'shoppers', name: 'Kinds of shoppers', persona: { name: 'Keen', since: '2026-03-01T09:00:00.000Z' } }],
  scores: [{
    name: 'Engagement', value: 40, band: { name: 'Warm', since: '2026-03-01T09:00:00.000Z' }, next: { at: '2026-03-02T19:00:00.000Z', band: 'cold' },
    lines: [
      { label: 'Looks at products', points: 70, uncapped: 80, cap: 70, behaviour: { level: 8, each: 10 }, fit: null },
      { label: 'Too small to buy', points: -30, uncapped: -30, cap: null, behaviour: null, fit: { holds: true } },
    ],
  }],
};
const PEOPLE = { items: [{ id: 'c1', userId: 'ada', email: null }] };

async function score(args: string[], answer: object, people: object = PEOPLE): Promise<{ code: number; out: string; err: string; asked: string[] }> {
  api = await fakeAdminApi(({ path }) => ({ status: 200, body: path.startsWith('/api/contacts?') ? people : answer }));
  const io = recordedIo('.', { env: { SAMOVAR_URL: api.url, SAMOVAR_KEY: 'k' } });
  const code = await main(['score', ...args], io);
  return { code, ...io.written, asked: api.exchanges.map(({ path }) => path) };
}

describe('samovar score', () => {
  it('says line by line what a contact\'s score is made of', async () => {
    const { code, out } = await score(['ada'], SCORES);
    expect(code).toBe(0);
    expect(out).toBe(`Engagement: 40 points, Warm since 2026-03-01T09:00:00.000Z
         70  Looks at products  (8 × 10, at most 70)
        -30  Too small to buy  (so it is)
  cold from 2026-03-02T19:00:00.000Z if nothing happens

Kinds of shoppers: Keen, since 2026-03-01T09:00:00.000Z
`);
  });

  it('asks for a past time, and prints JSON', async () => {
    const { out, asked } = await score(['ada', '--at', '2026-03-01T09:00:00Z', '--json'], SCORES);
    expect([JSON.parse(out), asked.at(-1)]).toEqual([SCORES, '/api/contacts/c1/scores?at=2026-03-01T09%3A00%3A00Z']);
  });

  it('says why there is no score', async () => {
    const none = { ...SCORES, profiling: { allowed: false, reason: 'no_consent', rule: 'europe: profiling opt-in' }, scores: [{ ...SCORES.scores[0], value: null, band: null, next: null, lines: [] }], personas: [] };
    expect((await score(['ada'], none)).out).toBe('No profile may be made of this contact: no_consent (europe: profiling opt-in).\n\nEngagement: not scored\n');
  });

  it('fails where there is no such contact, and asks for one', async () => {
    expect(await score(['eve'], SCORES, { items: [] })).toMatchObject({ code: 1, err: expect.stringContaining('There is no contact eve.') });
    expect((await score([], SCORES)).code).toBe(2);
  });
});
