import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, OrderFigure, Period, Test } from '../definition/condition.ts';
import type { JsonObject } from '../event/json.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { EventMaker, SARA, START, SmallWorld, journeyOf, programOf, segmentOf, visitorOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';

const ever: Period = { kind: 'ever' };
const orders = (figure: OrderFigure, test: Test, period: Period = ever): Condition => ({ kind: 'orders', figure, test, period });
const atLeast = (value: number): Test => ({ op: 'at-least', value });

/** Changes of one segment, with times after START. */
function changes(match: Condition, ...told: [at: Millis, name: string, properties: JsonObject][]): [string, Millis][] {
  const w = new SmallWorld([segmentOf('s', match)]);
  for (const [at, name, properties] of told) w.feed(w.events.track(START + at, name, properties));
  w.world.runTo(START + 100 * DAY_MS);
  return w.effects('membership').map(({ entered, at }) => [entered ? 'in' : 'out', at - START]);
}

const bought = (at: Millis, order_id: string, total: number, more: JsonObject = {}): [Millis, string, JsonObject] => [at, 'Order Completed', { order_id, total, ...more }];

describe('what orders come to', () => {
  it('is counted and added up as it is told, repeats once', () => {
    expect(changes(orders('count', atLeast(2)), bought(0, 'a', 10), bought(1, 'a', 10), bought(2, 'b', 1))).toEqual([['in', 2]]);
    expect(changes(orders('value', atLeast(30)), bought(0, 'a', 10), bought(1, 'a', 30), bought(2, 'b', 20.5))).toEqual([['in', 1]]);
    expect(changes(orders('average', atLeast(15)), bought(0, 'a', 10), bought(1, 'b', 20), bought(2, 'c', 10))).toEqual([['in', 1], ['out', 2]]);
    expect(changes(orders('largest', atLeast(15)), bought(0, 'a', 10), bought(1, 'b', 20))).toEqual([['in', 1]]);
  });

  it('falls with refunds and corrections, and an order taken back as a whole is none', () => {
    expect(changes(orders('value', atLeast(30)), bought(0, 'a', 30), [1, 'Order Refunded', { order_id: 'a', total: 0.01 }])).toEqual([['in', 0], ['out', 1]]);
    expect(changes(orders('value', atLeast(30)), bought(0, 'a', 30), [1, 'Order Updated', { order_id: 'a', total: 20 }])).toEqual([['in', 0], ['out', 1]]);
    expect(changes(orders('count', atLeast(1)), bought(0, 'a', 30), [1, 'Order Cancelled', { order_id: 'a' }])).toEqual([['in', 0], ['out', 1]]);
    expect(changes(orders('average', { op: 'is', value: 30 }), bought(0, 'a', 30), bought(1, 'b', 10), [2, 'Order Cancelled', { order_id: 'b' }])).toEqual([['in', 0], ['out', 1], ['in', 2]]);
  });

  it('has no amount for other currencies, though they are orders', () => {
    expect(changes(orders('value', atLeast(10)), bought(0, 'a', 99, { currency: 'EUR' }), bought(1, 'b', 10, { currency: 'USD' }))).toEqual([['in', 1]]);
    expect(changes(orders('count', atLeast(2)), bought(0, 'a', 99, { currency: 'EUR' }), bought(1, 'b', 10))).toEqual([['in', 1]]);
    expect(changes(orders('average', { op: 'missing' }), bought(0, 'a', 99, { currency: 'EUR' }), bought(1, 'b', 10))).toEqual([['in', 0], ['out', 1]]);
  });

  it('is nothing for who never bought: 0 orders worth 0, and no average', () => {
    const seen: [Millis, string, JsonObject] = [0, 'Seen', {}];
    expect([changes(orders('count', { op: 'is', value: 0 }), seen), changes(orders('value', { op: 'at-most', value: 0 }), seen), changes(orders('average', { op: 'at-most', value: 0 }), seen)]).toEqual([[['in', 0]], [['in', 0]], []]);
  });

  it('leaves a period to the millisecond', () => {
    expect(changes(orders('count', atLeast(1), { kind: 'within', ms: DAY_MS }), bought(0, 'a', 1), bought(5, 'b', 1))).toEqual([['in', 0], ['out', DAY_MS + 6]]);
    expect(changes(orders('value', atLeast(2), { kind: 'ago', fromMs: 2 * DAY_MS, toMs: DAY_MS }), bought(0, 'a', 1), bought(5, 'b', 1))).toEqual([['in', DAY_MS + 5], ['out', 2 * DAY_MS + 1]]);
    expect(changes(orders('count', { op: 'is', value: 1 }, { kind: 'dates', from: START, until: START + 5 }), bought(0, 'a', 1), bought(5, 'b', 1))).toEqual([['in', 0]]);
  });

  it('is that of both who turn out to be one, what both told counted once', () => {
    const w = new SmallWorld([segmentOf('s', orders('count', atLeast(3))), segmentOf('worth', orders('value', { op: 'is', value: 60 }))]);
    for (const [who, order_id, total] of [[SARA, 'a', 10], [SARA, 'b', 20], [visitorOf('v'), 'b', 20], [visitorOf('v'), 'c', 30]] as const) {
      w.feed(w.events.track(START, 'Order Completed', { order_id, total }, { identifiers: [who] }));
    }
    w.feed(w.events.track(START + 1, 'Seen', {}, { identifiers: [SARA, visitorOf('v')] }));
    expect(w.world.contact(SARA)?.segments).toEqual({ s: START + 1, worth: START + 1 });
  });

  it('is known to a segment published later', () => {
    const world = new DelayedWorld(programOf([]));
    const events = new EventMaker();
    world.feed(SARA, events.track(START, 'Order Completed', { order_id: 'a', total: 10 }));
    world.program = programOf([segmentOf('s', orders('value', atLeast(10)))], { version: 2, keptSince: world.program.keptSince });
    world.feed(SARA, events.track(START + 5, 'Seen'));
    expect(Object.keys(world.contact(SARA)?.segments ?? {})).toEqual(['s']);
  });

  it('explains itself by what it comes to', () => {
    const w = new SmallWorld([journeyOf('j', 'Go', [], { who: orders('average', atLeast(50)) })]);
    for (const [at, name, properties] of [bought(0, 'a', 10), bought(1, 'b', 11)]) w.feed(w.events.track(START + at, name, properties));
    w.feed(w.events.track(START + 2, 'Go'));
    expect(w.effects('decision').find(({ decision }) => decision.code === 'not_entered')?.decision.detail).toEqual({ reason: 'who', failed: {
      orders: 'average', test: { op: 'at-least', value: 50 }, period: { kind: 'ever' }, observed: 10.5, holds: false,
    } });
  });
});

interface Told {
  name: 'Order Completed' | 'Order Updated' | 'Order Refunded' | 'Order Cancelled';
  id: 'o1' | 'o2' | 'o3';
  amount: number | null;
  afterMs: Millis;
}

/** Orders as a shop keeps them, from all that was told up to now. */
function naively(figure: OrderFigure, period: Period, told: readonly (Told & { at: Millis })[], now: Millis): number | null {
  const known = (['o1', 'o2', 'o3'] as const).flatMap((id) => {
    const mine = told.filter((one) => one.id === id);
    const bought2 = mine.filter(({ name }) => name === 'Order Completed' || name === 'Order Updated');
    const [first] = bought2;
    const isBack = mine.some(({ name, amount }) => name === 'Order Cancelled' || (name === 'Order Refunded' && amount === null));
    if (first === undefined || isBack) return [];
    const total = bought2.findLast(({ amount }) => amount !== null)?.amount ?? 0;
    const refunded = mine.reduce((sum, { name, amount }) => sum + (name === 'Order Refunded' ? (amount ?? 0) : 0), 0);
    return [{ at: first.at, foreign: id === 'o3', net: Math.max(0, total - refunded) }];
  }).filter(({ at }) => period.kind === 'ever' || (period.kind === 'within' ? now - at <= period.ms : period.kind === 'ago' && now - at >= period.toMs && now - at <= (period.fromMs ?? Infinity)));
  const nets = known.filter(({ foreign }) => !foreign).map(({ net }) => net);
  const sum = nets.reduce((total, net) => total + net, 0);
  if (figure === 'count') return known.length;
  if (figure === 'value') return sum;
  if (nets.length === 0) return null;
  return figure === 'average' ? sum / nets.length : Math.max(...nets);
}

describe('orders over time', () => {
  const one: fc.Arbitrary<Told> = fc.record({
    name: fc.constantFrom('Order Completed', 'Order Completed', 'Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled'), id: fc.constantFrom('o1', 'o1', 'o2', 'o2', 'o3'),
    amount: fc.option(fc.constantFrom(0, 1, 2, 2.5, 4)), afterMs: fc.constantFrom(0, 1, 3, 5, 10),
  });
  const period: fc.Arbitrary<Period> = fc.oneof(fc.constant(ever), fc.record({ kind: fc.constant('within'), ms: fc.constantFrom(5, 10) }), fc.record({ kind: fc.constant('ago'), fromMs: fc.constantFrom(null, 10, 20), toMs: fc.constantFrom(3, 10) }));
  const test: fc.Arbitrary<Test> = fc.oneof(fc.record({ op: fc.constantFrom('at-least', 'less-than', 'is', 'is-not'), value: fc.constantFrom(0, 1, 2, 2.5, 4) }), fc.constantFrom<Test>({ op: 'missing' }, { op: 'exists' }));
  const passes = (given: Test, value: number | null): boolean => {
    if (given.op === 'missing' || given.op === 'exists') return (value === null) === (given.op === 'missing');
    if (!('value' in given) || typeof given.value !== 'number') return false;
    if (given.op === 'is' || given.op === 'is-not') return (value === given.value) === (given.op === 'is');
    return value !== null && (given.op === 'at-least' ? value >= given.value : value < given.value);
  };

  it('are at every millisecond what a shop would say', () => {
    fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.constantFrom<OrderFigure>('count', 'value', 'average', 'largest'), test, period, (steps, figure, asked, span) => {
      const w = new SmallWorld([workspaceOf({ currency: 'USD' }), segmentOf('s', orders(figure, asked, span))]);
      let now = START;
      const told: (Told & { at: Millis })[] = [];
      const compare = (until: Millis): void => {
        for (; now < until; now += 1) {
          w.world.runTo(now);
          expect([now - START, Object.hasOwn(w.world.contact(SARA)?.segments ?? {}, 's')]).toEqual([now - START, told.length > 0 && passes(asked, naively(figure, span, told, now))]);
        }
      };
      for (const step of steps) {
        compare(now + step.afterMs);
        told.push({ ...step, at: now });
        const { name, id, amount } = step;
        w.feed(w.events.track(now, name, { order_id: id, ...(id === 'o3' ? { currency: 'EUR' } : {}), ...(amount === null ? {} : { total: amount }) }));
      }
      compare(now + 40);
    }), { numRuns: 400, seed: 11 });
  });
});
