import type { Times } from '../definition/condition.ts';
import type { Millis } from '../time.ts';

/**
 * What is remembered of all events that match one name and filter: how many ever, and the latest times.
 * An absent leaf means "never happened"; a contact pays only for what it did.
 */
export interface TimesState {
  count: number;
  /** Latest first, at most the leaf's capacity. */
  latest: Millis[];
}

/** Most times that one leaf remembers; a condition that needs more is refused when it is compiled. */
export const LEAF_CAPACITY_LIMIT = 1024;

/** How many latest times answer "`times` within a window" exactly: one beyond the count tells "more than". */
export function capacityFor(times: Times): number {
  let capacity = 1;
  while (capacity < times.count + 1) capacity *= 2;
  return capacity;
}

/** Adds one event. Any order of arrival leaves the same state. */
export function addTime(leaf: TimesState | undefined, at: Millis, capacity: number): TimesState {
  if (leaf === undefined) return { count: 1, latest: [at] };
  leaf.count += 1;
  insertLatest(leaf.latest, at, capacity);
  return leaf;
}

/** The state after both sets of events; they must be disjoint. */
export function mergeTimes(a: TimesState, b: TimesState, capacity: number): TimesState {
  const latest = [...a.latest, ...b.latest].sort((x, y) => y - x).slice(0, capacity);
  return { count: a.count + b.count, latest };
}

function insertLatest(latest: Millis[], at: Millis, capacity: number): void {
  let index = latest.length;
  while (index > 0 && (latest[index - 1] ?? 0) < at) index -= 1;
  if (index >= capacity) return;
  latest.splice(index, 0, at);
  if (latest.length > capacity) latest.pop();
}

/** How many remembered events happened at or after `from`; exact up to the leaf's capacity. */
export function countSince(leaf: TimesState | undefined, from: Millis): number {
  if (leaf === undefined) return 0;
  let count = 0;
  while (count < leaf.latest.length && (leaf.latest[count] ?? 0) >= from) count += 1;
  return count;
}

export function timesHold(times: Times, count: number): boolean {
  switch (times.op) {
    case 'at-least': return count >= times.count;
    case 'at-most': return count <= times.count;
    case 'exactly': return count === times.count;
  }
}

/**
 * When the passing of time alone next changes the answer of "`times` within `withinMs`", or Infinity.
 * An event is inside the window up to and including `withinMs` after it happened.
 */
export function nextWindowChange(leaf: TimesState | undefined, times: Times, withinMs: number, now: Millis): Millis {
  const inside = countSince(leaf, now - withinMs);
  const deciding = decidingCount(times, inside);
  const time = leaf?.latest[deciding - 1];
  return deciding === 0 || time === undefined ? Infinity : time + withinMs + 1;
}

/** The count whose loss by one flips the answer; 0: no loss does. */
function decidingCount(times: Times, inside: number): number {
  switch (times.op) {
    case 'at-least': return inside >= times.count ? times.count : 0;
    case 'at-most': return inside > times.count ? times.count + 1 : 0;
    case 'exactly': return inside > times.count ? times.count + 1 : inside === times.count ? times.count : 0;
  }
}
