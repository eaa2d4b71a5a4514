import type { EventFilter } from '../definition/condition.ts';
import { isNamed } from '../event/event-name.ts';
import type { Millis } from '../time.ts';

/**
 * What is remembered of all events that pass one filter, so that a condition can be answered without reading history.
 * Every leaf is the same whatever the order in which its events arrive.
 */
export interface Leaf extends EventFilter {
  /** Names the leaf in every contact's state; the same for all conditions that can share it. */
  key: string;
  /** Only events from one instant up to, but not including, another; null: all. */
  dates: { from: Millis | null; until: Millis | null } | null;
  shape: LeafShape;
}

export type LeafShape =
  /** How many ever, and the latest times. */
  | { kind: 'times'; capacity: number }
  /** The times of the last so many ms, each with the numbers at `property`; null: the times alone. */
  | { kind: 'values'; property: string | null; keepMs: number }
  /** Sum, smallest and largest of all numbers ever. */
  | { kind: 'totals'; property: string }
  /** The different values, each with how often and when it last came. */
  | { kind: 'distinct'; property: string }
  /** The value in the first or the last event. */
  | { kind: 'edge'; edge: 'first' | 'last'; property: string }
  /** Times of two kinds of events, by what ties them together. */
  | { kind: 'sequence'; second: EventFilter; key: string | null; withinMs: number }
  /** A sum (of 1 for each event, or of the numbers at `property`) that halves in each half-life; null: never. */
  | { kind: 'decay'; halfLifeMs: number | null; property: string | null };

/** An event as one leaf meets it: as its first filter asks, or as the second one of a sequence does. */
export type LeafRole = 'first' | 'second';

/** The events that a leaf asks for. */
export function filtersOf(leaf: Leaf): EventFilter[] {
  return leaf.shape.kind === 'sequence' ? [leaf, leaf.shape.second] : [leaf];
}

/** Whether events of a name can concern the leaf. */
export function isAbout(leaf: Leaf, name: string): boolean {
  return filtersOf(leaf).some(({ event }) => isNamed(event, name));
}
