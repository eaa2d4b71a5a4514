import { describe, expect, it } from 'vitest';
import { SARA, START, SmallWorld, journeyOf, segmentOf, templateOf, visitorOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS } from '../time.ts';
import { hasConsent } from './consent.ts';

const DEFINITIONS = [
  workspaceOf({ quietHours: null }), templateOf('offer'), journeyOf('offers', 'Go', [{ kind: 'send', id: 'offer', template: 'offer' }]),
  segmentOf('subscribers', { kind: 'consent', channel: 'email', topic: null }),
];

/** A contact that agreed for `old@example.com`, an hour ago. */
function sara(): SmallWorld {
  const w = new SmallWorld(DEFINITIONS);
  w.feed(w.events.identify(START, { email: 'old@example.com', consent: true }));
  return w;
}

const outcome = (w: SmallWorld, at: number): string => {
  const before = [w.effects('message').length, w.decisions('message_skipped').length] as const;
  w.feed(w.events.track(at, 'Go'));
  const message = w.effects('message')[before[0]];
  return message === undefined ? (w.decisions('message_skipped')[before[1]] ?? 'nothing') : message.message.address;
};

describe('consent follows the address', () => {
  it('for which it was given, and holds again when that one comes back', () => {
    const w = sara();
    expect(outcome(w, START + 1)).toBe('old@example.com');
    w.feed(w.events.identify(START + DAY_MS, { email: 'new@example.com' }));
    expect([outcome(w, START + DAY_MS + 1), Object.keys(w.world.contact(SARA)?.segments ?? {})]).toEqual(['message_skipped consent_for_other_address', []]);
    w.feed(w.events.identify(START + 2 * DAY_MS, { email: 'Old@Example.com ' }));
    expect([outcome(w, START + 2 * DAY_MS + 1), Object.keys(w.world.contact(SARA)?.segments ?? {})]).toEqual(['Old@Example.com', ['subscribers']]);
  });

  it('each of several, while a withdrawal is for all', () => {
    const w = sara();
    w.feed(w.events.identify(START + 10, { email: 'new@example.com', consent: true }));
    expect(outcome(w, START + 11)).toBe('new@example.com');
    w.feed(w.events.track(START + 20, 'Consent Withdrawn'));
    w.feed(w.events.identify(START + 30, { email: 'old@example.com' }));
    expect(outcome(w, START + 31)).toBe('message_skipped unsubscribed');
    w.feed(w.events.track(START + 40, 'Consent Granted'));
    expect(outcome(w, START + 41)).toBe('old@example.com');
    w.feed(w.events.identify(START + 50, { email: 'new@example.com' }));
    expect(outcome(w, START + 51)).toBe('message_skipped unsubscribed');
  });

  it('that the contact had when it was given, also when it is told late', () => {
    const w = new SmallWorld(DEFINITIONS);
    w.feed(w.events.identify(START, { email: 'old@example.com' }));
    w.feed(w.events.identify(START + 100, { email: 'new@example.com' }));
    w.feed(w.events.track(START + 200, 'Consent Granted', {}, { occurredAt: START + 50 }));
    expect(outcome(w, START + 201)).toBe('message_skipped consent_for_other_address');
    w.feed(w.events.track(START + 300, 'Consent Granted'));
    expect(outcome(w, START + 301)).toBe('new@example.com');
  });

  it('that comes first where none was known', () => {
    const w = new SmallWorld(DEFINITIONS);
    w.feed(w.events.track(START, 'Consent Granted'));
    w.feed(w.events.identify(START + 1, { email: 'forged@example.com' }, { trusted: false }));
    w.feed(w.events.identify(START + 2, { email: 'first@example.com' }));
    expect(outcome(w, START + 3)).toBe('first@example.com');
    w.feed(w.events.identify(START + 4, { email: 'second@example.com' }));
    expect(outcome(w, START + 5)).toBe('message_skipped consent_for_other_address');
  });

  it('through a merge: each side brings its own', () => {
    const w = sara();
    const visitor = visitorOf('v');
    w.feed(w.events.identify(START + 1, { email: 'visitor@example.com', consent: true }, { identifiers: [visitor] }));
    w.feed(w.events.identify(START + 2, { email: 'old@example.com' }, { identifiers: [SARA, visitor] }));
    const contact = w.world.contact(SARA);
    expect([w.decisions('merged'), Object.keys(contact?.consents.email?.grants ?? {}).sort(), contact !== undefined && contact !== null && hasConsent(contact, 'email', null)])
      .toEqual([['merged'], ['old@example.com', 'visitor@example.com'], true]);
  });
});
