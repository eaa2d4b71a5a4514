import fc from 'fast-check';
import type { JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { ContactId, Identifier } from '../identity/ids.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { START, journeyOf, programOf, templateOf, userOf, visitorOf } from '../testing/small-world.ts';
import type { Millis } from '../time.ts';

const PEOPLE: readonly Identifier[] = [userOf('u0'), userOf('u1'), visitorOf('v0'), visitorOf('v1')];
const ADDRESSES = ['a@x.org', 'b@x.org', 'c@x.org'];

export type ConsentStep =
  | { kind: 'address'; who: number; address: number; lateMs: Millis; consents: boolean }
  /** `address` null: for whichever the contact has. */
  | { kind: 'consent'; who: number; granted: boolean; topic: boolean; confirmed: boolean; address: number | null; lateMs: Millis }
  | { kind: 'join'; user: number; visitor: number }
  | { kind: 'go'; who: number }
  | { kind: 'deliver'; pair: number };

const late = fc.constantFrom(0, 0, 0, 2, 5, 9, 20);

/** Stories of one person, whose grants need not name an address, or of several who become one, whose grants do. */
export const arbitraryConsentStory: fc.Arbitrary<ConsentStep[]> = fc.boolean().chain((alone) => {
  const who = alone ? fc.constant(0) : fc.nat(PEOPLE.length - 1);
  const named = fc.nat(ADDRESSES.length - 1);
  const perhapsNamed: fc.Arbitrary<number | null> = alone ? fc.option(named) : named;
  const mine: fc.WeightedArbitrary<ConsentStep>[] = [
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('address'), who, address: named, lateMs: late, consents: fc.constantFrom(false, false, true) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('consent'), who, granted: fc.boolean(), topic: fc.boolean(), confirmed: fc.boolean(), address: perhapsNamed, lateMs: late }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('go'), who }) },
  ];
  const several: fc.WeightedArbitrary<ConsentStep>[] = [
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('join'), user: fc.nat(1), visitor: fc.nat(1) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver'), pair: fc.nat(9) }) },
  ];
  return fc.array(fc.oneof(...mine, ...(alone ? [] : several)), { minLength: 1, maxLength: 30, size: 'max' });
});

const DEFINITIONS = [
  templateOf('mail'), templateOf('news', { topic: 'news' }), templateOf('interest', { class: 'legitimate-interest' }),
  journeyOf('go', 'Go', [{ kind: 'send', id: 'mail', template: 'mail' }, { kind: 'send', id: 'news', template: 'news' }, { kind: 'send', id: 'interest', template: 'interest' }]),
];

/** A message, and everything that its contact had been told when it was decided, in order of arrival. */
export interface DecidedCase {
  address: string;
  topic: string | null;
  known: TrackedEvent[];
}

/** Plays a story and gathers the messages that came of it. */
export class ConsentRun {
  readonly world = new DelayedWorld(programOf(DEFINITIONS));
  readonly cases: DecidedCase[] = [];
  now: Millis = START;
  #seen = 0;
  #told = 0;

  play(steps: readonly ConsentStep[]): void {
    for (const step of steps) {
      this.#take(step);
      this.#gather();
    }
    for (let pairs = this.world.waiting(); pairs.length > 0; pairs = this.world.waiting()) {
      this.world.deliver(pairs[0] ?? '');
      this.#gather();
    }
  }

  #take(step: ConsentStep): void {
    switch (step.kind) {
      case 'address': {
        const email = ADDRESSES[step.address] ?? '';
        this.#feed(step.who, { type: 'identify', name: 'Identify', traits: { email, ...(step.consents ? { consent: true } : {}) } }, step.lateMs);
        return;
      }
      case 'consent': this.#feed(step.who, consentOf(step), step.lateMs); return;
      case 'join': this.#feed(step.user, { type: 'identify', name: 'Identify', identifiers: [userOf(`u${step.user}`), visitorOf(`v${step.visitor}`)] }, 0); return;
      case 'go': this.#feed(step.who, { name: 'Go' }, 0); return;
      case 'deliver': {
        const pairs = this.world.waiting();
        const pair = pairs[step.pair % Math.max(1, pairs.length)];
        if (pair !== undefined) this.world.deliver(pair);
      }
    }
  }

  #feed(who: number, more: Partial<TrackedEvent>, lateMs: Millis): void {
    const first = PEOPLE[who] ?? userOf('u0');
    this.now += 1;
    this.#told += 1;
    this.world.feed(first, {
      kind: 'event', type: 'track', name: '', messageId: `m${this.#told}`, receivedAt: this.now, occurredAt: Math.max(START, this.now - lateMs), identifiers: [first],
      properties: {}, traits: {}, context: {}, trusted: true, historical: false, ...more,
    });
  }

  #gather(): void {
    for (const { id, effect } of this.world.effects.slice(this.#seen)) {
      if (effect.kind === 'message') this.cases.push({ address: effect.message.address, topic: effect.message.topic, known: this.#knownTo(id) });
    }
    this.#seen = this.world.effects.length;
  }

  /** What a contact, with all that became part of it, has taken in. */
  #knownTo(id: ContactId): TrackedEvent[] {
    const contact = this.world.contacts().find((one) => one.id === id);
    if (contact === undefined) return [];
    const upTo = new Map<string, number>([[id, contact.seq], ...Object.entries(contact.absorbed)]);
    return this.world.logged().flatMap(({ id: from, seq, record }) => (record.kind === 'event' && seq <= (upTo.get(from) ?? 0) ? [record] : []));
  }
}

function consentOf({ granted, topic, confirmed, address }: Extract<ConsentStep, { kind: 'consent' }>): Partial<TrackedEvent> {
  const properties: JsonObject = topic ? { topic: 'news' } : {};
  if (address !== null) properties.email = ADDRESSES[address] ?? '';
  if (granted && confirmed && address !== null) return { name: 'Topic Subscribed', properties: { ...properties, topic: 'news', confirmed_at: '2026-01-01' } };
  const name = topic ? (granted ? 'Topic Subscribed' : 'Topic Unsubscribed') : (granted ? 'Consent Granted' : 'Consent Withdrawn');
  return { name, properties };
}

