import { describe, expect, it } from 'vitest';
import { timesOf } from '../leaf/leaf.ts';
import type { Definition, JourneyDefinition } from '../definition/index.ts';
import type { JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { Identifier } from '../identity/ids.ts';
import { compileProgram } from '../program/compile.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { World, type Witnessed } from './world.ts';

const START = Date.UTC(2026, 0, 1, 12);
const SARA: Identifier = { kind: 'user', value: 'sara' };

let events = 0;
function event(at: number, name: string, properties: JsonObject = {}, more: Partial<TrackedEvent> = {}): TrackedEvent {
  events += 1;
  return {
    kind: 'event', type: 'track', name, messageId: `m${events}`, receivedAt: at, occurredAt: at, identifiers: [SARA],
    properties, traits: {}, context: {}, trusted: true, historical: false, ...more,
  };
}

const identify = (at: number, traits: JsonObject, more: Partial<TrackedEvent> = {}): TrackedEvent =>
  event(at, 'Identify', {}, { type: 'identify', traits, ...more });

const cart: JourneyDefinition = {
  kind: 'journey', key: 'cart', name: 'Cart', description: null,
  trigger: { kind: 'event', event: 'Checkout Started', where: [], key: 'cart_id' },
  who: null, reEntry: { kind: 'never' },
  exits: [{ kind: 'event', pattern: { event: 'Order Completed', where: [], same: 'cart_id' }, reason: 'bought' }],
  goal: { pattern: { event: 'Order Completed', where: [], same: 'cart_id' }, withinMs: 7 * DAY_MS, valuePath: 'total' },
  ceilingPerHour: 1000,
  steps: [
    { kind: 'wait', id: 'w1', durationMs: HOUR_MS }, { kind: 'send', id: 's1', template: 'reminder' },
    { kind: 'wait', id: 'w2', durationMs: DAY_MS }, { kind: 'send', id: 's2', template: 'reminder' },
  ],
};
const definitions: Definition[] = [
  cart,
  { kind: 'template', key: 'reminder', name: 'r', channel: 'email', class: 'marketing', topic: null, from: null, replyTo: null, expiresAfterMs: DAY_MS, languages: {} },
  {
    kind: 'segment', key: 'lapsed', name: 'l', description: null, match: { kind: 'all', of: [
      { kind: 'event', event: 'Order Completed', where: [], times: { op: 'at-least', count: 1 }, period: { kind: 'ever' }, since: 'ever' },
      { kind: 'event', event: 'Order Completed', where: [], times: { op: 'exactly', count: 0 }, period: { kind: 'within', ms: 90 * DAY_MS }, since: 'ever' },
    ] },
  },
];

function world(): { world: World; seen: Witnessed[]; messages: () => [string, number][] } {
  const seen: Witnessed[] = [];
  const program = compileProgram({ workspaceId: 1, version: 1, live: definitions.map((definition) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {} });
  const one = new World(program, (witnessed) => seen.push(witnessed));
  return {
    world: one, seen,
    messages: () => seen.flatMap(({ effect }) => (effect.kind === 'message' ? [[effect.message.step, effect.message.decidedAt - START] as [string, number]] : [])),
  };
}

describe('a world', () => {
  it('sends the series on time to who consented', () => {
    const { world: w, messages } = world();
    w.feed(SARA, identify(START, { email: 'sara@example.com', consent: true }));
    w.feed(SARA, event(START, 'Checkout Started', { cart_id: 'a' }));
    w.runTo(START + 10 * DAY_MS);
    expect(messages()).toEqual([['s1', HOUR_MS], ['s2', HOUR_MS + DAY_MS]]);
  });

  it('stops the series of the cart that was bought and of no other', () => {
    const { world: w, messages, seen } = world();
    w.feed(SARA, identify(START, { email: 'sara@example.com', consent: true }));
    w.feed(SARA, event(START, 'Checkout Started', { cart_id: 'a' }));
    w.feed(SARA, event(START + 1, 'Checkout Started', { cart_id: 'b' }));
    w.feed(SARA, event(START + 2 * HOUR_MS, 'Order Completed', { cart_id: 'a', order_id: 'o1', total: 20 }));
    w.runTo(START + 10 * DAY_MS);
    expect(messages()).toEqual([['s1', HOUR_MS], ['s1', HOUR_MS + 1], ['s2', HOUR_MS + DAY_MS + 1]]);
    expect(seen.filter(({ effect }) => effect.kind === 'decision' && effect.decision.code === 'goal_reached')).toHaveLength(1);
  });

  it('sends nothing without consent, and says why', () => {
    const { world: w, messages, seen } = world();
    w.feed(SARA, identify(START, { email: 'sara@example.com' }));
    w.feed(SARA, event(START, 'Checkout Started', { cart_id: 'a' }));
    w.runTo(START + 10 * DAY_MS);
    expect(messages()).toEqual([]);
    expect(seen.flatMap(({ effect }) => (effect.kind === 'decision' && effect.decision.code === 'message_skipped' ? [effect.decision.detail] : [])))
      .toEqual([{ reason: 'no_consent', rule: 'unknown: marketing opt-in', template: 'reminder' }, { reason: 'no_consent', rule: 'unknown: marketing opt-in', template: 'reminder' }]);
  });

  it('closes windows by time alone, one millisecond after their last inside instant', () => {
    const { world: w, seen } = world();
    w.feed(SARA, event(START, 'Order Completed', { order_id: 'o', total: 1 }));
    w.runTo(START + 90 * DAY_MS);
    expect(w.contact(SARA)?.segments).toEqual({});
    w.runTo(START + 90 * DAY_MS + 1);
    expect(w.contact(SARA)?.segments).toEqual({ lapsed: START + 90 * DAY_MS + 1 });
    expect(seen.at(-1)).toBeDefined();
  });

  it('lets what is due act in order of time, whoever it concerns', () => {
    const { world: w, seen } = world();
    const people: Identifier[] = ['a', 'b', 'c'].map((value) => ({ kind: 'user', value }));
    [5, 1, 3].forEach((minute, index) => w.feed(people[index]!, event(START + minute, 'Checkout Started', { cart_id: 'x' }, { identifiers: [people[index]!] })));
    w.runBefore(START + HOUR_MS + 5);
    const skipped = (): number[] => seen.flatMap(({ effect }) => (effect.kind === 'decision' && effect.decision.code === 'message_skipped' ? [effect.decision.at - START - HOUR_MS] : []));
    expect(skipped()).toEqual([1, 3]);
    w.runTo(START + HOUR_MS + 5);
    expect(skipped()).toEqual([1, 3, 5]);
  });

  it('joins a visitor to the person it turns out to be, carrying carts and the stricter consent', () => {
    const { world: w, messages } = world();
    const visitor: Identifier = { kind: 'anonymous', value: 'x1' };
    w.feed(visitor, event(START, 'Checkout Started', { cart_id: 'a' }, { identifiers: [visitor], trusted: false }));
    w.feed(SARA, identify(START + 1, { email: 'sara@example.com', consent: true }, { identifiers: [SARA, visitor] }));
    w.runTo(START + 10 * DAY_MS);
    expect(messages()).toEqual([['s1', HOUR_MS], ['s2', HOUR_MS + DAY_MS]]);
    expect(w.contact(visitor)?.id).toBe(w.contact(SARA)?.id);
    expect(w.contacts()).toHaveLength(1);
  });

  it('counts an order once when browser and server both tell it before they are known to be one', () => {
    const { world: w } = world();
    const visitor: Identifier = { kind: 'anonymous', value: 'x2' };
    w.feed(visitor, event(START, 'Order Completed', { order_id: 'o9', total: 10, currency: 'EUR' }, { identifiers: [visitor], trusted: false }));
    w.feed(SARA, event(START + 5, 'Order Completed', { order_id: 'o9', total: 10, currency: 'EUR' }));
    w.feed(SARA, identify(START + 9, {}, { identifiers: [SARA, visitor] }));
    w.runTo(START + 10);
    const [contact] = w.contacts();
    expect(Object.keys(contact?.orders ?? {})).toEqual(['o9']);
    expect(Object.values(contact?.leaves ?? {}).map((leaf) => timesOf(leaf)?.count)).toEqual([1, 1]);
  });
});
