import type { CompiledScore } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Millis } from '../time.ts';
import { behaviourPoints, fitPoints, isScored, valueOf, type Points } from './score-value.ts';

/** So often the search begins anew from a later instant; beyond, the contact looks again then. */
const STAGE_LIMIT = 64;
/** After so many half-lives nothing is left that a number could hold. */
const VANISHING_HALF_LIVES = 1_100;

/**
 * When the passing of time alone next changes `answerTo` of the score, or may; Infinity: never. The answer may change
 * only at the thresholds. To the millisecond, since it asks the very value that will be asked then.
 *
 * While nothing happens, both the points given and the points taken can only shrink. So between `from` and a later
 * instant the score stays above "given then minus taken now" and below "given now minus taken then": the first instant
 * at which one of the two reaches a threshold is found by halving, and nothing has changed before. Where the score has
 * not changed its answer there, the search goes on from there, with bounds that are closer.
 */
export function nextCrossing(score: CompiledScore, thresholds: readonly number[], answerTo: (value: number) => boolean, scope: Scope): Millis {
  if (thresholds.length === 0 || !isScored(score, scope)) return Infinity;
  const halfLives = score.rules.map((rule) => (rule.kind === 'behaviour' ? (rule.halfLifeMs ?? 0) : 0));
  const spanMs = Math.max(0, ...halfLives) * VANISHING_HALF_LIVES;
  const answer = answerTo(valueOf(behaviourPoints(score, scope, scope.now), fitPoints(score, scope)));
  let from = scope.now;
  for (let stage = 0; stage < STAGE_LIMIT; stage += 1) {
    const there = { ...scope, now: from };
    const fit = fitPoints(score, there);
    const horizon = Math.max(from + 1, nextFitChange(score, there));
    const next = firstTouch(score, there, fit, thresholds, Math.min(horizon, from + spanMs));
    // What fit comes to changes at the horizon; short of it only behaviour does.
    from = next ?? horizon;
    if (from === Infinity) return Infinity;
    const then = { ...scope, now: from };
    if (answerTo(valueOf(behaviourPoints(score, then, from), fitPoints(score, then))) !== answer) return from;
  }
  return from;
}

function nextFitChange({ rules }: CompiledScore, scope: Scope): Millis {
  return rules.reduce((next, rule) => (rule.kind === 'fit' ? Math.min(next, rule.nextChange(scope)) : next), Infinity);
}

/** The first instant after `now` and before or at `until` at which the score may be at a threshold that it is not at now, or leaves one; null: none. */
function firstTouch(score: CompiledScore, scope: Scope, fit: Points, thresholds: readonly number[], until: Millis): Millis | null {
  const { now } = scope;
  const start = behaviourPoints(score, scope, now);
  const value = valueOf(start, fit);
  const at = thresholds.includes(value);
  const below = Math.max(-Infinity, ...thresholds.filter((threshold) => threshold < value));
  const above = Math.min(Infinity, ...thresholds.filter((threshold) => threshold > value));
  const touches = (instant: Millis): boolean => {
    const then = behaviourPoints(score, scope, instant);
    const lowest = valueOf({ given: then.given, taken: start.taken }, fit);
    const highest = valueOf({ given: start.given, taken: then.taken }, fit);
    return at ? lowest < value || highest > value : lowest <= below || highest >= above;
  };
  if (until <= now || !touches(until)) return null;
  let before = now;
  let after = until;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (touches(middle)) after = middle;
    else before = middle;
  }
  return after;
}
