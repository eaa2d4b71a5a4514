import { describe, expect, it } from 'vitest';
import { SARA, START, SmallWorld, emailOf, happened, journeyOf, segmentOf, templateOf, visitorOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';

const VISITOR = visitorOf('device');
const asVisitor = { identifiers: [VISITOR], trusted: false };

function sara(): SmallWorld {
  const w = new SmallWorld([
    templateOf('mail'), segmentOf('seen', happened('Seen')),
    journeyOf('hello', 'Seen', [{ kind: 'wait', id: 'w', durationMs: HOUR_MS }, { kind: 'send', id: 'send', template: 'mail' }]),
  ]);
  w.feed(w.events.identify(START, { email: 'sara@example.com', consent: true }, { identifiers: [SARA, VISITOR] }));
  w.feed(w.events.track(START + 1, 'Order Completed', { order_id: 'o1', total: 5 }));
  w.feed(w.events.track(START + 2, 'Seen', {}, asVisitor));
  return w;
}

describe('an erasure', () => {
  it('leaves nobody behind any of the identifiers, and keeps the figures', () => {
    const w = sara();
    expect(w.counts('step:hello/w')).toEqual({ reached: 1, waiting: 1 });
    w.world.erase(VISITOR, START + 10, 'e1');
    for (const identifier of [SARA, VISITOR, emailOf('sara@example.com')]) expect(w.world.contact(identifier)).toBeNull();
    w.world.runTo(START + DAY_MS);
    expect(w.messages()).toEqual([]);
    expect([w.counts('step:hello/w'), w.counts('journey:hello'), w.counts('workspace')]).toMatchObject([{ reached: 1 }, { 'exited:erased': 1 }, { erased: 1, orders: 1 }]);
    expect(w.counts('step:hello/w').waiting).toBeUndefined();
  });

  it('is known to be over when every request that was handed on has arrived', () => {
    const w = sara();
    w.world.erase(SARA, START + 10, 'e1');
    const effects = w.effects('erase');
    expect(effects.reduce((sum, { received }) => sum + received, 0)).toBe(1 + effects.reduce((sum, { posted }) => sum + posted, 0));
    // Sara, the device, the address and the order.
    expect(effects.filter(({ wipe }) => wipe)).toHaveLength(4);
  });

  it('ignores what happened before and is told after, under whichever identifier', () => {
    const w = sara();
    w.world.erase(SARA, START + 10, 'e1');
    w.feed(w.events.track(START + 20, 'Seen', {}, { occurredAt: START + 9 }));
    w.feed(w.events.track(START + 20, 'Seen', {}, { ...asVisitor, occurredAt: START + 10 }));
    w.feed(w.events.identify(START + 20, {}, { identifiers: [emailOf('sara@example.com')], occurredAt: START, historical: true }));
    expect(w.world.contactCount()).toBe(0);
    expect(w.effects('blank')).toHaveLength(3);
  });

  it('lets whoever comes after begin anew, and goes on ignoring what was before', () => {
    const w = sara();
    w.world.erase(SARA, START + 10, 'e1');
    w.feed(w.events.identify(START + 20, { email: 'sara@example.com', plan: 'new' }, { identifiers: [SARA, VISITOR] }));
    w.feed(w.events.track(START + 30, 'Seen', {}, { occurredAt: START + 5 }));
    w.feed(w.events.identify(START + 30, { old: true }, { identifiers: [emailOf('sara@example.com')], occurredAt: START + 5 }));
    w.feed(w.events.track(START + 31, 'Seen', {}, { ...asVisitor, occurredAt: START + 5 }));
    const contact = w.world.contact(VISITOR);
    expect(contact).toMatchObject({ home: SARA, erased: { at: START + 10 }, consents: {}, orders: {}, messages: [], enrollments: [] });
    expect(Object.keys(contact?.traits ?? {}).sort()).toEqual(['email', 'plan']);
    expect(Object.keys(contact?.segments ?? {})).toEqual([]);
    expect(w.world.contact(emailOf('sara@example.com'))?.id).toBe(contact?.id);
  });

  it('can be asked for again, and then takes what came since', () => {
    const w = sara();
    w.world.erase(SARA, START + 10, 'e1');
    w.feed(w.events.track(START + 20, 'Seen', {}, { identifiers: [SARA, VISITOR] }));
    w.world.erase(VISITOR, START + 30, 'e2');
    expect(w.world.contactCount()).toBe(0);
    w.feed(w.events.track(START + 40, 'Seen', {}, { occurredAt: START + 25 }));
    expect(w.world.contactCount()).toBe(0);
  });

  it('does not reach somebody else to whom an identifier belongs', () => {
    const w = sara();
    const other = { kind: 'user', value: 'omid' } as const;
    w.feed(w.events.track(START + 5, 'Seen', {}, { identifiers: [other, VISITOR] }));
    w.world.erase(other, START + 10, 'e1');
    expect(w.world.contact(VISITOR)).toMatchObject({ home: SARA });
    expect(w.world.contact(other)).toBeNull();
  });
});
