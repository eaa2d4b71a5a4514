import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json.ts';
import { own, put } from './own.ts';
import { SARA, START, SmallWorld } from '../testing/small-world.ts';

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

describe('names that every object inherits', () => {
  it.each(INHERITED)('%s is absent until it is set, and then survives being written as JSON', (name) => {
    const record: Record<string, number> = {};
    expect(own(record, name)).toBeUndefined();
    put(record, name, 7);
    expect(own(record, name)).toBe(7);
    expect(own(JSON.parse(JSON.stringify(record)) as Record<string, number>, name)).toBe(7);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  it.each(INHERITED)('an order called %s is an order like any other', (name) => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const w = new SmallWorld([]);
    w.feed(w.events.track(START, 'Order Completed', { order_id: name, total: 10 }));
    w.feed(w.events.track(START + 1, 'Order Completed', { order_id: name, total: 10 }));
    w.feed(w.events.track(START + 2, 'Order Cancelled', { order_id: name }));
    expect(w.counts('workspace')).toEqual({ orders: 1, 'revenue:USD': 1000, 'refunded:USD': 1000 });
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  });

  it.each(INHERITED)('a trait called %s is a trait like any other', (name) => {
    const w = new SmallWorld([]);
    w.feed(w.events.identify(START, JSON.parse(`{"${name}":"a"}`) as JsonObject, { trusted: false }));
    expect(own(w.world.contact(SARA)?.traits ?? {}, name)?.value).toBe('a');
  });
});
