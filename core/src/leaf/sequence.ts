import { tieOf } from '../event/tie.ts';
import { own, put } from '../event/own.ts';
import { valueAt } from '../event/path.ts';
import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import type { LeafRole, LeafShape } from './shape.ts';

/** An instant with what tells events of the same instant apart. */
type Moment = [at: Millis, tie: number];

/** The events of one key, latest first. */
interface Pairs {
  first: Moment[];
  second: Moment[];
}

export interface SequenceState {
  pairs: Record<string, Pairs>;
  /** The latest first event that was followed in time; null: none. */
  met: Millis | null;
  /** The latest first event that was not, of those no longer kept; null: none. */
  missed: Millis | null;
}

/** Most events of each kind kept for one key, and most keys; the oldest give way. */
export const MOMENTS_LIMIT = 32;
export const KEYS_LIMIT = 100;

type Shape = Extract<LeafShape, { kind: 'sequence' }>;

/** An event without the key ties to nothing and is left out. */
export function addToSequence(state: SequenceState | undefined, { key, withinMs }: Shape, { at, id, properties }: Observation, role: LeafRole): SequenceState | undefined {
  const name = key === null ? '' : nameOf(properties, key);
  if (name === null) return state;
  const next = state ?? { pairs: {}, met: null, missed: null };
  const pairs = own(next.pairs, name) ?? { first: [], second: [] };
  put(next.pairs, name, pairs);
  insert(pairs[role], [at, tieOf(id)]);
  return tidied(next, name, withinMs);
}

function nameOf(properties: Observation['properties'], key: string): string | null {
  const value = valueAt(properties, key);
  if (typeof value === 'string') return value === '' || value.length > 200 ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

function insert(moments: Moment[], moment: Moment): void {
  let index = moments.length;
  for (let before = moments[index - 1]; before !== undefined && isAfter(moment, before); before = moments[index - 1]) index -= 1;
  moments.splice(index, 0, moment);
}

function isAfter(a: Moment, b: Moment): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}

/** One event never follows itself; two of the same instant follow each other. */
function follows([secondAt, secondTie]: Moment, [firstAt, firstTie]: Moment, withinMs: number): boolean {
  return secondAt >= firstAt && secondAt <= firstAt + withinMs && (secondAt !== firstAt || secondTie !== firstTie);
}

function isMet(first: Moment, { second }: Pairs, withinMs: number): boolean {
  return second.some((moment) => follows(moment, first, withinMs));
}

/** Notes what the key's events come to, and lets go of the oldest when there are too many. */
function tidied(state: SequenceState, name: string, withinMs: number): SequenceState {
  const pairs = own(state.pairs, name);
  if (pairs === undefined) return state;
  for (const first of pairs.first) if (isMet(first, pairs, withinMs)) state.met = Math.max(state.met ?? first[0], first[0]);
  while (pairs.first.length > MOMENTS_LIMIT) {
    const oldest = pairs.first.at(-1);
    if (oldest !== undefined) giveUp(state, [oldest], pairs, withinMs);
    pairs.first.pop();
  }
  pairs.second.splice(MOMENTS_LIMIT);
  const names = Object.keys(state.pairs);
  if (names.length > KEYS_LIMIT) dropOldestKey(state, names, withinMs);
  return state;
}

function dropOldestKey(state: SequenceState, names: readonly string[], withinMs: number): void {
  const latest = (name: string): Millis => {
    const { first, second } = own(state.pairs, name) ?? { first: [], second: [] };
    return Math.max(first[0]?.[0] ?? 0, second[0]?.[0] ?? 0);
  };
  const [oldest] = [...names].sort((a, b) => latest(a) - latest(b) || (a < b ? -1 : 1));
  const pairs = oldest === undefined ? undefined : own(state.pairs, oldest);
  if (oldest === undefined || pairs === undefined) return;
  giveUp(state, pairs.first, pairs, withinMs);
  delete state.pairs[oldest];
}

function giveUp(state: SequenceState, firsts: readonly Moment[], pairs: Pairs, withinMs: number): void {
  for (const first of firsts) if (!isMet(first, pairs, withinMs)) state.missed = Math.max(state.missed ?? first[0], first[0]);
}

export function mergeSequences(a: SequenceState, b: SequenceState, withinMs: number): SequenceState {
  a.met = latestOf(a.met, b.met);
  a.missed = latestOf(a.missed, b.missed);
  for (const [name, { first, second }] of Object.entries(b.pairs)) {
    const pairs = own(a.pairs, name) ?? { first: [], second: [] };
    put(a.pairs, name, pairs);
    for (const moment of first) insert(pairs.first, moment);
    for (const moment of second) insert(pairs.second, moment);
    tidied(a, name, withinMs);
  }
  return a;
}

function latestOf(a: Millis | null, b: Millis | null): Millis | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** What is asked of a sequence: see `SequenceCondition`. */
export interface SequenceQuestion {
  outcome: 'happened' | 'missing';
  withinMs: number;
  lastMs: number | null;
}

/** Whether it is so at `now`. */
export function sequenceHolds(state: SequenceState | undefined, question: SequenceQuestion, now: Millis): boolean {
  const latest = latestSuch(state, question, now);
  return latest !== null && (question.lastMs === null || latest >= now - question.lastMs);
}

/** The latest first event of which the question is true; null: none. */
function latestSuch(state: SequenceState | undefined, { outcome, withinMs }: SequenceQuestion, now: Millis): Millis | null {
  if (state === undefined) return null;
  if (outcome === 'happened') return state.met;
  let latest = state.missed;
  for (const at of unanswered(state, withinMs)) if (at + withinMs < now) latest = latestOf(latest, at);
  return latest;
}

function unanswered(state: SequenceState, withinMs: number): Millis[] {
  return Object.values(state.pairs).flatMap((pairs) => pairs.first.filter((first) => !isMet(first, pairs, withinMs)).map(([at]) => at));
}

/** When the passing of time alone next changes the answer; Infinity: never. */
export function nextSequenceChange(state: SequenceState | undefined, question: SequenceQuestion, now: Millis): Millis {
  if (state === undefined) return Infinity;
  const { outcome, withinMs, lastMs } = question;
  if (sequenceHolds(state, question, now)) {
    const latest = latestSuch(state, question, now);
    return lastMs === null || latest === null ? Infinity : latest + lastMs + 1;
  }
  if (outcome === 'happened') return Infinity;
  const closing = unanswered(state, withinMs).map((at) => at + withinMs + 1).filter((at) => at > now);
  return Math.min(Infinity, ...closing);
}
