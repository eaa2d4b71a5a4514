/** Random valid conditions, for property tests. */
import fc from 'fast-check';
import { CALENDARS, ENGAGEMENTS, OUTCOMES, ORDER_FIGURES } from './condition-keys.ts';
import { durationMs, key, line, nullable, number, scalar, shortLine, text } from './arbitrary-values.ts';
import type { Condition, DateTest, EventFigure, EventFilter, Fact, Period, PropertyTest, Test, Times } from './types.ts';

const MOST_DAYS = 3_650;
const SECOND_MS = 1000;

const one = <const V extends string>(...values: readonly V[]): fc.Arbitrary<V> => fc.constantFrom(...values);
const constant = <const V>(value: V): fc.Arbitrary<V> => fc.constant(value);
const someText = text.filter((value) => value !== '');
const values = fc.array(scalar, { minLength: 1, maxLength: 3 });
const inOrder = <V extends number | string>(pair: fc.Arbitrary<[V, V]>): fc.Arbitrary<[V, V]> => pair.map(([a, b]) => (a <= b ? [a, b] : [b, a]));
const ends: fc.Arbitrary<[number | string, number | string]> = fc.oneof(inOrder(fc.tuple(number, number)), inOrder(fc.tuple(text, text)));
const unequal = (pair: [number, number]): boolean => pair[0] !== pair[1];

const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: one('is', 'is-not'), value: scalar }),
  fc.record({ op: one('more-than', 'at-least', 'less-than', 'at-most'), value: fc.oneof(number, text) }),
  ends.map(([from, to]) => ({ op: 'between' as const, from, to })),
  fc.record({ op: constant('contains'), value: fc.oneof(someText, number, fc.boolean()) }),
  fc.record({ op: one('starts-with', 'ends-with'), value: someText }),
  fc.record({ op: constant('matches'), pattern: fc.constantFrom('^a.*b$', '\\d{3}', '[א-ת]+', 'a|b', '  x', '#', '\\pL+') }),
  fc.record({ op: one('in', 'not-in', 'contains-any', 'contains-all'), values }),
  fc.record({ op: one('exists', 'missing') }),
);
export const where: fc.Arbitrary<PropertyTest[]> = fc.array(fc.record({ path: fc.oneof(fc.constantFrom('a', '0', '1', 'items.*.sku'), line), test }), { maxLength: 3 });
const times: fc.Arbitrary<Times> = fc
  .record({ op: one('at-least', 'at-most', 'exactly'), count: fc.integer({ min: 0, max: 5 }) })
  .filter(({ op, count }) => !(op === 'at-least' && count === 0));

const instant = fc.oneof(fc.constantFrom(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 12, 30)), fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * SECOND_MS));
const ever: fc.Arbitrary<Period> = constant({ kind: 'ever' });
const dates: fc.Arbitrary<Period> = fc.oneof(
  inOrder(fc.tuple(instant, instant)).filter(unequal).map(([from, until]) => ({ kind: 'dates' as const, from, until })),
  fc.record({ kind: constant('dates'), from: instant, until: fc.constant(null) }),
  fc.record({ kind: constant('dates'), from: fc.constant(null), until: instant }),
);
const within: fc.Arbitrary<Period> = fc.record({ kind: constant('within'), ms: durationMs });
const ago: fc.Arbitrary<Period> = inOrder(fc.tuple(durationMs, durationMs)).filter(unequal).map(([toMs, fromMs]) => ({ kind: 'ago', fromMs, toMs }));
const longAgo: fc.Arbitrary<Period> = fc.record({ kind: constant('ago'), fromMs: fc.constant(null), toMs: durationMs });
export const period = fc.oneof(ever, within, dates, ago, longAgo);

/** Figures, each with the periods for which it can be told. */
export const figureAndPeriod: fc.Arbitrary<{ figure: EventFigure; period: Period }> = fc.oneof(
  fc.record({ figure: fc.record({ kind: one('sum', 'average', 'min', 'max'), property: line }), period: fc.oneof(ever, within, dates, ago) }),
  fc.record({ figure: fc.record({ kind: one('distinct', 'last'), property: line }), period: fc.oneof(ever, within, dates) }),
  fc.record({ figure: fc.record({ kind: one('first', 'most-frequent'), property: line }), period: fc.oneof(ever, dates) }),
);

const days = inOrder(fc.tuple(fc.integer({ min: -MOST_DAYS, max: MOST_DAYS }), fc.oneof(fc.constant(0), fc.integer({ min: -MOST_DAYS, max: MOST_DAYS }))));
const offset = fc.oneof(fc.constant(0), durationMs, durationMs.map((ms) => -ms));
const when: fc.Arbitrary<DateTest> = fc.oneof(
  inOrder(fc.tuple(offset, offset)).map(([fromMs, toMs]) => ({ kind: 'relative' as const, fromMs, toMs })),
  fc.record({ kind: constant('relative'), fromMs: offset, toMs: fc.constant(null) }),
  fc.record({ kind: constant('relative'), fromMs: fc.constant(null), toMs: offset }),
  days.map(([from, to]) => ({ kind: 'days' as const, from, to })),
  fc.tuple(fc.constantFrom(...CALENDARS), days).map(([calendar, [from, to]]) => ({ kind: 'anniversary' as const, calendar, from, to })),
);

export const filter: fc.Arbitrary<EventFilter> = fc.record({ event: fc.oneof(fc.constant('Order *'), line), where });
const held = nullable(fc.record({ op: one('at-least', 'less-than'), ms: durationMs }));
const degrees = (most: number): fc.Arbitrary<number> => fc.oneof(fc.integer({ min: -most, max: most }), fc.double({ min: -most, max: most, noNaN: true })).map((value) => (value === 0 ? 0 : value));
const share = inOrder(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }))).filter(unequal);

const person: fc.Arbitrary<Condition>[] = [
  fc.record({ kind: constant('trait'), path: line, test, held }),
  fc.record({ kind: constant('date'), path: line, when }),
  fc.record({ kind: constant('segment'), segment: key }),
  fc.record({ kind: constant('list'), list: key }),
  fc.record({ kind: constant('tag'), tag: shortLine }),
  fc.record({ kind: constant('consent'), channel: constant('email'), topic: nullable(shortLine) }),
  fc.record({ kind: constant('profiled') }),
  fc.record({ kind: constant('journey'), journey: key, status: one('inside', 'entered', 'completed'), reason: fc.constant(null) }),
  fc.record({ kind: constant('journey'), journey: key, status: constant('exited'), reason: nullable(line) }),
  fc.record({ kind: constant('score'), score: key, test }),
  fc.record({ kind: constant('band'), score: key, bands: fc.array(key, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: constant('persona'), set: key, persona: key }),
  fc.record({ kind: constant('predicted'), name: line, test }),
  fc.record({ kind: constant('fact'), fact: fc.constantFrom<Fact>('country', 'region', 'city', 'timezone', 'language', 'device'), test }),
  fc.record({ kind: constant('near'), latitude: degrees(90), longitude: degrees(180), radiusKm: fc.constantFrom(0.5, 20, 1234.567, 20_038) }),
  share.chain(([from, to]) => fc.record({ kind: constant('bucket'), salt: fc.oneof(fc.constant('random'), shortLine), fromPercent: fc.constant(from / 100), toPercent: fc.constant(to / 100) })),
];

const behaviour: fc.Arbitrary<Condition>[] = [
  fc.tuple(filter, test, figureAndPeriod).map(([events, only, figure]) => ({ kind: 'figure' as const, ...events, test: only, ...figure })),
  fc.record({ kind: constant('sequence'), first: filter, second: filter, outcome: one('happened', 'missing'), withinMs: durationMs, key: nullable(line), lastMs: nullable(durationMs) }),
  fc.tuple(fc.constantFrom(...ENGAGEMENTS), nullable(test)).chain(([outcome, link]) =>
    fc.record({
      kind: constant('engagement'), outcome: fc.constant(outcome), journey: nullable(key), step: nullable(line), template: nullable(key), topic: nullable(shortLine),
      link: fc.constant(outcome === 'clicked' ? link : null), times, period,
    }),
  ),
  fc.record({ kind: constant('orders'), figure: fc.constantFrom(...ORDER_FIGURES), test, period }),
];

/** `sends`: ids of steps that conditions on messages may name; null outside of journeys. */
export function condition(sends: readonly string[] | null, hasTriggerEvent: boolean): fc.Arbitrary<Condition> {
  const leaves: fc.Arbitrary<Condition>[] = [
    ...person,
    ...behaviour,
    fc.tuple(filter, times, period).map(([events, howOften, span]) => ({ kind: 'event' as const, ...events, times: howOften, period: span, since: 'ever' as const })),
  ];
  if (sends !== null) leaves.push(fc.tuple(filter, times, fc.oneof(ever, within, dates)).map(([events, howOften, span]) => ({ kind: 'event' as const, ...events, times: howOften, period: span, since: 'entry' as const })));
  if (sends !== null && hasTriggerEvent) leaves.push(fc.record({ kind: constant('trigger'), path: line, test }));
  if (sends !== null && sends.length > 0) leaves.push(fc.record({ kind: constant('message'), step: fc.constantFrom(...sends), outcome: fc.constantFrom(...OUTCOMES) }));
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      ...leaves,
      fc.record({ kind: one('all', 'any', 'none'), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    ),
  })).node;
}
