import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../event/json.ts';
import { EventMaker, SARA, SOME_ID, START, SmallWorld } from '../testing/small-world.ts';
import { consentChanges, hasConsent, writeConsent, type ConsentChange } from './consent.ts';
import { newContact } from './contact-state.ts';

const events = new EventMaker();
const changes = (traits: JsonObject): [string | null, string][] => consentChanges(events.identify(START, traits)).map(({ topic, state }) => [topic, state]);
const change = (state: ConsentChange['state'], topic: string | null = null): ConsentChange => ({ channel: 'email', topic, state, proof: {} });

describe('what an event asks for', () => {
  it.each<[JsonObject, [string | null, string][]]>([
    [{ consent: true }, [[null, 'granted']]], [{ consent: false }, [[null, 'withdrawn']]], [{ consent: { email: true } }, [[null, 'granted']]],
    [{ consent: { email: false, topics: { news: true, sale: false } } }, [[null, 'withdrawn'], ['news', 'granted'], ['sale', 'withdrawn']]],
    [{ consent: { topics: { news: 'yes', sale: 1 } } }, []], [{ consent: 'yes' }, []], [{ consent: null }, []], [{ consent: ['email'] }, []], [{ consent: 1 }, []], [{}, []],
  ])('%j', (traits, expected) => {
    expect(changes(traits)).toEqual(expected);
  });

  it.each([
    ['Consent Granted', {}, null, 'granted'], ['Consent Withdrawn', {}, null, 'withdrawn'], ['Topic Subscribed', { topic: 'news' }, 'news', 'granted'], ['Topic Unsubscribed', { topic: 'news' }, 'news', 'withdrawn'],
  ])('%s %j', (name, properties, topic, state) => {
    expect(consentChanges(events.track(START, name, properties))).toMatchObject([{ channel: 'email', topic, state }]);
  });

  it('is nothing where only the name is like it', () => {
    expect(consentChanges(events.track(START, 'Consent Granted', {}, { type: 'page' }))).toEqual([]);
    for (const name of ['constructor', '__proto__', 'consent granted']) expect(consentChanges(events.track(START, name))).toEqual([]);
  });

  it('comes with its proof', () => {
    const [one] = consentChanges(events.identify(START, { consent: { email: true, source: 'checkout', wording: 'Yes, write to me', password: 'x' } }, { messageId: 'm', context: { ip: '203.0.113.7' } }));
    expect(one?.proof).toEqual({ event: 'm', received_at: START, source: 'checkout', wording: 'Yes, write to me', ip: '203.0.113.7' });
  });
});

describe('consent', () => {
  const state = (...given: [ConsentChange, number][]): ReturnType<typeof newContact> => {
    const contact = newContact(SOME_ID, 1, SARA, 0);
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

  it('cannot be given by a browser, nor taken', () => {
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, { consent: true }, { trusted: false }));
    expect([w.world.contact(SARA)?.consents, w.decisions('consent_ignored')]).toEqual([{}, ['consent_ignored untrusted_key']]);
    w.feed(w.events.identify(START, { consent: true }));
    w.feed(w.events.track(START + 1, 'Consent Withdrawn', {}, { trusted: false }));
    expect(w.world.contact(SARA)?.consents.email?.state).toBe('granted');
    expect(w.world.contact(SARA)?.traits).toEqual({});
  });

  it('is proved for the address that came with it', () => {
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, { email: 'old@example.com' }));
    w.feed(w.events.identify(START + 1, { email: 'new@example.com', consent: true }));
    w.feed(w.events.track(START + 2, 'Consent Withdrawn'));
    expect(w.effects('consent').map(({ address, change: { state: what } }) => [address, what])).toEqual([['new@example.com', 'granted'], ['new@example.com', 'withdrawn']]);
  });
});
