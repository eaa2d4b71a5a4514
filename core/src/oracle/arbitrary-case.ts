import fc from 'fast-check';
import type { Condition, Period, PropertyTest, Test } from '../definition/condition.ts';
import type { SegmentDefinition } from '../definition/definition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { START } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { context, listContent, listNames, predictionContent, stateCondition, stateTraits } from './arbitrary-states.ts';

/** Windows so short that few events hit their edges by chance as well. */
export const WINDOWS: readonly Millis[] = [5, 10, 100];

/** When a step happens: some time after the one before, or around the edge of a window over an event told before. */
export type When = { after: Millis } | { event: number; window: Millis; offset: -1 | 0 | 1 | 2 };

export type CaseStep =
  | {
      kind: 'event'; when: When; who: number; type: 'track' | 'identify'; name: string; properties: JsonObject;
      lateMs: Millis; trusted: boolean; historical: boolean; context?: JsonObject;
    }
  /** The user and the visitor turn out to be one. */
  | { kind: 'join'; when: When; user: number; visitor: number }
  | { kind: 'publish'; when: When; segments: SegmentDefinition[] };

export interface Case {
  segments: SegmentDefinition[];
  steps: CaseStep[];
}

const text = fc.constantFrom('', 'a', 'b', 'ab', 'ba');
const scalar = fc.oneof(text, fc.integer({ min: -1, max: 3 }), fc.boolean(), fc.constant(null));
const json: fc.Arbitrary<Json> = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) }, { weight: 1, arbitrary: fc.record({ k: scalar }) });
const names = fc.constantFrom('A', 'A', 'B', 'Order Completed', 'Identify', 'Order *', 'A*');
const paths = fc.constantFrom('x', 'x', 'y', 'o.k', 'o', 'd.k');

const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: fc.constantFrom('is', 'is-not'), value: scalar }),
  fc.record({ op: fc.constantFrom('more-than', 'at-least', 'less-than', 'at-most'), value: fc.oneof(text, fc.integer({ min: -1, max: 3 })) }),
  fc.record({ op: fc.constantFrom('contains', 'starts-with', 'ends-with'), value: text }),
  fc.record({ op: fc.constantFrom('in', 'not-in'), values: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom('exists', 'missing') }),
);

const where: fc.Arbitrary<PropertyTest[]> = fc.oneof({ weight: 2, arbitrary: fc.constant<PropertyTest[]>([]) }, { weight: 1, arbitrary: fc.array(fc.record({ path: paths, test }), { minLength: 1, maxLength: 2 }) });

const within: fc.Arbitrary<Period> = fc.record({ kind: fc.constant('within'), ms: fc.constantFrom(...WINDOWS) });
const ago: fc.Arbitrary<Period> = fc.record({ kind: fc.constant('ago'), fromMs: fc.constantFrom(null, ...WINDOWS), toMs: fc.constantFrom(...WINDOWS) })
  .filter(({ fromMs, toMs }) => fromMs === null || fromMs >= toMs);
const date = fc.option(fc.integer({ min: -20, max: 300 }).map((offset) => START + offset), { nil: null });
const dates: fc.Arbitrary<Period> = fc.record({ kind: fc.constant('dates'), from: date, until: date });
const ever = fc.constant<Period>({ kind: 'ever' });
const whole = fc.oneof(ever, dates);

const event: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('event'), event: names, where, since: fc.constant('ever'),
  times: fc.record({ op: fc.constantFrom('at-least', 'at-most', 'exactly'), count: fc.integer({ min: 0, max: 3 }) }),
  period: fc.oneof({ weight: 1, arbitrary: ever }, { weight: 3, arbitrary: within }, { weight: 1, arbitrary: ago }, { weight: 1, arbitrary: dates }),
});

const number = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom(0.5, 1.25));
const numeric: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: fc.constantFrom('more-than', 'at-least', 'less-than', 'at-most', 'is', 'is-not'), value: number }),
  fc.record({ op: fc.constant('between'), from: number, to: number }),
  fc.record({ op: fc.constantFrom('exists', 'missing') }),
);
const valuePaths = fc.constantFrom('n', 'n', 'x', 'o.k');

/** A figure with a period for which it can be asked. */
const figure: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ figure: fc.record({ kind: fc.constantFrom<'sum' | 'average' | 'min' | 'max'>('sum', 'average', 'min', 'max'), property: valuePaths }), test: numeric, period: fc.oneof({ weight: 2, arbitrary: whole }, within, ago.filter((period) => period.kind === 'ago' && period.fromMs !== null)) }) },
  fc.record({ figure: fc.record({ kind: fc.constant('distinct' as const), property: valuePaths }), test: numeric, period: fc.oneof(whole, within) }),
  fc.record({ figure: fc.record({ kind: fc.constant('last' as const), property: valuePaths }), test, period: fc.oneof(whole, within) }),
  fc.record({ figure: fc.record({ kind: fc.constantFrom<'first' | 'most-frequent'>('first', 'most-frequent'), property: valuePaths }), test, period: whole }),
).chain((asked) => fc.record({ kind: fc.constant('figure' as const), event: names, where, figure: fc.constant(asked.figure), test: fc.constant(asked.test), period: fc.constant(asked.period) }));

const filter = fc.record({ event: names, where });
const sequence: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('sequence'), first: filter, second: filter, outcome: fc.constantFrom('happened', 'missing'), withinMs: fc.constantFrom(...WINDOWS),
  key: fc.constantFrom(null, 'x', 'y'), lastMs: fc.constantFrom(null, ...WINDOWS),
});

/** Conditions of a segment that may ask for membership in those before it. */
function condition(before: number): fc.Arbitrary<Condition> {
  const leaves: fc.Arbitrary<Condition>[] = [
    event, event, event, figure, figure, figure, sequence, stateCondition, stateCondition, stateCondition, stateCondition,
    fc.record({ kind: fc.constant('trait'), path: paths, test, held: fc.constant(null) }),
    fc.record({ kind: fc.constant('tag'), tag: fc.constant('t') }),
    fc.record({ kind: fc.constant('consent'), channel: fc.constant('email'), topic: fc.constantFrom(null, 'news') }),
  ];
  if (before > 0) leaves.push(fc.integer({ min: 0, max: before - 1 }).map((index) => ({ kind: 'segment', segment: `s${index}` })));
  return fc.letrec<{ any: Condition }>((tie) => ({
    any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, { weight: 3, arbitrary: fc.oneof(...leaves) }, {
      weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('all', 'any', 'none'), of: fc.array(tie('any'), { maxLength: 3 }) }),
    }),
  })).any;
}

const segments: fc.Arbitrary<SegmentDefinition[]> = fc.integer({ min: 1, max: 4 }).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, index) => condition(index)))).map((matches) =>
  matches.map((match, index) => ({ kind: 'segment', key: `s${index}`, name: 's', description: null, match })));

const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 }), fc.constantFrom(50, 100, 200), fc.constantFrom(DAY_MS / 2 - 1, DAY_MS / 2, DAY_MS)) }) },
  { weight: 2, arbitrary: fc.record({ event: fc.nat(20), window: fc.constantFrom(...WINDOWS), offset: fc.constantFrom(-1 as const, 0 as const, 1 as const, 2 as const) }) },
);

const LATE: readonly Millis[] = [1, 5, 9, 10, 11, 100, 86_400_000, 86_400_001, 200_000_000];
const lateMs = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(...LATE) });

const properties: fc.Arbitrary<JsonObject> = fc.record({ x: json, n: fc.oneof({ weight: 4, arbitrary: number }, { weight: 1, arbitrary: fc.array(number, { maxLength: 2 }) }), y: scalar, o: fc.record({ k: scalar }), 'd.k': scalar }, { requiredKeys: [] });
const order: fc.Arbitrary<JsonObject> = fc.record({ order_id: fc.constantFrom('o1', 'o2'), total: fc.integer({ min: 0, max: 9 }), x: scalar }, { requiredKeys: ['order_id'] });
const rarely = fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

function told(type: 'track' | 'identify', name: fc.Arbitrary<string>, content: fc.Arbitrary<JsonObject>): fc.Arbitrary<CaseStep> {
  return fc.record({
    kind: fc.constant('event'), when, who: fc.nat(3), type: fc.constant(type), name, properties: content, lateMs,
    trusted: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }), historical: rarely, context: fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: context }),
  });
}

const step: fc.Arbitrary<CaseStep> = fc.oneof(
  { weight: 6, arbitrary: told('track', fc.constantFrom('A', 'B', 'AB'), properties) },
  { weight: 3, arbitrary: told('track', fc.constant('Order Completed'), order) },
  { weight: 3, arbitrary: told('identify', fc.constant('Identify'), fc.tuple(properties, fc.option(fc.boolean())).map(([traits, consent]) => (consent === null ? traits : { ...traits, consent }))) },
  { weight: 2, arbitrary: told('track', fc.constantFrom('Consent Granted', 'Consent Withdrawn', 'Topic Subscribed', 'Topic Unsubscribed'), fc.constantFrom({}, { topic: 'news' })) },
  { weight: 4, arbitrary: told('identify', fc.constant('Identify'), stateTraits) },
  { weight: 2, arbitrary: told('track', listNames, listContent) },
  { weight: 1, arbitrary: told('track', fc.constant('Prediction Updated'), predictionContent) },
  { weight: 2, arbitrary: told('track', fc.constantFrom('Tag', 'Untag', 'Out'), fc.constant({})) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join'), when, user: fc.nat(1), visitor: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('publish'), when, segments }) },
);

export const arbitraryCase: fc.Arbitrary<Case> = fc.record({ segments, steps: fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }) });
