import type { ScoreBand } from './types.ts';

/** The distance of those two thresholds that lie nearest to each other; Infinity where there are none. */
export function smallestDistance(bands: readonly ScoreBand[]): number {
  const thresholds = bands.flatMap(({ from }) => from ?? []);
  return Math.min(Infinity, ...thresholds.slice(1).map((from, index) => from - (thresholds[index] ?? 0)));
}

/** A tenth of the smallest distance between two thresholds; with a single threshold a tenth of it. */
export function defaultHysteresis(bands: readonly ScoreBand[]): number {
  const distance = smallestDistance(bands);
  const only = bands.flatMap(({ from }) => from ?? [])[0] ?? 0;
  return Math.max(0, (distance === Infinity ? only : distance) / 10);
}
