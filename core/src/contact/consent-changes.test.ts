import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../event/json.ts';
import { EventMaker, START } from '../testing/small-world.ts';
import { consentChanges } from './consent-changes.ts';

const events = new EventMaker();
const changes = (traits: JsonObject): [string | null, string][] => consentChanges(events.identify(START, traits)).map(({ purpose, topic, state }) => [purpose === 'profiling' ? purpose : topic, state]);

describe('what an event asks for', () => {
  it.each<[JsonObject, [string | null, string][]]>([
    [{ consent: true }, [[null, 'granted']]], [{ consent: false }, [[null, 'withdrawn']]], [{ consent: { email: true } }, [[null, 'granted']]],
    [{ consent: { email: false, topics: { news: true, sale: false } } }, [[null, 'withdrawn'], ['news', 'granted'], ['sale', 'withdrawn']]],
    [{ consent: { email: true, profiling: false } }, [[null, 'granted'], ['profiling', 'withdrawn']]], [{ consent: { profiling: 'yes' } }, []],
    [{ consent: { topics: { news: 'yes', sale: 1 } } }, []], [{ consent: 'yes' }, []], [{ consent: null }, []], [{ consent: ['email'] }, []], [{ consent: 1 }, []], [{}, []],
  ])('%j', (traits, expected) => {
    expect(changes(traits)).toEqual(expected);
  });

  it.each([
    ['Consent Granted', {}, null, 'granted'], ['Consent Withdrawn', {}, null, 'withdrawn'], ['Topic Subscribed', { topic: 'news' }, 'news', 'granted'], ['Topic Unsubscribed', { topic: 'news' }, 'news', 'withdrawn'],
  ])('%s %j', (name, properties, topic, state) => {
    expect(consentChanges(events.track(START, name, properties))).toMatchObject([{ channel: 'email', topic, state }]);
  });

  it('may be about profiling, or about several topics at once', () => {
    expect(consentChanges(events.track(START, 'Consent Withdrawn', { purpose: 'profiling', topic: 'news' }))).toMatchObject([{ purpose: 'profiling', channel: null, topic: null, state: 'withdrawn' }]);
    expect(consentChanges(events.track(START, 'Topic Subscribed', { topics: ['news', 'sale', 'news', 3, ''] })).map(({ topic }) => topic)).toEqual(['news', 'sale']);
  });

  it('is for the address that comes with it, and confirmed only by the link', () => {
    expect(consentChanges(events.track(START, 'Consent Granted', { email: ' Sara@Example.com ' }))).toMatchObject([{ address: 'sara@example.com', confirmed: false }]);
    expect(consentChanges(events.identify(START, { email: 'Sara@Example.com', consent: true }))).toMatchObject([{ address: 'sara@example.com' }]);
    expect(consentChanges(events.track(START, 'Subscription Confirmed', { email: 'a@b.co', topics: ['news'] }))).toMatchObject([{ address: 'a@b.co', topic: 'news', state: 'granted', confirmed: true }]);
    expect(consentChanges(events.track(START, 'Subscription Requested', { email: 'a@b.co' }))).toEqual([]);
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
