import { DAY_MS, HOUR_MS, MINUTE_MS, contactIdOf, type Identifier, type JsonObject, type Millis, type TrackedEvent } from '@samovar/core';
import type { NewRecord } from '@samovar/store';
import type { Random } from '../random.ts';

/** All times of the traffic are multiples of this, so that the clocks of workers and senders have room between them. */
export const TICK_MS = 10;
/** How long people do things; then the simulation lets everything settle. */
export const TRAFFIC_MS = 22 * DAY_MS;

/** Somebody of whom several identifiers may be known. */
export interface Individual {
  name: string;
  /** Whether it is, at some time, known under more than one contact. */
  entangled: boolean;
  address: string;
}

/** One request of the shop. */
export interface Act {
  at: Millis;
  who: Individual;
  record: NewRecord;
}

type More = Partial<TrackedEvent>;

/** A shop's traffic, planned from a seed alone. */
export class Traffic {
  readonly individuals: Individual[] = [];
  readonly acts: Act[] = [];
  readonly #random: Random;
  readonly #workspaceId: number;
  readonly #start: Millis;
  readonly #slots: Millis[];
  readonly #taken = new Set<string>();
  #number = 0;

  constructor(random: Random, workspaceId: number, start: Millis) {
    this.#random = random;
    this.#workspaceId = workspaceId;
    this.#start = start;
    this.#slots = Array.from({ length: 130 }, () => start + random.below(TRAFFIC_MS / MINUTE_MS) * MINUTE_MS).sort((a, b) => a - b);
    for (let n = 0; n < 14; n += 1) this.#plain(n);
    for (let n = 0; n < 10; n += 1) this.#entangled(n);
    for (let n = 0; n < 4; n += 1) this.#onTheEdge(n);
    this.acts.sort((a, b) => a.at - b.at);
  }

  /** What arrives, by time. Times closer together than the processes' clocks may be are left out. */
  slots(): Map<Millis, Act[]> {
    const slots = new Map<Millis, Act[]>();
    let last = -Infinity;
    for (const act of this.acts) {
      if (act.at !== last && act.at - last < 2 * TICK_MS) continue;
      slots.set(act.at, [...(slots.get(act.at) ?? []), act]);
      last = act.at;
    }
    return slots;
  }

  #individual(name: string, entangled: boolean): Individual {
    const individual = { name, entangled, address: `${name}@example.com` };
    this.individuals.push(individual);
    return individual;
  }

  /** A time at which this individual does nothing else. */
  #slot(who: Individual, from: Millis, to: Millis): Millis | null {
    const free = this.#slots.filter((at) => at >= from && at <= to && !this.#taken.has(`${who.name}/${at}`));
    if (free.length === 0) return null;
    const at = this.#random.pick(free);
    this.#taken.add(`${who.name}/${at}`);
    return at;
  }

  /** Sends it, and now and then again. */
  #act(who: Individual, at: Millis | null, by: Identifier, name: string, properties: JsonObject, more: More = {}): void {
    if (at === null) return;
    this.#number += 1;
    const record: TrackedEvent = {
      kind: 'event', type: 'track', name, messageId: `m${this.#number}`, receivedAt: at, occurredAt: at, identifiers: [by], properties, traits: {}, context: {},
      trusted: by.kind !== 'anonymous', historical: false, ...more,
    };
    const contactId = contactIdOf(this.#workspaceId, by);
    this.acts.push({ at, who, record: { workspaceId: this.#workspaceId, contactId, record } });
    if (this.#random.next() < 0.1) this.acts.push({ at, who, record: { workspaceId: this.#workspaceId, contactId, record } });
    const again = this.#random.next() < 0.15 ? this.#slot(who, at + 1, at + 3 * DAY_MS) : null;
    if (again !== null) this.acts.push({ at: again, who, record: { workspaceId: this.#workspaceId, contactId, record: { ...record, receivedAt: again } } });
  }

  #identify(who: Individual, at: Millis | null, by: Identifier, traits: JsonObject, more: More = {}): void {
    this.#act(who, at, by, 'Identify', {}, { type: 'identify', traits, ...more });
  }

  /** Mostly when it arrives, now and then hours or days before. */
  #when(at: Millis | null): More {
    if (at === null || this.#random.next() < 0.75) return {};
    const lateMs = this.#random.pick([5 * MINUTE_MS, 3 * HOUR_MS, 20 * HOUR_MS, 3 * DAY_MS]);
    return { occurredAt: Math.max(this.#start, at - lateMs - this.#random.below(100) * TICK_MS) };
  }

  #plain(n: number): void {
    const who = this.#individual(`plain${n}`, false);
    const by: Identifier = { kind: 'user', value: who.name };
    const from = this.#start;
    const to = this.#start + TRAFFIC_MS;
    const timezone = n % 5 === 4 ? { timezone: 'America/New_York' } : {};
    this.#identify(who, this.#slot(who, from, from + 3 * DAY_MS), by, { email: who.address, consent: n % 6 !== 5, ...timezone });
    for (let i = 0; i < 14; i += 1) this.#doSomething(who, by, from, to);
    for (let day = 6; n % 3 === 0 && day < 20; day += 5) {
      this.#withdraw(who, by, this.#slot(who, from + day * DAY_MS, from + (day + 2) * DAY_MS));
      this.#identify(who, this.#slot(who, from + (day + 2) * DAY_MS, from + (day + 4) * DAY_MS), by, { consent: true });
    }
  }

  #doSomething(who: Individual, by: Identifier, from: Millis, to: Millis): void {
    const at = this.#slot(who, from, to);
    const kind = this.#random.below(20);
    const id = `${who.name}-${this.#number}`;
    if (kind < 7) this.#act(who, at, by, 'Product Viewed', { sku: `s${this.#random.below(9)}` }, this.#when(at));
    else if (kind < 15) this.#cart(who, by, at, id);
    else if (kind < 18) this.#order(who, by, at, { order_id: id });
    else this.#identify(who, at, by, { plan: this.#random.pick(['gold', 'basic']) });
  }

  #cart(who: Individual, by: Identifier, at: Millis | null, cart: string): void {
    this.#act(who, at, by, 'Checkout Started', { cart_id: cart }, this.#when(at));
    if (at !== null && this.#random.next() < 0.3) this.#withdrawInTime(who, by, at);
    else if (at !== null && this.#random.next() < 0.5) this.#order(who, by, this.#slot(who, at + 1, at + 3 * DAY_MS), { cart_id: cart, order_id: `o-${cart}` });
  }

  #order(who: Individual, by: Identifier, at: Millis | null, properties: JsonObject): void {
    const whole = { ...properties, total: 10 + this.#random.below(90), currency: 'EUR' };
    const when = this.#when(at);
    this.#act(who, at, by, 'Order Completed', whole, when);
    if (at === null || this.#random.next() > 0.2) return;
    // The shop's server tells it too, and perhaps takes some of it back.
    this.#act(who, this.#slot(who, at + 1, at + DAY_MS), by, 'Order Completed', whole, { occurredAt: when.occurredAt ?? at });
    if (this.#random.next() < 0.5) this.#act(who, this.#slot(who, at + 1, at + 4 * DAY_MS), by, 'Order Refunded', { order_id: properties.order_id ?? null, total: 5, currency: 'EUR' });
  }

  /** Just when a reminder has been decided and may not have left; they change their mind the next day. */
  #withdrawInTime(who: Individual, by: Identifier, cartAt: Millis): void {
    const at = cartAt + this.#random.pick([1, 1, 2]) * HOUR_MS + (1 + this.#random.below(20)) * MINUTE_MS;
    if (this.#slots.includes(at)) return;
    this.#withdraw(who, by, at);
    this.#identify(who, this.#slot(who, at + 12 * HOUR_MS, at + 3 * DAY_MS), by, { consent: true }, { trusted: true });
  }

  /** In one of the ways in which people and shops say no. */
  #withdraw(who: Individual, by: Identifier, at: Millis | null): void {
    const way = this.#random.below(3);
    if (way === 0) this.#act(who, at, by, 'Consent Withdrawn', { source: 'simulation' });
    else if (way === 1) this.#act(who, at, by, 'Topic Unsubscribed', { topic: 'carts' });
    else this.#identify(who, at, by, { consent: false });
  }

  /** Known first as a visitor, or as two, then as a user; what they do goes on under either name. */
  #entangled(n: number): void {
    const who = this.#individual(`joined${n}`, true);
    const user: Identifier = { kind: 'user', value: who.name };
    const visitors = [0, 1].slice(0, 1 + (n % 2)).map((k): Identifier => ({ kind: 'anonymous', value: `${who.name}-v${k}` }));
    const from = this.#start;
    const to = this.#start + TRAFFIC_MS;
    for (const visitor of visitors) {
      const met = from + this.#random.below(12) * DAY_MS;
      if (n % 4 === 0) this.#identify(who, this.#slot(who, from, met), visitor, { email: who.address, consent: true }, { trusted: true });
      for (let i = 0; i < 5; i += 1) this.#doSomething(who, visitor, from, met);
      this.#identify(who, this.#slot(who, met, met + 3 * DAY_MS), user, { email: who.address, consent: true }, { identifiers: [user, visitor] });
      for (let i = 0; i < 2; i += 1) this.#doSomething(who, visitor, met, to);
    }
    for (let i = 0; i < 6; i += 1) this.#doSomething(who, user, from, to);
    for (let i = 0; i < 2; i += 1) this.#orderToldTwice(who, user, this.#random.pick(visitors));
    if (n % 2 === 0) this.#withdraw(who, n % 4 === 0 ? this.#random.pick(visitors) : user, this.#slot(who, from + 10 * DAY_MS, to));
    this.#trustAll(who);
  }

  /** Withdrawals are told by links or by the shop's server, whoever they are about. */
  #trustAll(who: Individual): void {
    for (const act of this.acts) {
      const { record } = act.record;
      if (act.who === who && record.kind === 'event' && (record.name === 'Consent Withdrawn' || record.name === 'Topic Unsubscribed' || record.traits.consent === false)) record.trusted = true;
    }
  }

  #orderToldTwice(who: Individual, user: Identifier, visitor: Identifier): void {
    const id = `twice-${this.#number}`;
    const at = this.#slot(who, this.#start, this.#start + TRAFFIC_MS - DAY_MS);
    if (at === null) return;
    const properties = { order_id: id, total: 20 + this.#random.below(60), currency: 'EUR' };
    const [first, second] = this.#random.next() < 0.5 ? [user, visitor] : [visitor, user];
    this.#act(who, at, first, 'Order Completed', properties);
    this.#act(who, this.#slot(who, at + 1, at + DAY_MS), second, 'Order Completed', properties, { occurredAt: at });
  }

  /** Things that happen at the very millisecond at which a window ends, before it and after it. */
  #onTheEdge(n: number): void {
    const who = this.#individual(`edge${n}`, false);
    const by: Identifier = { kind: 'user', value: who.name };
    const begin = this.#start + (n + 1) * HOUR_MS + 7 * MINUTE_MS + n * 1_000;
    this.#identify(who, begin, by, { email: who.address, consent: true });
    const shifts = [0, 1, -TICK_MS, TICK_MS];
    let at = begin + HOUR_MS + 30_000;
    for (const [name, windowMs] of [['Order Completed', 10 * DAY_MS], ['Product Viewed', 2 * DAY_MS]] as const) {
      for (let i = 0; i < 3; i += 1) {
        const properties = name === 'Order Completed' ? { order_id: `${who.name}-${this.#number}`, total: 60, currency: 'EUR' } : { sku: 's1' };
        this.#act(who, at, by, name, properties);
        at += i === 2 ? 3 * HOUR_MS : name === 'Order Completed' ? windowMs + (shifts[n] ?? 0) : windowMs / 2 + (i === 1 ? (shifts[n] ?? 0) : 0);
        if (at > this.#start + TRAFFIC_MS) return;
      }
    }
  }
}
