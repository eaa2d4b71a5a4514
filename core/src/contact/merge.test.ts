import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition/index.ts';
import { SARA, START, SmallWorld, emailOf, happened, journeyOf, segmentOf, templateOf, userOf, visitorOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';

const VISITOR = visitorOf('device');
const asVisitor = { identifiers: [VISITOR], trusted: false };
const asBoth = { identifiers: [SARA, VISITOR] };

const cart = journeyOf('cart', 'Checkout Started', [{ kind: 'wait', id: 'w', durationMs: HOUR_MS }, { kind: 'send', id: 'send', template: 'mail' }], {
  trigger: { kind: 'event', event: 'Checkout Started', where: [], key: 'cart_id' },
  exits: [{ kind: 'event', pattern: { event: 'Order Completed', where: [], same: 'cart_id' }, reason: 'bought' }],
  goal: { pattern: { event: 'Order Completed', where: [], same: 'cart_id' }, withinMs: DAY_MS, valuePath: 'total' },
});

function worldWith(...definitions: Definition[]): SmallWorld {
  const w = new SmallWorld([templateOf('mail'), ...definitions]);
  w.feed(w.events.identify(START - 1, { email: 'sara@example.com', consent: true }));
  return w;
}

describe('a merge', () => {
  it('ends the visitor’s cart that the person had already bought', () => {
    const w = worldWith(cart);
    w.feed(w.events.track(START, 'Checkout Started', { cart_id: 'a' }, asVisitor));
    w.feed(w.events.track(START + 1, 'Order Completed', { cart_id: 'a', order_id: 'o', total: 5 }, asBoth));
    w.world.runTo(START + DAY_MS);
    expect([w.messages(), w.decisions('exited', 'goal_reached')]).toEqual([[], ['exited bought', 'goal_reached']]);
    expect(w.counts('step:cart/w').waiting).toBeUndefined();
  });

  it('ends the person’s cart that was bought as a visitor', () => {
    const w = worldWith(cart);
    w.feed(w.events.track(START, 'Checkout Started', { cart_id: 'a' }));
    w.feed(w.events.track(START + 1, 'Order Completed', { cart_id: 'a', order_id: 'o', total: 5 }, asVisitor));
    w.feed(w.events.identify(START + 2, {}, asBoth));
    w.world.runTo(START + DAY_MS);
    expect([w.messages(), w.decisions('exited', 'goal_reached')]).toEqual([[], ['exited bought', 'goal_reached']]);
  });

  it('leaves a cart alone that was bought before it was opened', () => {
    const w = worldWith(cart);
    w.feed(w.events.track(START, 'Order Completed', { cart_id: 'a', order_id: 'o', total: 5 }));
    w.feed(w.events.track(START + 1, 'Checkout Started', { cart_id: 'a' }, asVisitor));
    w.feed(w.events.identify(START + 2, {}, asBoth));
    w.world.runTo(START + DAY_MS);
    expect([w.messages().length, w.decisions('exited', 'goal_reached')]).toEqual([1, []]);
  });

  it('moves on who waits for what the other part did', () => {
    const waiting = journeyOf('j', 'Go', [{ kind: 'wait-for', id: 'wf', pattern: { event: 'Done', where: [], same: null }, timeoutMs: DAY_MS, happened: [], timedOut: [{ kind: 'send', id: 'send', template: 'mail' }] }]);
    const w = worldWith(waiting);
    w.feed(w.events.track(START, 'Go', {}, asVisitor));
    w.feed(w.events.track(START + 1, 'Done'));
    w.feed(w.events.identify(START + 2, {}, asBoth));
    w.world.runTo(START + 2 * DAY_MS);
    expect([w.messages(), w.decisions('completed')]).toEqual([[], ['completed']]);
  });

  it('keeps what conditions know of mails, also when orders make history be read again', () => {
    const mails = journeyOf('m', 'Mail', [{ kind: 'send', id: 'send', template: 'mail' }]);
    const w = worldWith(mails, segmentOf('clickers', happened('Email Clicked', { where: [{ path: 'journey', test: { op: 'is', value: 'm' } }] })), segmentOf('buyers', happened('Order Completed', { times: { op: 'exactly', count: 1 } })));
    w.feed(w.events.track(START, 'Mail'));
    w.feed({ kind: 'outcome', receivedAt: START + 1, messageId: w.effects('message')[0]!.message.id, outcome: 'clicked', machine: false, detail: null });
    w.feed(w.events.track(START + 2, 'Order Completed', { order_id: 'o', total: 1 }));
    w.feed(w.events.track(START + 3, 'Order Completed', { order_id: 'o', total: 1 }, asVisitor));
    w.feed(w.events.identify(START + 4, {}, asBoth));
    expect(Object.keys(w.world.contact(SARA)?.segments ?? {}).toSorted()).toEqual(['buyers', 'clickers']);
    expect(w.counts('workspace')).toMatchObject({ orders: 1, 'revenue:USD': 100 });
  });

  it('takes the revenue of an order known twice from the message, too', () => {
    const mails = journeyOf('m', 'Mail', [{ kind: 'send', id: 'send', template: 'mail' }]);
    const w = worldWith(mails, segmentOf('buyers', happened('Order Completed')));
    w.feed(w.events.track(START, 'Mail'));
    w.feed({ kind: 'outcome', receivedAt: START + 1, messageId: w.effects('message')[0]!.message.id, outcome: 'clicked', machine: false, detail: null });
    w.feed(w.events.track(START + 3, 'Order Completed', { order_id: 'o', total: 1 }, asVisitor));
    w.feed(w.events.track(START + 2, 'Order Completed', { order_id: 'o', total: 1 }));
    w.feed(w.events.identify(START + 4, {}, asBoth));
    expect(w.counts('workspace')).toMatchObject({ orders: 1, 'revenue:USD': 100 });
    expect(w.counts('journey:m')).toMatchObject({ converted: 1, 'revenue:USD': 100 });
  });

  it('lets a withdrawal stand against every grant from before the merge, however late it arrives', () => {
    const w = worldWith();
    w.feed(w.events.track(START, 'Consent Withdrawn', {}, { identifiers: [visitorOf('device')] }));
    w.feed(w.events.track(START + 50, 'Consent Granted'));
    w.feed(w.events.identify(START + 60, {}, asBoth));
    w.feed(w.events.track(START + 70, 'Consent Granted', {}, { occurredAt: START + 55 }));
    expect(w.world.contact(SARA)?.consents.email?.state).toBe('withdrawn');
    w.feed(w.events.track(START + 80, 'Consent Granted'));
    expect(w.world.contact(SARA)?.consents.email?.state).toBe('granted');
  });

  it('counts one goal for one purchase when both parts were in the same journey', () => {
    const w = worldWith({ ...cart, trigger: { kind: 'event', event: 'Checkout Started', where: [], key: null } });
    w.feed(w.events.track(START, 'Checkout Started', { cart_id: 'a' }, asVisitor));
    w.feed(w.events.track(START + 1, 'Checkout Started', { cart_id: 'a' }));
    w.feed(w.events.identify(START + 2, {}, asBoth));
    w.feed(w.events.track(START + 3, 'Order Completed', { cart_id: 'a', order_id: 'o', total: 5 }));
    expect(w.counts('journey:cart')).toEqual({ entered: 2, exited: 2, 'exited:merged': 1, 'exited:bought': 1, goal: 1 });
  });

  it('counts members so that those who entered less those who left are those inside', () => {
    const w = worldWith(segmentOf('seen', happened('Seen')));
    w.feed(w.events.track(START, 'Seen', {}, asVisitor));
    w.feed(w.events.track(START, 'Seen'));
    w.feed(w.events.identify(START + 2, {}, asBoth));
    expect(w.counts('segment:seen')).toEqual({ entered: 2, left: 1 });
  });
});

describe('claims', () => {
  it('by a browser on an e-mail address lead nowhere, whether or not somebody has it', () => {
    const mail = emailOf('sara@example.com');
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, { email: 'sara@example.com' }, { identifiers: [VISITOR, mail], trusted: false }));
    expect(w.world.contact(mail)).toBeNull();
    w.feed(w.events.identify(START + 1, { email: 'sara@example.com' }, { identifiers: [mail] }));
    w.feed(w.events.identify(START + 2, { email: 'sara@example.com' }, { identifiers: [VISITOR, mail], trusted: false }));
    expect(w.world.contact(mail)?.id).not.toBe(w.world.contact(VISITOR)?.id);
    expect(w.decisions('merged')).toEqual([]);
  });

  it('on a device of two people are made once, and its history stays with the first', () => {
    const w = new SmallWorld([segmentOf('seen', happened('Seen', { times: { op: 'exactly', count: 1 } }))]);
    const [first, second] = [userOf('first'), userOf('second')];
    w.feed(w.events.track(START, 'Seen', {}, { identifiers: [VISITOR], trusted: false }));
    w.feed(w.events.identify(START + 1, {}, { identifiers: [first, VISITOR] }));
    for (let index = 0; index < 5; index += 1) w.feed(w.events.track(START + 2 + index, 'Looked', {}, { identifiers: [second, VISITOR] }));
    expect(w.effects('post').filter(({ input }) => input.kind === 'claim' && input.claimant === w.world.contact(second)?.id)).toHaveLength(2);
    expect(w.decisions('merge_refused')).toEqual(['merge_refused']);
    expect(w.world.contact(VISITOR)?.id).toBe(w.world.contact(first)?.id);
    expect(w.world.contact(second)?.segments).toEqual({});
  });

  it('on the user id of somebody who was never seen lead nowhere, unless said in so many words', () => {
    const [first, second] = [userOf('first'), userOf('second')];
    for (const [type, trusted, contacts] of [['track', true, 2], ['alias', false, 2], ['alias', true, 1]] as const) {
      const w = new SmallWorld([]);
      w.feed(w.events.track(START, 'Seen', {}, { type, trusted, identifiers: [first, second] }));
      w.feed(w.events.track(START + 1, 'Seen', {}, { identifiers: [second] }));
      expect(w.world.contacts()).toHaveLength(contacts);
    }
  });

  it('said in so many words join two people, also after a refusal', () => {
    const w = new SmallWorld([]);
    const [first, second] = [userOf('first'), userOf('second')];
    w.feed(w.events.track(START, 'Seen', {}, { identifiers: [second] }));
    w.feed(w.events.track(START + 1, 'Seen', {}, { identifiers: [first, second] }));
    expect(w.world.contacts()).toHaveLength(2);
    w.feed(w.events.track(START + 2, 'Alias', {}, { type: 'alias', identifiers: [first, second], trusted: false }));
    expect(w.world.contacts()).toHaveLength(2);
    w.feed(w.events.track(START + 3, 'Alias', {}, { type: 'alias', identifiers: [first, second] }));
    expect(w.world.contacts()).toHaveLength(1);
  });
});
