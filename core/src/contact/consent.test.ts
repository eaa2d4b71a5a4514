import { describe, expect, it } from 'vitest';
import { SARA, SOME_ID, START, SmallWorld } from '../testing/small-world.ts';
import type { ConsentChange } from './consent-changes.ts';
import { hasConsent, writeConsent } from './consent.ts';
import { newContact } from './contact-state.ts';

const change = (state: ConsentChange['state'], topic: string | null = null): ConsentChange => ({ purpose: 'marketing', channel: 'email', topic, state, address: null, confirmed: false, proof: {} });
const confirmed = (one: ConsentChange): ConsentChange => ({ ...one, confirmed: true });
const forAddress = (address: string): ConsentChange => ({ ...change('granted'), address });

function permutations<T>(items: T[]): T[][] {
  return items.length === 0 ? [[]] : items.flatMap((one, index) => permutations(items.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}

describe('consent', () => {
  const state = (...given: [ConsentChange, number][]): ReturnType<typeof newContact> => {
    const contact = newContact(SOME_ID, 1, SARA, 0);
    for (const [one, at] of given) writeConsent(contact, one, at);
    return contact;
  };

  const sara = (...given: [ConsentChange, number][]): ReturnType<typeof newContact> => {
    const contact = newContact(SOME_ID, 1, SARA, 0);
    contact.traits.email = { value: 'Sara@x.co', at: 0, tie: 0, verified: true, since: 0 };
    for (const [one, at] of given) writeConsent(contact, one, at);
    return contact;
  };

  it('of silence is none; a withdrawal of the channel or the topic forbids, a grant of either allows', () => {
    const allowed = (...given: [ConsentChange, number][]): [boolean, boolean] => [hasConsent(state(...given), 'email', null), hasConsent(state(...given), 'email', 'news')];
    expect(allowed()).toEqual([false, false]);
    expect(allowed([change('granted'), 1])).toEqual([true, true]);
    expect(allowed([change('granted', 'news'), 1])).toEqual([false, true]);
    expect(allowed([change('granted'), 1], [change('withdrawn', 'news'), 1])).toEqual([true, false]);
    expect(allowed([change('withdrawn'), 1], [change('granted', 'news'), 2])).toEqual([false, false]);
  });

  it('is the latest by when it was given, and of one instant the withdrawal, in any order of arrival', () => {
    for (const [given, expected] of [
      [[[change('granted'), 2], [change('withdrawn'), 1]], 'granted'], [[[change('granted'), 1], [change('withdrawn'), 2]], 'withdrawn'], [[[change('granted'), 1], [change('withdrawn'), 1]], 'withdrawn'],
    ] as [[ConsentChange, number][], string][]) {
      expect(state(...given).consents.email?.state).toBe(expected);
      expect(state(...given.toReversed()).consents.email?.state).toBe(expected);
    }
  });

  it('outlives a withdrawal of the whole channel before it only where the owner of the address confirmed the topic', () => {
    const after = (topic: ConsentChange): boolean => hasConsent(sara([change('granted'), 1], [change('withdrawn'), 5], [topic, 6]), 'email', 'news');
    expect([after(change('granted', 'news')), after(confirmed(change('granted', 'news')))]).toEqual([false, true]);
    expect(hasConsent(sara([confirmed(change('granted', 'news')), 6], [change('withdrawn'), 7]), 'email', 'news')).toBe(false);
    expect(hasConsent(sara([confirmed(change('granted', 'news')), 6], [change('withdrawn'), 5]), 'email', null)).toBe(false);
    // What one address confirmed is nothing to another.
    const other = { ...confirmed(change('granted', 'news')), address: 'other@x.co' };
    expect(hasConsent(sara([other, 6], [change('withdrawn'), 5], [change('granted', 'news'), 7]), 'email', 'news')).toBe(false);
  });

  it('cannot be given by a browser, nor taken', () => {
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, { consent: true }, { trusted: false }));
    expect([w.world.contact(SARA)?.consents, w.decisions('consent_ignored')]).toEqual([{}, ['consent_ignored untrusted_key']]);
    w.feed(w.events.identify(START, { consent: true }));
    w.feed(w.events.track(START + 1, 'Consent Withdrawn', {}, { trusted: false }));
    expect(w.world.contact(SARA)?.consents.email?.state).toBe('granted');
    expect(w.world.contact(SARA)?.traits).toEqual({});
  });

  it('has the same outcome in every order of arrival, whichever addresses it is for', () => {
    const given: [ConsentChange, number][] = [[forAddress('a@x.co'), 1], [change('withdrawn'), 2], [forAddress('b@x.co'), 3], [forAddress('a@x.co'), 4]];
    const expected = state(...given).consents;
    for (const order of permutations(given)) expect(state(...order).consents).toEqual(expected);
    expect(expected.email).toEqual({ state: 'granted', at: 4, withdrawnAt: 2, grants: { 'a@x.co': 4, 'b@x.co': 3 } });
  });

  it('is proved for the address that came with it', () => {
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, { email: 'old@example.com' }));
    w.feed(w.events.identify(START + 1, { email: 'new@example.com', consent: true }));
    w.feed(w.events.track(START + 2, 'Consent Withdrawn'));
    expect(w.effects('consent').map(({ address, change: { state: what } }) => [address, what])).toEqual([['new@example.com', 'granted'], ['new@example.com', 'withdrawn']]);
  });
});
