import fc from 'fast-check';
import type { ScoreDefinition, ScoreRule } from '../definition/score.ts';
import type { JsonObject } from '../event/json.ts';
import { fitPointsFor, pointsFor, scoreOf } from '../testing/scores.ts';
import { happened } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';

/** What happens to people who are scored. */
export type ScoreStep =
  | { kind: 'event'; afterMs: number; who: number; name: string; lateMs: number; properties: JsonObject }
  | { kind: 'identify'; afterMs: number; who: number; traits: JsonObject }
  | { kind: 'consent'; afterMs: number; who: number; granted: boolean }
  | { kind: 'join'; afterMs: number; user: number; visitor: number }
  | { kind: 'publish'; afterMs: number; score: ScoreDefinition };

export interface ScoreStory {
  score: ScoreDefinition;
  steps: ScoreStep[];
}

const NAMES = ['A', 'B', 'C'];
const points = fc.oneof(fc.integer({ min: -30, max: 30 }), fc.double({ min: -10, max: 10, noNaN: true })).filter((value) => value !== 0);
const behaviour = fc.record({
  name: fc.constantFrom(...NAMES), points, per: fc.constantFrom(null, 'n'), filtered: fc.boolean(),
  halfLifeMs: fc.option(fc.constantFrom(HOUR_MS, 7 * HOUR_MS, 3 * DAY_MS, 30 * DAY_MS)), cap: fc.option(fc.integer({ min: 5, max: 60 })),
}).map(({ name, points: each, per, filtered, halfLifeMs, cap }) => pointsFor(name, each, { per, halfLifeMs, cap, where: filtered ? [{ path: 'x', test: { op: 'is', value: 1 } }] : [] }));
const fit = fc.tuple(points, fc.constantFrom('vip', 'recent')).map(([each, id]) => fitPointsFor(id, each, id === 'vip'
  ? { kind: 'trait', path: 'vip', test: { op: 'is', value: true }, held: null }
  : happened('A', { period: { kind: 'within', ms: 2 * DAY_MS } })));

const score = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 4 }), fits: fc.array(fit, { maxLength: 2 }), needsConsent: fc.boolean(),
  warm: fc.integer({ min: -20, max: 25 }), gap: fc.integer({ min: 5, max: 40 }), hysteresis: fc.constantFrom(0, 0, 1, 4.5),
}).map(({ behaviours, fits, needsConsent, warm, gap, hysteresis }) => scoreOf(numbered([...behaviours, ...fits]), {
  needsConsent, hysteresis,
  bands: [{ key: 'cold', name: 'Cold', from: null }, { key: 'warm', name: 'Warm', from: warm }, { key: 'hot', name: 'Hot', from: warm + gap }],
}));

function numbered(rules: ScoreRule[]): ScoreRule[] {
  return rules.map((rule, index) => ({ ...rule, id: `r${index}` }));
}

const afterMs = fc.oneof(fc.constantFrom(0, 1, HOUR_MS, DAY_MS), fc.integer({ min: 0, max: 10 * DAY_MS }));
const who = fc.nat(3);
const step: fc.Arbitrary<ScoreStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('event' as const), afterMs, who, name: fc.constantFrom(...NAMES), lateMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(5 * DAY_MS)),
      properties: fc.record({ n: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('none')), x: fc.nat(2) }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('identify' as const), afterMs, who, traits: fc.oneof(fc.record({ vip: fc.boolean() }), fc.record({ country: fc.constantFrom('US', 'DE') })) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('consent' as const), afterMs, who, granted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), afterMs, user: fc.nat(1), visitor: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('publish' as const), afterMs, score }) },
);

export const arbitraryScoreStory: fc.Arbitrary<ScoreStory> = fc.record({ score, steps: fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }) });
