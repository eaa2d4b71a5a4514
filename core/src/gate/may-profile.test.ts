import { describe, expect, it } from 'vitest';
import { newContact, type ContactState } from '../contact/contact-state.ts';
import { jurisdictionOf } from '../contact/jurisdiction.ts';
import { DEFAULT_CONSENT_RULES, type ConsentRules } from '../definition/consent-rules.ts';
import type { Json } from '../event/json.ts';
import { SARA, SOME_ID, START, SmallWorld, journeyOf, templateOf, workspaceOf } from '../testing/small-world.ts';
import { mayProfile, profilingRefusal } from './may-profile.ts';

const trait = (value: Json): ContactState['traits'][string] => ({ value, at: 0, tie: 0, verified: true, since: 0 });

function contactIn(country: Json, more: Partial<ContactState> = {}): ContactState {
  return { ...newContact(SOME_ID, 1, SARA, 0), traits: { country: trait(country) }, ...more };
}

const rules = (more: Partial<ConsentRules>): ConsentRules => ({ ...DEFAULT_CONSENT_RULES, ...more });
const GULF = { name: 'gulf', countries: ['AE', 'DE'], marketing: 'opt-out', legitimateInterest: 'opt-out', profiling: 'never' } as const;

describe('where a contact lives', () => {
  it.each<[Json, string]>([
    ['DE', 'europe'], ['de ', 'europe'], ['NO', 'europe'], ['GB', 'europe'], ['UK', 'europe'], ['CH', 'europe'], ['EL', 'europe'], ['US', 'others'], ['IR', 'others'],
    ['Germany', 'europe'], ['ألمانيا', 'europe'], ['Atlantis', 'unknown'], ['ZZ', 'unknown'], ['', 'unknown'], [null, 'unknown'], [49, 'unknown'],
  ])('%j is %s', (country, group) => {
    expect(jurisdictionOf(contactIn(country), DEFAULT_CONSENT_RULES).group).toBe(group);
  });

  it('may be told by its address, and a group of the workspace goes before Europe', () => {
    const contact = { ...newContact(SOME_ID, 1, SARA, 0), traits: { country: trait('somewhere'), address: trait({ country: 'de' }) } };
    expect([jurisdictionOf(contact, DEFAULT_CONSENT_RULES).group, jurisdictionOf(contact, rules({ groups: [{ ...GULF, countries: [...GULF.countries] }] })).group]).toEqual(['europe', 'gulf']);
  });
});

describe('a contact is profiled', () => {
  const granted = { state: 'granted', at: 1 } as const;
  const withdrawn = { state: 'withdrawn', at: 1 } as const;
  it.each<[string, ContactState, string | null]>([
    ['nowhere in Europe without consent', contactIn('FR'), 'no_consent'], ['not where nobody knows its country', contactIn(null), 'no_consent'],
    ['elsewhere, unless it objects', contactIn('US'), null], ['nowhere after it objected', contactIn('US', { consents: { profiling: withdrawn, email: granted } }), 'withdrawn'],
    ['with an explicit consent', contactIn('FR', { consents: { profiling: granted } }), null], ['with any marketing consent', contactIn('FR', { consents: { 'email/news': granted } }), null],
    ['not with one that was withdrawn', contactIn('FR', { consents: { 'email/news': granted, email: withdrawn } }), 'no_consent'],
    ['not with one for another address', contactIn('FR', { consents: { email: { ...granted, grants: { 'old@example.com': 1 } } } }), 'no_consent'],
  ])('%s', (_what, contact, reason) => {
    expect([mayProfile(contact, workspaceOf({})), profilingRefusal(contact, workspaceOf({}))?.reason ?? null]).toEqual([reason === null, reason]);
  });

  it('nowhere where it is forbidden, and the refusal names the rule', () => {
    const workspace = workspaceOf({ consent: rules({ groups: [{ ...GULF, countries: [...GULF.countries] }] }) });
    expect(profilingRefusal(contactIn('AE', { consents: { profiling: granted } }), workspace)).toEqual({ reason: 'forbidden', rule: 'gulf: profiling never' });
  });
});

describe('messages without consent', () => {
  function outcomes(country: string, told: object, messageClass: 'marketing' | 'legitimate-interest' | 'transactional', consent: Partial<ConsentRules> = {}): string[] {
    const w = new SmallWorld([workspaceOf({ consent: rules(consent) }), templateOf('offer', { class: messageClass }), journeyOf('offers', 'Go', [{ kind: 'send', id: 'offer', template: 'offer' }])]);
    w.feed(w.events.identify(START, { email: 'sara@example.com', country, ...told }));
    w.feed(w.events.track(START + 1, 'Go'));
    const skipped = w.effects('decision').flatMap(({ decision }) => (decision.code === 'message_skipped' ? [decision.detail as { reason: string; rule?: string }] : []));
    return [...w.effects('message').map(() => 'sent'), ...skipped.map(({ reason, rule }) => (rule === undefined ? reason : `${reason}, ${rule}`))];
  }

  it('go as far as the country of the contact allows the class, and never after a withdrawal', () => {
    expect(outcomes('DE', {}, 'marketing')).toEqual(['no_consent, europe: marketing opt-in']);
    expect(outcomes('DE', {}, 'legitimate-interest')).toEqual(['no_consent, europe: legitimate-interest opt-in']);
    expect(outcomes('DE', { consent: true }, 'legitimate-interest')).toEqual(['sent']);
    expect(outcomes('US', {}, 'marketing')).toEqual(['no_consent, others: marketing opt-in']);
    expect(outcomes('US', {}, 'legitimate-interest')).toEqual(['sent']);
    expect(outcomes('US', { consent: false }, 'legitimate-interest')).toEqual(['unsubscribed']);
    expect(outcomes('DE', { consent: false }, 'transactional')).toEqual(['sent']);
  });

  it('go by rules of the workspace', () => {
    const lenient = { marketing: 'opt-out', legitimateInterest: 'opt-out', profiling: 'opt-out' } as const;
    expect(outcomes('DE', {}, 'marketing', { europe: lenient })).toEqual(['sent']);
    expect(outcomes('DE', { consent: false }, 'marketing', { europe: lenient })).toEqual(['unsubscribed']);
    expect(outcomes('AE', { consent: true }, 'marketing', { groups: [{ ...GULF, countries: ['AE'], marketing: 'never' }] })).toEqual(['no_consent, gulf: marketing never']);
  });
});
