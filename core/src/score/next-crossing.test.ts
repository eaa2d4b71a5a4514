import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContactState } from '../contact/contact-state.ts';
import type { ScoreRule } from '../definition/score.ts';
import type { CompiledScore } from '../program/program.ts';
import { fuzzParameters } from '../testing/fuzz.ts';
import { fitPointsFor, pointsFor, scopeAt, scoreOf } from '../testing/scores.ts';
import { SARA, START, SmallWorld, happened, programOf } from '../testing/small-world.ts';
import { nextCrossing } from './next-crossing.ts';
import { scoreValue } from './score-value.ts';

const { numRuns, seed } = fuzzParameters(process.env, 400);

/** Half-lives of some hundred ms, so that a whole life can be looked at ms by ms. */
const SPAN_MS = 4_000;
const behaviour = fc.record({
  event: fc.constantFrom('A', 'B', 'C'), points: fc.integer({ min: -20, max: 20 }).filter((points) => points !== 0),
  halfLifeMs: fc.option(fc.integer({ min: 50, max: 900 })), cap: fc.option(fc.integer({ min: 1, max: 40 })),
});
const fit = fc.record({ points: fc.integer({ min: -20, max: 20 }), event: fc.constantFrom('A', 'B', 'C'), withinMs: fc.integer({ min: 50, max: 1_500 }) });
const life = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 4 }), fits: fc.array(fit, { maxLength: 2 }),
  told: fc.array(fc.record({ event: fc.constantFrom('A', 'B', 'C'), ago: fc.nat(300) }), { minLength: 1, maxLength: 6 }),
  threshold: fc.double({ min: -40, max: 40, noNaN: true }), isWhole: fc.boolean(), isExact: fc.boolean(),
});

type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

function lived({ behaviours, fits, told }: Life): { score: CompiledScore; contact: ContactState } {
  const rules: ScoreRule[] = [
    ...behaviours.map(({ event, points, halfLifeMs, cap }, index) => pointsFor(event, points, { id: `b${index}`, halfLifeMs, cap })),
    ...fits.map(({ points, event, withinMs }, index) => fitPointsFor(`f${index}`, points, happened(event, { period: { kind: 'within', ms: withinMs } }))),
  ];
  const definition = scoreOf(rules, { bands: [] });
  const w = new SmallWorld([definition, { kind: 'segment', key: 'any', name: 'any', description: null, match: { kind: 'score', score: 's', test: { op: 'exists' } } }]);
  for (const { event, ago } of told) w.feed(w.events.track(START, event, {}, { occurredAt: START - ago }));
  const contact = w.world.contact(SARA);
  const score = programOf([definition]).scores.get('s');
  if (contact === null || score === undefined) throw new Error('nobody lived');
  return { score, contact };
}

describe('the next crossing', () => {
  it(`is found to the millisecond, never late, for ${numRuns} lives`, { timeout: 600_000 }, () => {
    let early = 0;
    let crossings = 0;
    fc.assert(fc.property(life, (given) => {
      const { score, contact } = lived(given);
      const threshold = given.isWhole ? Math.round(given.threshold) : given.threshold;
      const answerTo = (value: number): boolean => (given.isExact ? value === threshold : value >= threshold);
      const answerAt = (at: number): boolean => answerTo(scoreValue(score, scopeAt(contact, at)) ?? NaN);
      const before = answerAt(START);
      let brute = START + 1;
      while (brute <= START + SPAN_MS && answerAt(brute) === before) brute += 1;
      let found = nextCrossing(score, [threshold], answerTo, scopeAt(contact, START));
      // Early is allowed, but must be the exception.
      while (found < brute && found < START + SPAN_MS) {
        early += 1;
        found = nextCrossing(score, [threshold], answerTo, scopeAt(contact, found));
      }
      if (brute <= START + SPAN_MS) crossings += 1;
      expect(brute <= START + SPAN_MS ? found : Math.min(found, brute)).toBe(brute);
    }), { numRuns, seed });
    expect(crossings).toBeGreaterThan(numRuns / 10);
    expect(early).toBeLessThan(crossings / 10);
  });
});
