import type { Json } from '../event/json.ts';
import { distinctChanges, distinctCount, mostFrequent } from '../leaf/distinct.ts';
import { distinctOf, edgeOf, timesOf, totalsOf, valuesOf } from '../leaf/leaf.ts';
import { countSince } from '../leaf/times.ts';
import { totalsFigure } from '../leaf/totals.ts';
import { spanEdges } from '../leaf/span-edges.ts';
import { isCut, valuesFigure } from '../leaf/values.ts';
import { nextFlip } from '../segment/next-flip.ts';
import { testValue } from '../segment/test-value.ts';
import type { Millis } from '../time.ts';
import type { Scope } from './scope.ts';
import type { FigurePredicate, Predicate } from './program.ts';

/** How many events a leaf predicate counts; exact up to where its answer could change. */
export function leafCount(predicate: Extract<Predicate, { kind: 'leaf' }>, { contact, now, enrollment }: Scope): number {
  const leaf = timesOf(contact.leaves[predicate.leaf.key]);
  const sinceWindow = predicate.withinMs === null ? -Infinity : now - predicate.withinMs;
  const sinceEntry = predicate.since === 'entry' ? (enrollment === null ? Infinity : enrollment.since + 1) : -Infinity;
  const from = Math.max(sinceWindow, sinceEntry);
  return from === -Infinity ? (leaf?.count ?? 0) : countSince(leaf, from);
}

/** What the events of the predicate come to at `now`; null: nothing. */
export function figureOf({ leaf, figure, fromMs, toMs }: FigurePredicate, { contact, now }: Scope): Json {
  const state = contact.leaves[leaf.key];
  const from = fromMs === null ? -Infinity : now - fromMs;
  switch (figure) {
    case 'distinct': return distinctCount(distinctOf(state), from);
    case 'most-frequent': return mostFrequent(distinctOf(state));
    case 'first': case 'last': {
      const edge = edgeOf(state);
      return edge === undefined || edge.at < from ? null : edge.value;
    }
    case 'count': return leaf.shape.kind === 'times' ? (timesOf(state)?.count ?? 0) : valuesFigure(valuesOf(state), figure, { from, to: now - toMs });
    case 'sum': case 'average': case 'min': case 'max':
      return leaf.shape.kind === 'totals' ? totalsFigure(totalsOf(state), figure) : valuesFigure(valuesOf(state), figure, { from, to: now - toMs });
  }
}

/** Whether so much happened in the period that part of it is no longer known. */
export function isIncomplete({ leaf, fromMs, toMs }: FigurePredicate, { contact, now }: Scope): boolean {
  return leaf.shape.kind === 'values' && fromMs !== null && isCut(valuesOf(contact.leaves[leaf.key]), { from: now - fromMs, to: now - toMs });
}

/** When the passing of time alone next changes the figure's answer, or may; Infinity: never. */
export function nextFigureChange(predicate: FigurePredicate, scope: Scope): Millis {
  return nextFlip(figureChanges(predicate, scope), scope.now, (now) => testValue(predicate.test, figureOf(predicate, { ...scope, now })));
}

function figureChanges({ leaf, fromMs, toMs }: FigurePredicate, { contact, now }: Scope): Millis[] {
  const state = contact.leaves[leaf.key];
  switch (leaf.shape.kind) {
    case 'values': return spanEdges((valuesOf(state)?.values ?? []).map(([at]) => at), fromMs, toMs, now);
    case 'distinct': return fromMs === null ? [] : distinctChanges(distinctOf(state), fromMs, now);
    case 'edge': {
      const edge = edgeOf(state);
      return fromMs === null || edge === undefined || edge.at + fromMs + 1 <= now ? [] : [edge.at + fromMs + 1];
    }
    case 'times': case 'totals': case 'sequence': case 'decay': return [];
  }
}
