import { numbersAt } from '../event/path.ts';
import type { Observation } from '../event/observation.ts';
import { addExactly, joinSums, sumOf, type ExactSum } from './exact-sum.ts';
import type { LeafShape } from './shape.ts';

/** What all numbers at one property come to. */
export interface TotalsState {
  count: number;
  sum: ExactSum;
  min: number;
  max: number;
}

export function addToTotals(state: TotalsState | undefined, { property }: Extract<LeafShape, { kind: 'totals' }>, { properties }: Observation): TotalsState | undefined {
  let next = state;
  for (const number of numbersAt(properties, property)) {
    const one: TotalsState = { count: 1, sum: addExactly([0, 0], number), min: number, max: number };
    next = next === undefined ? one : mergeTotals(next, one);
  }
  return next;
}

export function mergeTotals(a: TotalsState, b: TotalsState): TotalsState {
  return { count: a.count + b.count, sum: joinSums(a.sum, b.sum), min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** null where there is nothing to average or compare. */
export function totalsFigure(state: TotalsState | undefined, figure: 'sum' | 'average' | 'min' | 'max'): number | null {
  if (state === undefined) return figure === 'sum' ? 0 : null;
  switch (figure) {
    case 'sum': return sumOf(state.sum);
    case 'average': return sumOf(state.sum) / state.count;
    case 'min': return state.min;
    case 'max': return state.max;
  }
}
