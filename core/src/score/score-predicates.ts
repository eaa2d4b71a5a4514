import type { Predicate } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import { testValue } from '../segment/test-value.ts';
import type { Millis } from '../time.ts';
import { nextCrossing } from './next-crossing.ts';
import { scoreValue } from './score-value.ts';
import { thresholdsOf } from './test-thresholds.ts';

type ScorePredicate = Extract<Predicate, { kind: 'score' }>;
type BandPredicate = Extract<Predicate, { kind: 'band' }>;

export function scoreHolds({ score, test }: ScorePredicate, scope: Scope): boolean {
  return testValue(test, scoreValue(score, scope));
}

export function nextScoreChange({ score, test }: ScorePredicate, scope: Scope): Millis {
  return nextCrossing(score, thresholdsOf(test), (value) => testValue(test, value), scope);
}

export function bandHolds(predicate: BandPredicate, scope: Scope): boolean {
  const value = scoreValue(predicate.score, scope);
  return value !== null && value >= thresholdFor(predicate, Object.hasOwn(scope.contact.segments, predicate.segment));
}

/** When the contact, which by then is where its score puts it now, next leaves or enters. */
export function nextBandChange(predicate: BandPredicate, scope: Scope): Millis {
  const threshold = thresholdFor(predicate, bandHolds(predicate, scope));
  return nextCrossing(predicate.score, [threshold], (value) => value >= threshold, scope);
}

function thresholdFor({ score, from }: BandPredicate, isInside: boolean): number {
  return isInside ? from - score.hysteresis : from;
}
