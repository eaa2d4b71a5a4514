import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition/index.ts';
import type { JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { SARA, START, SmallWorld, happened, segmentOf, workspaceOf } from '../testing/small-world.ts';
import { ORDER_MEMORY_LIMIT } from './apply-order.ts';

const BUYERS: Definition[] = [segmentOf('bought', happened('Order Completed')), segmentOf('bought-twice', happened('Order Completed', { times: { op: 'at-least', count: 2 } }))];

type Told = [name: string, properties: JsonObject, more?: Partial<TrackedEvent>];

/** What the workspace's counters show after these events, each a minute after the one before. */
function countsAfter(...told: Told[]): { counts: Record<string, number>; segments: string[]; world: SmallWorld } {
  const world = new SmallWorld(BUYERS);
  told.forEach(([name, properties, more], index) => world.feed(world.events.track(START + index * 60_000, name, properties, more)));
  return { counts: world.counts('workspace'), segments: Object.keys(world.world.contact(SARA)?.segments ?? {}), world };
}

describe('orders', () => {
  it('counts an order told twice once, for counters and conditions alike', () => {
    const { counts, segments } = countsAfter(['Order Completed', { order_id: 'o', total: 10 }], ['Order Completed', { order_id: 'o', total: 10 }]);
    expect(counts).toEqual({ orders: 1, 'revenue:USD': 1000 });
    expect(segments).toEqual(['bought']);
  });

  it('counts an order that names no total, and takes the total that is told later', () => {
    const without = countsAfter(['Order Completed', { order_id: 'o' }], ['Order Completed', { order_id: 'o' }]);
    expect([without.counts, without.segments]).toEqual([{ orders: 1 }, ['bought']]);
    expect(countsAfter(['Order Completed', { order_id: 'o' }], ['Order Updated', { order_id: 'o', total: 7 }]).counts).toEqual({ orders: 1, 'revenue:USD': 700 });
  });

  it.each([[-1], ['much'], [null], [1e12]])('ignores a total of %j and says so', (total) => {
    const { counts, world } = countsAfter(['Order Completed', { order_id: 'o', total }]);
    expect(counts).toEqual({ orders: 1 });
    expect(world.decisions('order_ignored')).toEqual(['order_ignored no_total']);
  });

  it('lets journeys and conditions see the completion of an order of which a change or a refund came first', () => {
    for (const first of ['Order Updated', 'Order Refunded', 'Order Cancelled']) {
      const { counts, segments } = countsAfter([first, { order_id: 'o', total: 10 }], ['Order Completed', { order_id: 'o', total: 10 }]);
      expect(segments).toEqual(['bought']);
      expect(counts.orders).toBe(1);
      expect(counts['revenue:USD']).toBe(1000);
    }
  });

  it('takes the latest total by when it was so, and a server’s word over a browser’s', () => {
    const late: Told = ['Order Updated', { order_id: 'o', total: 5 }, { occurredAt: START - 1 }];
    expect(countsAfter(['Order Completed', { order_id: 'o', total: 10 }], late).counts).toEqual({ orders: 1, 'revenue:USD': 1000 });
    expect(countsAfter(['Order Completed', { order_id: 'o', total: 10 }], ['Order Updated', { order_id: 'o', total: 12 }]).counts).toEqual({ orders: 1, 'revenue:USD': 1200 });
    expect(countsAfter(['Order Completed', { order_id: 'o', total: 10 }], ['Order Completed', { order_id: 'o', total: 99 }, { trusted: false }]).counts).toEqual({ orders: 1, 'revenue:USD': 1000 });
    expect(countsAfter(['Order Completed', { order_id: 'o', total: 99 }, { trusted: false }], ['Order Completed', { order_id: 'o', total: 10 }]).counts).toEqual({ orders: 1, 'revenue:USD': 1000 });
  });

  it('moves an order to the currency in which a server corrects it', () => {
    expect(countsAfter(['Order Completed', { order_id: 'o', total: 10 }, { trusted: false }], ['Order Completed', { order_id: 'o', total: 9, currency: 'eur' }]).counts)
      .toEqual({ orders: 1, 'revenue:EUR': 900 });
  });

  it('keeps currencies apart, each in its own minor unit', () => {
    const { counts } = countsAfter(
      ['Order Completed', { order_id: 'a', total: 1999, currency: 'JPY' }], ['Order Completed', { order_id: 'b', total: 1.2345, currency: 'KWD' }],
      ['Order Completed', { order_id: 'c', revenue: '19.90', currency: 'EUR' }], ['Order Completed', { order_id: 'd', value: 5 }],
    );
    expect(counts).toEqual({ orders: 4, 'revenue:JPY': 1999, 'revenue:KWD': 1235, 'revenue:EUR': 1990, 'revenue:USD': 500 });
  });

  it('takes the workspace’s currency for orders that name none', () => {
    const world = new SmallWorld([workspaceOf({ currency: 'IRR' })]);
    world.feed(world.events.track(START, 'Order Completed', { order_id: 'o', total: 10 }));
    expect(world.counts('workspace')).toEqual({ orders: 1, 'revenue:IRR': 1000 });
  });

  it.each<[string, Told[], number | undefined]>([
    ['a part', [['Order Refunded', { order_id: 'o', total: 4 }]], 400],
    ['a part, told as a negative number', [['Order Refunded', { order_id: 'o', refund: -4 }]], 400],
    ['two parts', [['Order Refunded', { order_id: 'o', total: 4 }], ['Order Refunded', { order_id: 'o', total: 3 }]], 700],
    ['never more than was paid', [['Order Refunded', { order_id: 'o', total: 8 }], ['Order Refunded', { order_id: 'o', total: 8 }]], 1000],
    ['all, when no amount is said', [['Order Refunded', { order_id: 'o' }]], 1000],
    ['all, when it was cancelled', [['Order Refunded', { order_id: 'o', total: 1 }], ['Order Cancelled', { order_id: 'o' }]], 1000],
    ['nothing in another currency', [['Order Refunded', { order_id: 'o', total: 4, currency: 'EUR' }]], undefined],
  ])('takes back %s', (_what, told, refunded) => {
    const { counts } = countsAfter(['Order Completed', { order_id: 'o', total: 10 }], ...told);
    expect(counts['refunded:USD']).toBe(refunded);
    expect(counts['revenue:USD']).toBe(1000);
  });

  it('books a refund of an order that it never saw', () => {
    expect(countsAfter(['Order Refunded', { order_id: 'c1', total: -12.5, currency: 'GBP' }]).counts).toEqual({ 'refunded:GBP': 1250 });
  });

  it('takes back the whole of an order whose total rises after it was cancelled', () => {
    expect(countsAfter(['Order Cancelled', { order_id: 'o' }], ['Order Completed', { order_id: 'o', total: 10 }], ['Order Updated', { order_id: 'o', total: 11 }]).counts)
      .toEqual({ orders: 1, 'revenue:USD': 1100, 'refunded:USD': 1100 });
  });

  it('leaves the same order whatever the order of arrival', () => {
    const event = fc.record({
      name: fc.constantFrom('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled'), order: fc.constantFrom('a', 'b'),
      total: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }), trusted: fc.boolean(),
    });
    const both = fc.array(event, { maxLength: 8 }).chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events.keys()], { minLength: events.length })));
    fc.assert(fc.property(both, ([events, order]) => {
      const summary = (indices: number[]): unknown => {
        const world = new SmallWorld(BUYERS);
        indices.forEach((index, position) => {
          const { name, order: id, total, trusted } = events[index]!;
          const properties: JsonObject = total === undefined ? { order_id: id } : { order_id: id, total };
          world.feed(world.events.track(START + position, name, properties, { occurredAt: START - 100 + index, trusted }));
        });
        const orders = Object.entries(world.world.contact(SARA)?.orders ?? {}).map(([id, { totalMinor, refundedMinor, counted }]) => `${id} ${totalMinor} ${refundedMinor} ${counted}`);
        return [world.counts('workspace'), orders.toSorted(), Object.keys(world.world.contact(SARA)?.segments ?? {}).toSorted()];
      };
      expect(summary(order)).toEqual(summary([...events.keys()]));
    }), { seed: 20260101, numRuns: 300 });
  });

  it('remembers so many orders and forgets the oldest', () => {
    const world = new SmallWorld([]);
    for (let index = 0; index <= ORDER_MEMORY_LIMIT; index += 1) world.feed(world.events.track(START + index, 'Order Completed', { order_id: `o${index}`, total: 1 }));
    const orders = Object.keys(world.world.contact(SARA)?.orders ?? {});
    expect([orders.length, orders[0]]).toEqual([ORDER_MEMORY_LIMIT, 'o1']);
    expect(world.counts('workspace').orders).toBe(ORDER_MEMORY_LIMIT + 1);
  });

  it('tells orders by their number as well, and counts those without id one by one', () => {
    expect(countsAfter(['Order Completed', { order_id: 17, total: 1 }], ['Order Completed', { orderId: ' 17 ', total: 1 }]).counts.orders).toBe(1);
    expect(countsAfter(['Order Completed', { total: 1 }], ['Order Completed', { total: 1 }]).counts.orders).toBe(2);
  });
});
