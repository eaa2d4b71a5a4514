import { mayProfile } from '../gate/may-profile.ts';
import { levelAt } from '../leaf/decay.ts';
import { decayOf } from '../leaf/leaf.ts';
import type { BehaviourScoring, CompiledScore, ScoringRule } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Millis } from '../time.ts';

/** Points given and points taken, both not negative. Each can only shrink while nothing happens but time. */
export interface Points {
  given: number;
  taken: number;
}

export function isScored(score: CompiledScore, { contact, workspace }: Scope): boolean {
  return !score.needsConsent || mayProfile(contact, workspace);
}

/** The score at `now`; null where the contact must not be profiled. */
export function scoreValue(score: CompiledScore, scope: Scope): number | null {
  if (!isScored(score, scope)) return null;
  return valueOf(behaviourPoints(score, scope, scope.now), fitPoints(score, scope));
}

/** Always added in this order, so that the same points never differ by a rounding. */
export function valueOf(behaviour: Points, fit: Points): number {
  return behaviour.given + fit.given - (behaviour.taken + fit.taken);
}

/** What behaviour gives and takes at an instant not before `now`, if nothing more happens. */
export function behaviourPoints({ rules }: CompiledScore, scope: Scope, at: Millis): Points {
  const points: Points = { given: 0, taken: 0 };
  for (const rule of rules) if (rule.kind === 'behaviour') add(points, cappedPoints(rule, scope, at));
  return points;
}

export function fitPoints({ rules }: CompiledScore, scope: Scope): Points {
  const points: Points = { given: 0, taken: 0 };
  for (const rule of rules) if (rule.kind === 'fit' && rule.holds(scope)) add(points, rule.points);
  return points;
}

/** What one rule comes to at `now`. */
export function rulePoints(rule: ScoringRule, scope: Scope): number {
  if (rule.kind === 'behaviour') return cappedPoints(rule, scope, scope.now);
  return rule.holds(scope) ? rule.points : 0;
}

/** What a rule would come to without its cap. */
export function uncappedPoints({ leaf, halfLifeMs, points }: BehaviourScoring, { contact }: Scope, at: Millis): number {
  return levelAt(decayOf(contact.leaves[leaf.key]), halfLifeMs, at) * points;
}

/** The cap holds for the sum as it is now, not for each event as it comes: so the order of arrival does not matter. */
function cappedPoints(rule: BehaviourScoring, scope: Scope, at: Millis): number {
  const points = uncappedPoints(rule, scope, at);
  return rule.cap === null ? points : Math.max(-rule.cap, Math.min(rule.cap, points));
}

function add(points: Points, more: number): void {
  if (more > 0) points.given += more;
  else points.taken -= more;
}
