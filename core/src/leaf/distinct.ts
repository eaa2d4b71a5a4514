import type { Scalar } from '../event/json.ts';
import { valuesAt } from '../event/path.ts';
import { own, put } from '../event/own.ts';
import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import type { LeafShape } from './shape.ts';

/** The different values of a property. */
export interface DistinctState {
  /** By the value as JSON. */
  seen: Record<string, [count: number, latest: Millis]>;
}

/** Most values that one leaf keeps; those not seen for longest give way. */
export const DISTINCT_LIMIT = 500;

export function addToDistinct(state: DistinctState | undefined, { property }: Extract<LeafShape, { kind: 'distinct' }>, { at, properties }: Observation): DistinctState | undefined {
  const values = new Set(valuesAt(properties, property).filter(isWorthCounting).map((value) => JSON.stringify(value)));
  if (values.size === 0) return state;
  const next = state ?? { seen: {} };
  for (const value of values) note(next, value, 1, at);
  return limited(next);
}

function isWorthCounting(value: Scalar): boolean {
  return value !== null && value !== '' && (typeof value !== 'string' || value.length <= 200);
}

function note({ seen }: DistinctState, value: string, count: number, latest: Millis): void {
  const known = own(seen, value);
  put(seen, value, known === undefined ? [count, latest] : [known[0] + count, Math.max(known[1], latest)]);
}

function limited(state: DistinctState): DistinctState {
  const values = Object.entries(state.seen);
  if (values.length <= DISTINCT_LIMIT) return state;
  values.sort(([a, [, atA]], [b, [, atB]]) => atB - atA || (a < b ? -1 : 1));
  return { seen: Object.fromEntries(values.slice(0, DISTINCT_LIMIT)) };
}

export function mergeDistinct(a: DistinctState, b: DistinctState): DistinctState {
  for (const [value, [count, latest]] of Object.entries(b.seen)) note(a, value, count, latest);
  return limited(a);
}

/** How many different values came at or after `from`. */
export function distinctCount(state: DistinctState | undefined, from: Millis): number {
  return Object.values(state?.seen ?? {}).filter(([, latest]) => latest >= from).length;
}

/** The value that came most often; of several the one that came last. */
export function mostFrequent(state: DistinctState | undefined): Scalar {
  let best: [value: string, count: number, latest: Millis] | null = null;
  for (const [value, [count, latest]] of Object.entries(state?.seen ?? {})) {
    if (best === null || count > best[1] || (count === best[1] && (latest > best[2] || (latest === best[2] && value < best[0])))) best = [value, count, latest];
  }
  return best === null ? null : (JSON.parse(best[0]) as Scalar);
}

/** The instants after `now` at which a value was last seen longer than `withinMs` ago, in order. */
export function distinctChanges(state: DistinctState | undefined, withinMs: number, now: Millis): Millis[] {
  const changes = new Set(Object.values(state?.seen ?? {}).map(([, latest]) => latest + withinMs + 1).filter((at) => at > now));
  return [...changes].sort((a, b) => a - b);
}
