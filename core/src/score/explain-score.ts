import type { ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import { profilingRefusal, type ProfilingRefusal } from '../gate/may-profile.ts';
import { levelAt } from '../leaf/decay.ts';
import { decayOf } from '../leaf/leaf.ts';
import { explain } from '../program/explain.ts';
import type { CompiledPersonas, CompiledScore, Program, ScoringRule } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Millis } from '../time.ts';
import { bandHolds, nextBandChange } from './score-predicates.ts';
import { isScored, rulePoints, scoreValue, uncappedPoints } from './score-value.ts';

/** One score of one contact at one instant, line by line. */
export interface ScoreReading {
  score: string;
  /** null: no profile may be made of the contact, for the reason in `refusal`. */
  value: number | null;
  refusal: ProfilingRefusal | null;
  /** null: not scored, or the score has no bands. */
  band: string | null;
  /** The next other band that time alone leads to; null: none. */
  next: { at: Millis; band: string } | null;
  lines: ScoreLine[];
}

/** What one rule adds. The points of all lines sum up to the value. */
export interface ScoreLine {
  rule: string;
  label: string;
  /** What counts. */
  points: number;
  /** What it would be without a cap. */
  uncapped: number;
  cap: number | null;
  /** Behaviour: the points for one, how much there is of it now, after what has faded, and how fast it fades. null: fit. */
  behaviour: { event: string; each: number; level: number; halfLifeMs: number | null; latest: Millis | null } | null;
  /** Fit: why it holds or not. */
  fit: JsonObject | null;
}

export function readScore(score: CompiledScore, scope: Scope): ScoreReading {
  const scored = isScored(score, scope);
  return {
    score: score.key,
    value: scoreValue(score, scope),
    refusal: scored ? null : profilingRefusal(scope.contact, scope.workspace),
    band: bandOf(score, scope),
    next: scored ? nextBand(score, scope) : null,
    lines: scored ? score.rules.map((rule) => lineOf(rule, scope)) : [],
  };
}

function lineOf(rule: ScoringRule, scope: Scope): ScoreLine {
  const points = rulePoints(rule, scope);
  const { id, label } = rule;
  if (rule.kind === 'fit') return { rule: id, label, points, uncapped: points, cap: null, behaviour: null, fit: explain(rule.predicate, scope) };
  const state = decayOf(scope.contact.leaves[rule.leaf.key]);
  const { halfLifeMs } = rule;
  return {
    rule: id, label, points, uncapped: uncappedPoints(rule, scope, scope.now), cap: rule.cap, fit: null,
    behaviour: { event: rule.leaf.event, each: rule.points, level: levelAt(state, halfLifeMs, scope.now), halfLifeMs, latest: state?.at ?? null },
  };
}

/** The band in which the contact is held to be; null: not scored, or there are none. */
export function bandOf(score: CompiledScore, scope: Scope): string | null {
  if (!isScored(score, scope)) return null;
  const highest = score.bands.findLast(({ segment }) => segment === null || Object.hasOwn(scope.contact.segments, segment));
  return highest?.key ?? null;
}

/** Most changes looked at: each is an instant at which the band may be another. */
const LOOK_AHEAD_LIMIT = 16;

function nextBand(score: CompiledScore, scope: Scope): ScoreReading['next'] {
  const band = bandOf(score, scope);
  let there = scope;
  for (let step = 0; step < LOOK_AHEAD_LIMIT; step += 1) {
    const at = Math.min(Infinity, ...bandPredicates(score).map((predicate) => nextBandChange(predicate, there)));
    if (at === Infinity) return null;
    there = { ...there, now: at, contact: { ...there.contact, segments: segmentsAt(score, { ...there, now: at }) } };
    const next = bandOf(score, there);
    if (next !== null && next !== band) return { at, band: next };
  }
  return null;
}

function bandPredicates(score: CompiledScore): { kind: 'band'; score: CompiledScore; segment: string; from: number }[] {
  return score.bands.flatMap(({ segment, from }) => (segment === null || from === null ? [] : [{ kind: 'band' as const, score, segment, from }]));
}

function segmentsAt(score: CompiledScore, scope: Scope): ContactState['segments'] {
  const segments = { ...scope.contact.segments };
  for (const predicate of bandPredicates(score)) {
    if (bandHolds(predicate, scope)) segments[predicate.segment] ??= scope.now;
    else delete segments[predicate.segment];
  }
  return segments;
}

/** The persona of a set that the contact is; null: none, or no profile may be made. */
export function personaOf({ personas }: CompiledPersonas, contact: ContactState): { key: string; name: string; since: Millis } | null {
  for (const { key, name, segment } of personas) {
    const since = contact.segments[segment];
    if (since !== undefined) return { key, name, since };
  }
  return null;
}

/** The score whose band is the temperature of contacts; null: none. */
export function mainScore({ scores }: Pick<Program, 'scores'>): CompiledScore | null {
  return [...scores.values()].find(({ main }) => main) ?? null;
}
