import type { ComputedTraitDefinition } from '../definition/computed-trait.ts';
import type { Condition, EngagementCondition, EventFilter, EventFigure, Period, PropertyTest, SequenceCondition, Test, Times } from '../definition/condition.ts';
import { derivedUuid } from '../identity/ids.ts';
import type { Leaf, LeafShape } from '../leaf/shape.ts';
import { LEAF_CAPACITY_LIMIT, capacityFor } from '../leaf/times.ts';
import { MESSAGE_EVENTS } from '../message/observation-of-outcome.ts';
import { personaSegment } from '../score/score-keys.ts';
import { ProgramError } from './program-error.ts';
import type { CompiledScore, FigurePredicate, Predicate } from './program.ts';

/** Collects leaves; conditions that ask for the same of the same events share one. Scores share them, too. */
export class LeafTable {
  readonly byKey = new Map<string, Leaf>();
  /** Those that conditions may refer to. */
  readonly scores = new Map<string, CompiledScore>();
  readonly computedTraits: ReadonlyMap<string, ComputedTraitDefinition>;

  constructor(computedTraits: readonly ComputedTraitDefinition[] = []) {
    this.computedTraits = new Map(computedTraits.map((definition) => [definition.key, definition]));
  }

  leaf({ event, where }: EventFilter, shape: LeafShape, period: Period = { kind: 'ever' }): Leaf {
    const dates = period.kind === 'dates' ? { from: period.from, until: period.until } : null;
    const key = leafKey({ event, where }, shape, dates);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const leaf: Leaf = { key, event, where, dates, shape };
    this.byKey.set(key, leaf);
    return leaf;
  }
}

/** Short, since every contact's state bears it; 48 bits keep thousands of leaves apart. */
function leafKey({ event, where }: EventFilter, shape: LeafShape, dates: Leaf['dates']): string {
  return derivedUuid('leaf', event, JSON.stringify(shape), JSON.stringify(dates), ...partsOf(where)).replaceAll('-', '').slice(0, 12);
}

function partsOf(where: readonly PropertyTest[]): string[] {
  return where.map((property) => JSON.stringify([property.path, property.test])).sort();
}

export function compileCondition(condition: Condition, leaves: LeafTable): Predicate {
  switch (condition.kind) {
    case 'all': case 'any': case 'none':
      return { kind: condition.kind, of: condition.of.map((inner) => compileCondition(inner, leaves)) };
    case 'event': return compileTimes(condition, leaves);
    case 'figure': return compileFigure(condition, leaves);
    case 'sequence': return compileSequence(condition, leaves);
    case 'engagement': return compileTimes({ ...eventsOf(condition), times: condition.times, period: condition.period, since: 'ever' }, leaves);
    case 'trait': case 'date': return compileTrait(condition, leaves);
    case 'score': {
      const score = leaves.scores.get(condition.score);
      return score === undefined ? NEVER : { kind: 'score', score, test: condition.test };
    }
    case 'band': return compileBand(condition, leaves.scores.get(condition.score));
    case 'persona': return { kind: 'segment', segment: personaSegment(condition.set, condition.persona) };
    case 'orders': case 'segment': case 'list': case 'tag': case 'consent': case 'profiled': case 'journey': case 'predicted': case 'fact': case 'near': case 'bucket': case 'trigger': case 'message':
      return condition;
  }
}

/** A journey that goes on without the score it once asked for finds nobody in it. */
const NEVER: Predicate = { kind: 'any', of: [] };

/** A contact is in the highest band whose segment it is in; who is in none, but scored, is in the lowest. */
function compileBand({ bands }: Extract<Condition, { kind: 'band' }>, score: CompiledScore | undefined): Predicate {
  if (score === undefined) return NEVER;
  return {
    kind: 'any',
    of: score.bands.flatMap(({ key, segment }, position): Predicate[] => {
      if (!bands.includes(key)) return [];
      const higher = score.bands.slice(position + 1).flatMap((band): Predicate[] => (band.segment === null ? [] : [{ kind: 'segment', segment: band.segment }]));
      const inside: Predicate[] = segment === null ? (score.needsConsent ? [{ kind: 'profiled' }] : []) : [{ kind: 'segment', segment }];
      return [{ kind: 'all', of: [...inside, { kind: 'none', of: higher }] }];
    }),
  };
}

function compileTrait(condition: Extract<Condition, { kind: 'trait' | 'date' }>, leaves: LeafTable): Predicate {
  const computed = leaves.computedTraits.get(condition.path);
  if (computed === undefined) return { ...condition, root: rootOf(condition.path) };
  if (condition.kind === 'date' || condition.held !== null) {
    throw new ProgramError('period_not_possible', `"${condition.path}" is a computed trait: since when it has its value, or what day it means, is not known`);
  }
  return compileComputedTrait(computed, condition.test, leaves);
}

/** A test of a computed trait is one of the figure that it is made of. */
export function compileComputedTrait({ event, where, figure, period }: ComputedTraitDefinition, test: Test, leaves: LeafTable): FigurePredicate {
  if (figure.kind !== 'count') return compileFigure({ kind: 'figure', event, where, figure, test, period }, leaves);
  if (period.kind === 'ever' || period.kind === 'dates') return { kind: 'figure', leaf: leaves.leaf({ event, where }, { kind: 'times', capacity: 1 }, period), figure: 'count', test, fromMs: null, toMs: 0 };
  return compileCount({ event, where }, test, period.kind === 'within' ? { fromMs: period.ms, toMs: 0 } : period, leaves);
}

/** A number of events of which each must be known for itself, since it comes into the period and falls out of it. */
function compileCount(filter: EventFilter, test: Test, { fromMs, toMs }: { fromMs: number | null; toMs: number }, leaves: LeafTable): FigurePredicate {
  return { kind: 'figure', leaf: leaves.leaf(filter, { kind: 'values', property: null, keepMs: fromMs ?? toMs }), figure: 'count', test, fromMs, toMs };
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? path;
}

/** "At least twice" needs the latest few times; between two ages each event counts for itself. */
function compileTimes({ event, where, times, period, since }: EventFilter & { times: Times; period: Period; since: 'ever' | 'entry' }, leaves: LeafTable): Predicate {
  const capacity = capacityFor(times);
  if (capacity > LEAF_CAPACITY_LIMIT) {
    throw new ProgramError('too_many_times', `"${event}": at most ${LEAF_CAPACITY_LIMIT - 1} times can be counted, not ${times.count}`);
  }
  if (period.kind !== 'ago') {
    const leaf = leaves.leaf({ event, where }, { kind: 'times', capacity }, period);
    return { kind: 'leaf', leaf, times, withinMs: period.kind === 'within' ? period.ms : null, since };
  }
  const test: Test = times.op === 'exactly' ? { op: 'is', value: times.count } : { op: times.op, value: times.count };
  return compileCount({ event, where }, test, period, leaves);
}

function compileFigure({ event, where, figure, test, period }: Extract<Condition, { kind: 'figure' }>, leaves: LeafTable): FigurePredicate {
  const { fromMs, toMs } = period.kind === 'within' ? { fromMs: period.ms, toMs: 0 } : period.kind === 'ago' ? period : { fromMs: null, toMs: 0 };
  const leaf = leaves.leaf({ event, where }, shapeOf(event, figure, period), period);
  return { kind: 'figure', leaf, figure: figure.kind, test, fromMs, toMs };
}

/** The least that has to be remembered. @throws ProgramError for what would need all events to be kept. */
function shapeOf(event: string, { kind, property }: EventFigure, period: Period): LeafShape {
  const isWhole = period.kind === 'ever' || period.kind === 'dates';
  switch (kind) {
    case 'sum': case 'average': case 'min': case 'max':
      if (isWhole) return { kind: 'totals', property };
      if (period.kind === 'within') return { kind: 'values', property, keepMs: period.ms };
      if (period.fromMs !== null) return { kind: 'values', property, keepMs: period.fromMs };
      break;
    case 'distinct':
      if (isWhole || period.kind === 'within') return { kind: 'distinct', property };
      break;
    case 'last':
      if (isWhole || period.kind === 'within') return { kind: 'edge', edge: kind, property };
      break;
    case 'first':
      if (isWhole) return { kind: 'edge', edge: kind, property };
      break;
    case 'most-frequent':
      if (isWhole) return { kind: 'distinct', property };
      break;
  }
  throw new ProgramError('period_not_possible', `"${event}": ${kind} of "${property}" cannot be asked for this period`);
}

function compileSequence({ first, second, outcome, withinMs, key, lastMs }: SequenceCondition, leaves: LeafTable): Predicate {
  const leaf = leaves.leaf(first, { kind: 'sequence', second, key, withinMs });
  return { kind: 'sequence', leaf, question: { outcome, withinMs, lastMs } };
}

/** The events by which conditions see what became of messages. */
function eventsOf({ outcome, journey, step, template, topic, link }: EngagementCondition): EventFilter {
  const where: PropertyTest[] = [];
  for (const [path, value] of Object.entries({ journey, step, template, topic })) if (value !== null) where.push({ path, test: { op: 'is', value } });
  if (link !== null) where.push({ path: 'link', test: link });
  // A message counts once, however many of its links were clicked.
  else if (outcome === 'clicked') where.push({ path: 'again', test: { op: 'is', value: false } });
  return { event: MESSAGE_EVENTS[outcome], where };
}
