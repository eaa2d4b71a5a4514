import { tieOf } from '../event/tie.ts';
import type { Json } from '../event/json.ts';
import { valueAt } from '../event/path.ts';
import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import type { LeafShape } from './shape.ts';

/** The first or the last of all events, by when they happened. */
export interface EdgeState {
  at: Millis;
  /** Orders events of the same instant, whoever looks. */
  tie: number;
  value: Json;
}

/** Longer values are no answers to a question; they are taken for missing. */
const VALUE_LENGTH_LIMIT = 1000;

export function addToEdge(state: EdgeState | undefined, { edge, property }: Extract<LeafShape, { kind: 'edge' }>, { at, id, properties }: Observation): EdgeState {
  const value = valueAt(properties, property) ?? null;
  const isLong = value !== null && (typeof value === 'object' || typeof value === 'string') && JSON.stringify(value).length > VALUE_LENGTH_LIMIT;
  const next: EdgeState = { at, tie: tieOf(id), value: isLong ? null : value };
  return state === undefined ? next : mergeEdges(state, next, edge);
}

export function mergeEdges(a: EdgeState, b: EdgeState, edge: 'first' | 'last'): EdgeState {
  const isLater = a.at === b.at ? a.tie > b.tie : a.at > b.at;
  return isLater === (edge === 'last') ? a : b;
}
