import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import { addToDecay, mergeDecays, type DecayState } from './decay.ts';
import { addToDistinct, mergeDistinct, type DistinctState } from './distinct.ts';
import { addToEdge, mergeEdges, type EdgeState } from './edge.ts';
import { addToSequence, mergeSequences, type SequenceState } from './sequence.ts';
import type { Leaf, LeafRole } from './shape.ts';
import { addTime, mergeTimes, type TimesState } from './times.ts';
import { addToTotals, mergeTotals, type TotalsState } from './totals.ts';
import { addToValues, mergeValues, type ValuesState } from './values.ts';

export type LeafState = TimesState | ValuesState | TotalsState | DistinctState | EdgeState | SequenceState | DecayState;

/** The leaf's state with one more event; `state` may be changed in place. Events outside of the leaf's dates leave it as it is. */
export function addToLeaf(leaf: Leaf, state: LeafState | undefined, observation: Observation, role: LeafRole, now: Millis): LeafState | undefined {
  const { shape, dates } = leaf;
  const { at } = observation;
  if (dates !== null && ((dates.from !== null && at < dates.from) || (dates.until !== null && at >= dates.until))) return state;
  switch (shape.kind) {
    case 'times': return addTime(timesOf(state), at, shape.capacity);
    case 'values': return addToValues(valuesOf(state), shape, observation, now);
    case 'totals': return addToTotals(totalsOf(state), shape, observation);
    case 'distinct': return addToDistinct(distinctOf(state), shape, observation);
    case 'edge': return addToEdge(edgeOf(state), shape, observation);
    case 'sequence': return addToSequence(sequenceOf(state), shape, observation, role);
    case 'decay': return addToDecay(decayOf(state), shape, observation);
  }
}

/** The state after the events of both; no event may be in both. */
export function mergeLeaves({ shape }: Leaf, a: LeafState, b: LeafState): LeafState {
  switch (shape.kind) {
    case 'times': return both(a, b, timesOf, (x, y) => mergeTimes(x, y, shape.capacity));
    case 'values': return both(a, b, valuesOf, mergeValues);
    case 'totals': return both(a, b, totalsOf, mergeTotals);
    case 'distinct': return both(a, b, distinctOf, mergeDistinct);
    case 'edge': return both(a, b, edgeOf, (x, y) => mergeEdges(x, y, shape.edge));
    case 'sequence': return both(a, b, sequenceOf, (x, y) => mergeSequences(x, y, shape.withinMs));
    case 'decay': return both(a, b, decayOf, (x, y) => mergeDecays(x, y, shape.halfLifeMs));
  }
}

function both<State extends LeafState>(a: LeafState, b: LeafState, of: (state: LeafState) => State | undefined, merge: (a: State, b: State) => State): LeafState {
  const mine = of(a);
  const theirs = of(b);
  return mine === undefined ? b : theirs === undefined ? a : merge(mine, theirs);
}

export function timesOf(state: LeafState | undefined): TimesState | undefined {
  return state !== undefined && 'latest' in state ? state : undefined;
}

export function valuesOf(state: LeafState | undefined): ValuesState | undefined {
  return state !== undefined && 'values' in state ? state : undefined;
}

export function totalsOf(state: LeafState | undefined): TotalsState | undefined {
  return state !== undefined && 'sum' in state ? state : undefined;
}

export function distinctOf(state: LeafState | undefined): DistinctState | undefined {
  return state !== undefined && 'seen' in state ? state : undefined;
}

export function edgeOf(state: LeafState | undefined): EdgeState | undefined {
  return state !== undefined && 'tie' in state ? state : undefined;
}

export function sequenceOf(state: LeafState | undefined): SequenceState | undefined {
  return state !== undefined && 'pairs' in state ? state : undefined;
}

export function decayOf(state: LeafState | undefined): DecayState | undefined {
  return state !== undefined && 'level' in state ? state : undefined;
}
