import type { Millis } from '../time.ts';

/** The instants after `now` at which one of the times comes into or falls out of "between `fromMs` (null: however long) and `toMs` ago", in order. */
export function spanEdges(times: Iterable<Millis>, fromMs: number | null, toMs: number, now: Millis): Millis[] {
  const edges = new Set<Millis>();
  for (const at of times) {
    if (at + toMs > now) edges.add(at + toMs);
    if (fromMs !== null && at + fromMs + 1 > now) edges.add(at + fromMs + 1);
  }
  return [...edges].sort((a, b) => a - b);
}
