import fc from 'fast-check';
import type { Condition, DateTest, Test } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { START } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';

/** START is noon in UTC, and midnight in both of these. */
export const ZONES: Readonly<Record<string, Millis>> = { 'Etc/GMT-12': DAY_MS / 2, 'Etc/GMT+12': -DAY_MS / 2 };

/** Spans from a date or a write to the edge of a condition about it. */
export const SPANS: readonly Millis[] = [5, 10, 100];

const SIGNED = [0, ...SPANS, ...SPANS.map((span) => -span)];
const place = fc.constantFrom<readonly [number, number]>([52.5, 13.4], [-33.9, 151.2], [0, 179.9]);

const when: fc.Arbitrary<DateTest> = fc.oneof(
  fc.record({ kind: fc.constant('relative'), fromMs: fc.constantFrom(null, ...SIGNED), toMs: fc.constantFrom(null, ...SIGNED) }),
  fc.record({ kind: fc.constant('days'), from: fc.integer({ min: -2, max: 2 }), to: fc.integer({ min: -2, max: 3 }) }),
  fc.record({ kind: fc.constant('anniversary'), calendar: fc.constantFrom('gregorian', 'jalali', 'hijri'), from: fc.integer({ min: -2, max: 2 }), to: fc.integer({ min: -2, max: 3 }) }),
);

const held = fc.record({ op: fc.constantFrom('at-least', 'less-than'), ms: fc.constantFrom(...SPANS) });
const plans = fc.constantFrom('a', 'b');
const told: fc.Arbitrary<Test> = fc.oneof(fc.record({ op: fc.constantFrom('is', 'is-not'), value: fc.constantFrom('DE', 'de', 'fa', 'mobile', 'desktop', 'FR') }), fc.record({ op: fc.constantFrom('exists', 'missing') }));
const number: fc.Arbitrary<Test> = fc.oneof(fc.record({ op: fc.constantFrom('more-than', 'at-most', 'is'), value: fc.constantFrom(0, 0.5, 1) }), fc.constant<Test>({ op: 'missing' }));

/** Tests of values that need values of their own kind. */
const ofLists: fc.Arbitrary<Test> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('contains-any', 'contains-all'), values: fc.array(fc.constantFrom<Json & string>('a', 'b', 'c'), { maxLength: 2 }) }) },
  fc.record({ op: fc.constant('matches'), pattern: fc.constantFrom('^a', 'b$', '[ab]+', '(?i)B', '') }),
  fc.record({ op: fc.constant('between'), from: fc.constantFrom<number | string>('a', 0), to: fc.constantFrom<number | string>('b', 2, 'ab') }),
  fc.record({ op: fc.constantFrom('is', 'is-not'), value: fc.constantFrom('a', 1, null) }),
  fc.record({ op: fc.constantFrom('missing', 'exists') }),
);

/** Conditions on what a contact is, besides what it did. */
export const stateCondition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('date'), path: fc.constantFrom('when', 'when', 'o.when'), when }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trait'), path: fc.constantFrom('plan'), test: fc.record({ op: fc.constantFrom('is', 'is-not'), value: plans }), held }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trait'), path: fc.constantFrom('list', 'list.*', 'list.*', 'list.*.k', 'list.0'), test: ofLists, held: fc.constant(null) }) },
  fc.record({ kind: fc.constant('fact'), fact: fc.constantFrom('country', 'language', 'device'), test: told }),
  fc.record({ kind: fc.constant('list'), list: fc.constantFrom('l1', 'l2') }),
  fc.record({ kind: fc.constant('predicted'), name: fc.constantFrom('churn', 'buys'), test: number }),
  place.map(([latitude, longitude]): Condition => ({ kind: 'near', latitude, longitude, radiusKm: 300 })),
  fc.constantFrom<readonly [number, number]>([0, 100], [0, 0], [100, 100]).map(([fromPercent, toPercent]): Condition => ({ kind: 'bucket', salt: 's', fromPercent, toPercent })),
  fc.record({ kind: fc.constant('journey'), journey: fc.constantFrom('tag', 'untag', 'out'), status: fc.constantFrom('inside', 'entered', 'completed', 'exited'), reason: fc.constantFrom(null, 'gone', 'other') }),
);

const instant = fc.integer({ min: -20, max: 150 }).map((offset) => START + offset);
const dateValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: instant.map((at) => new Date(at).toISOString()) }, { weight: 2, arbitrary: instant },
  instant.map((at) => new Date(at).toISOString().slice(0, -1)),
  { weight: 2, arbitrary: fc.constantFrom('2025-12-31', '2026-01-01', '2026-01-02', '2026-01-03') },
  { weight: 3, arbitrary: fc.constantFrom('1990-01-01', '1984-01-02', '2025-01-03', '2026-12-31', '--01-01', '01-02', '--10-12', '--07-12', '2024-02-29', '1996-12-31') },
  fc.constantFrom<Json>('soon', null, 5, '2026-02-30', ['2026-01-01']),
);
const placed = place.map(([latitude, longitude]): JsonObject => ({ latitude, longitude }));
const element = fc.oneof(fc.constantFrom<Json>('a', 'ab', 1, null), fc.record({ k: fc.constantFrom<Json>('a', 'b', 1, null) }), fc.constant<Json>({}));

/** Traits of which these conditions ask. */
export const stateTraits: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ when: dateValue, timezone: fc.constantFrom<Json>('Etc/GMT-12', 'Etc/GMT+12', 'UTC', 'Nowhere', null) }, { requiredKeys: [] }) },
  fc.record({ o: fc.record({ when: dateValue }) }), { weight: 3, arbitrary: fc.record({ plan: fc.oneof({ weight: 5, arbitrary: plans }, fc.constant(null)) }) },
  { weight: 2, arbitrary: fc.record({ list: fc.oneof<fc.Arbitrary<Json>[]>(fc.array(element, { maxLength: 3 }), fc.constantFrom('a', 'ab', 1, 'B')) }) },
  fc.oneof(fc.record({ country: fc.constantFrom('de', 'FR', ' ') }), fc.record({ address: fc.record({ country: fc.constantFrom('DE', 'FR', '') }) }), fc.record({ language: fc.constantFrom('fa-IR', 'de'), device: fc.constantFrom('mobile', null) })),
  fc.oneof(placed, placed.map((location) => ({ location })), fc.constant({ latitude: 'north', longitude: 5 })),
);

/** What the context of an event may say. */
export const context: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ locale: fc.constantFrom('de-AT', 'fa', '') }), fc.record({ location: fc.record({ country: fc.constantFrom('DE', 'fr', 'FR') }) }),
  fc.record({ userAgent: fc.constantFrom('Mozilla/5.0 (iPhone) Mobile', 'Mozilla/5.0 (X11; Linux)', '') }), fc.record({ device: fc.record({ type: fc.constantFrom('ios', 'Desktop') }) }),
);

export const listNames = fc.constantFrom('List Joined', 'List Left');
export const listContent: fc.Arbitrary<JsonObject> = fc.record({ list: fc.constantFrom<Json>('l1', 'l1', 'l2', '', 5) });
export const predictionContent: fc.Arbitrary<JsonObject> = fc.record({ name: fc.constantFrom('churn', 'buys'), value: fc.constantFrom<Json>(0, 0.5, 1, '1', null) });
