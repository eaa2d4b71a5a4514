import { describe, expect, it } from 'vitest';
import { newContact, type ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { contactIdOf } from '../identity/ids.ts';
import { DAY_MS } from '../time.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { examineContact, mailDomainOf, type ExaminedContact, type Examination, type QualityLists, type QualityQuestions } from './examine-contact.ts';
import { traitsUsedBy } from './expected-traits.ts';
import { figuresOf } from './figures.ts';
import { addToTally, emptyTally } from './tally.ts';

const NOW = 1_000 * DAY_MS;
const LISTS: QualityLists = {
  isProgram: (agent) => agent === 'robot', isDisposable: (domain) => domain === 'throw.away',
  readPhone: (text, country) => (text.startsWith('+') ? text.replaceAll(' ', '') : country === 'IR' ? `+98${text.slice(1)}` : null),
};
const QUESTIONS = { expectedTraits: ['first_name', 'address.city'], countryTraits: ['country'], categoryTraits: ['plan'] };

function contact(traits: JsonObject): ContactState {
  const home = { kind: 'user', value: 'ada' } as const;
  const state = newContact(contactIdOf(1, home), 1, home, 0);
  for (const [name, value] of Object.entries(traits)) state.traits[name] = { value, at: 0, tie: 0, verified: true, since: 0 };
  return state;
}

function examine(traits: JsonObject, more: Partial<ExaminedContact> = {}, questions: QualityQuestions = QUESTIONS): Examination {
  return examineContact({ contact: contact(traits), events: [], lastEventAt: null, lastEngagedAt: null, consents: [], suppressed: null, mailDomain: 'receives', ...more }, questions, LISTS, NOW);
}

const figures = (of: string, found: Examination): string[] => found.figures.filter((figure) => figure.startsWith(of));

describe('the address of a contact', () => {
  it.each<[JsonObject, Partial<ExaminedContact>, string[], string | undefined]>([
    [{}, {}, ['address-missing'], undefined],
    [{ email: ' ' }, {}, ['address-missing'], undefined],
    [{ email: 'ada' }, { suppressed: 'bounced' }, ['address-invalid'], 'no-at'],
    [{ email: 'ada@shop.com' }, {}, ['address-reachable'], undefined],
    [{ email: 'ada@shop.com' }, { mailDomain: 'unknown' }, ['address-unchecked'], undefined],
    [{ email: 'ada@shop.com' }, { mailDomain: 'null-mx' }, ['address-unreachable'], 'null-mx'],
    [{ email: 'ada@shop.com' }, { mailDomain: 'no-domain', suppressed: 'complained' }, ['address-suppressed'], 'complained'],
    [{ email: 'info@x.throw.away' }, {}, ['address-role', 'address-disposable', 'address-reachable'], undefined],
  ])('%j %j', (traits, more, expected, detail) => {
    const found = examine(traits, more);
    expect(figures('address', found)).toEqual(expected);
    expect(found.details[expected.at(-1) ?? '']).toBe(detail);
  });

  it('is asked about only where asking can help', () => {
    expect([{ email: 'a@SHOP.com' }, { email: 'a@example.com' }, {}].map((traits) => mailDomainOf(contact(traits)))).toEqual(['shop.com', null, null]);
  });
});

it('finds what is missing at any depth, and what is there', () => {
  expect(figures('missing', examine({ first_name: 'Ada', address: { city: 'Shiraz' } }))).toEqual([]);
  expect(figures('missing', examine({ first_name: '\u200f ', address: {} }))).toEqual(['missing:first_name', 'missing:address.city']);
  expect(examine({ country: 'ایران', plan: 7 }).values).toEqual([{ trait: 'country', value: 'ایران' }]);
});

it('takes one element of a list for enough', () => {
  const questions = { ...QUESTIONS, expectedTraits: ['items.*.sku'] };
  const missing = [{ items: [{ sku: '-' }, { sku: 'A' }] }, { items: [{}, { sku: '-' }] }, { items: [] }, {}]
    .map((traits) => figures('missing', examine(traits, {}, questions)).length);
  expect(missing).toEqual([0, 1, 1, 1]);
});

it('looks at the properties of events as well', () => {
  const viewed = (category: string): TrackedEvent => ({
    kind: 'event', type: 'track', name: 'Product Viewed', messageId: 'm', receivedAt: 0, occurredAt: 0, identifiers: [], properties: { product: { category } }, traits: {}, context: {}, trusted: true, historical: false,
  });
  const questions = { expectedTraits: [], countryTraits: [], categoryTraits: ['Product Viewed/product.category', 'Nothing/x'] };
  const examined = { contact: contact({}), events: [viewed('Tea'), viewed('tea'), viewed('Tea'), viewed('a\nb')], lastEventAt: null, lastEngagedAt: null, consents: [], suppressed: null, mailDomain: 'unknown' as const };
  const found = examineContact(examined, questions, LISTS, NOW);
  expect(found.values).toEqual(['Tea', 'tea'].map((value) => ({ trait: 'Product Viewed/product.category', value })));
  expect(found.details).toEqual({ 'value:Product Viewed/product.category': 'Tea\ntea' });
});

it.each<[number | null, string]>([[null, 'never'], [NOW, '30'], [NOW - 30 * DAY_MS, '30'], [NOW - 30 * DAY_MS - 1, '90'], [NOW - 366 * DAY_MS, 'older']])('tells how old %s is', (at, age) => {
  expect(figures('e', examine({}, { lastEventAt: at, lastEngagedAt: at }))).toEqual([`event-${age}`, `engaged-${age}`]);
});

describe('duplicateKeys', () => {
  const keys = (traits: JsonObject): Record<string, string> => Object.fromEntries(duplicateKeys(contact(traits), LISTS.readPhone).map(({ kind, key }) => [kind, key]));
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['mailbox', { email: 'ada.love@gmail.com' }, { email: 'AdaLove+shop@googlemail.com' }, ['email']],
    ['phone number', { phone: '+98 912 345 6789' }, { phone: '۰۹۱۲۳۴۵۶۷۸۹', country: 'ایران' }, ['phone']],
    ['name and birthday', { name: 'علي رضايي', birthday: '۱۹۹۰/۳/۵' }, { first_name: 'علی', last_name: 'رضایی', birthday: '1990-03-05T00:00:00Z' }, ['name-birthday']],
    ['name and city', { name: 'Lovelace, Ada', city: 'tel aviv' }, { firstName: 'ada', lastName: 'LOVELACE', address: { city: 'Tel-Aviv' } }, ['name-city']],
    ['Hebrew name with niqqud', { name: 'שָׂרָה כהן', city: 'חיפה' }, { name: 'שרה כהן', city: 'חיפה ' }, ['name-city']],
  ])('are the same for a %s', (_what, a, b, kinds) => {
    expect(Object.keys(keys(a))).toEqual(kinds);
    expect(keys(a)).toEqual(keys(b));
  });

  it('makes nobody a duplicate by a first name, an unreadable number or an address that is none', () => {
    expect(keys({ name: 'Ada', city: 'London', phone: '0912', email: 'ada' })).toEqual({});
  });
});

it('sums up, and gives every figure with what it is a part of', () => {
  const tally = emptyTally();
  const at = (day: number, state: 'granted' | 'withdrawn') => ({ at: day * DAY_MS, topic: null, state });
  addToTally(tally, examine({ first_name: 'Ada' }, { consents: [at(100, 'granted')] }));
  addToTally(tally, examine({ first_name: 'Bob' }, { consents: [at(100, 'granted'), at(150, 'withdrawn')] }));
  addToTally(tally, examine({}, { consents: [at(980, 'granted')] }));
  expect(tally.cohorts['1970-04']).toEqual({ month: '1970-04', subscribed: 2, after: { 30: { of: 2, stayed: 2 }, 90: { of: 2, stayed: 1 }, 365: { of: 2, stayed: 1 } } });
  const all = new Map(figuresOf(tally, QUESTIONS).map(({ key, contacts, of }) => [key, `${contacts} of ${of}`]));
  expect([...all.keys()].length).toBe(new Set(all.keys()).size);
  expect(['address-missing', 'missing:first_name', 'missing:address.city', 'subscribed', 'unsubscribed', 'stayed-30', 'left-90', 'visitor-bot'].map((key) => all.get(key)))
    .toEqual(['3 of 3', '1 of 3', '3 of 3', '2 of 3', '1 of 3', '2 of 2', '1 of 2', '0 of 0']);
});

it('expects the traits that definitions ask for', () => {
  const body = 'Hi {{ contact.first_name | default: "you" }} {% if contact.address.city %}x{% endif %} {{ event.contact.nothing }} contact.nowhere {{ contact.email }}';
  expect(traitsUsedBy([
    { kind: 'segment', key: 's', name: 's', description: null, match: { kind: 'all', of: [{ kind: 'trait', path: 'plan', test: { op: 'is', value: 'gold' }, held: null }, { kind: 'trait', path: 'left', test: { op: 'missing' }, held: null }] } },
    { kind: 'template', key: 't', name: 't', channel: 'email', class: 'marketing', topic: null, from: null, replyTo: null, expiresAfterMs: 1, languages: { en: { subject: 'x', preheader: null, body } } },
  ])).toEqual(['address.city', 'first_name', 'plan']);
});

it('expects nobody to tell what is computed', () => {
  expect(traitsUsedBy([
    { kind: 'segment', key: 's', name: 's', description: null, match: { kind: 'trait', path: 'favourite', test: { op: 'is', value: 'tea' }, held: null } },
    { kind: 'computed-trait', key: 'favourite', name: 'Favourite', description: null, event: 'Product Viewed', where: [], figure: { kind: 'most-frequent', property: 'category' }, period: { kind: 'ever' } },
  ])).toEqual([]);
});
