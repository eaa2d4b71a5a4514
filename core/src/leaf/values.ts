import { numbersAt } from '../event/path.ts';
import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import { exactSum } from './exact-sum.ts';
import type { LeafShape } from './shape.ts';

/** How many events, and the numbers in the recent ones. */
export interface ValuesState {
  /** Of all events ever. */
  count: number;
  /** Latest first. An event without a number is kept with none, since it counts all the same. */
  values: [at: Millis, ...numbers: number[]][];
  /** Set when there were too many to keep: events up to here are missing. */
  cut?: Millis;
}

/** Most events that one leaf keeps one by one; who does more in a window is a program. */
export const VALUES_LIMIT = 1000;

type Shape = Extract<LeafShape, { kind: 'values' }>;

export function addToValues(state: ValuesState | undefined, { property, keepMs }: Shape, { at, properties }: Observation, now: Millis): ValuesState {
  const next = state ?? { count: 0, values: [] };
  next.count += 1;
  if (at < now - keepMs) return next;
  insert(next, [at, ...(property === null ? [] : numbersAt(properties, property))]);
  while (next.values.length > 0 && (next.values.at(-1)?.[0] ?? 0) < now - keepMs) next.values.pop();
  return limited(next);
}

/** Of events of the same time the one with the smaller numbers stands first, so that order of arrival does not matter. */
function insert(state: ValuesState, entry: ValuesState['values'][number]): void {
  if (state.cut !== undefined && entry[0] <= state.cut) return;
  const { values } = state;
  let index = values.length;
  for (let before = values[index - 1]; before !== undefined && compare(entry, before) < 0; before = values[index - 1]) index -= 1;
  values.splice(index, 0, entry);
}

function compare(a: readonly number[], b: readonly number[]): number {
  if (a[0] !== b[0]) return (b[0] ?? 0) - (a[0] ?? 0);
  for (let index = 1; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? -Infinity) - (b[index] ?? -Infinity);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

/** What is cut off goes whole instants at a time: which of two events of an instant went would depend on their order. */
function limited(state: ValuesState): ValuesState {
  const { values } = state;
  if (values.length <= VALUES_LIMIT) return state;
  const cut = values[VALUES_LIMIT]?.[0] ?? 0;
  while ((values.at(-1)?.[0] ?? Infinity) <= cut) values.pop();
  state.cut = Math.max(state.cut ?? cut, cut);
  return state;
}

export function mergeValues(a: ValuesState, b: ValuesState): ValuesState {
  const cut = Math.max(a.cut ?? -Infinity, b.cut ?? -Infinity);
  const values = [...a.values, ...b.values].filter(([at]) => at > cut).sort(compare);
  return limited({ count: a.count + b.count, values, ...(cut === -Infinity ? {} : { cut }) });
}

export type ValuesFigure = 'count' | 'sum' | 'average' | 'min' | 'max';

/** Seen at one instant: events from `from` to `to`, both included. */
export interface Span {
  from: Millis;
  to: Millis;
}

/** A figure over the events of a span; null where there is nothing to average or compare. Of all events before `to` only the count is known. */
export function valuesFigure(state: ValuesState | undefined, figure: ValuesFigure, { from, to }: Span): number | null {
  const kept = state?.values ?? [];
  if (figure === 'count') {
    const later = kept.filter(([at]) => at > to).length;
    return from === -Infinity ? (state?.count ?? 0) - later : kept.filter(([at]) => at >= from).length - later;
  }
  const numbers = kept.flatMap(([at, ...rest]) => (at >= from && at <= to ? rest : []));
  if (figure === 'sum') return exactSum(numbers);
  if (numbers.length === 0) return null;
  if (figure === 'average') return exactSum(numbers) / numbers.length;
  return figure === 'min' ? Math.min(...numbers) : Math.max(...numbers);
}

/** Whether events of the span are missing, so that the figure says less than there was. */
export function isCut(state: ValuesState | undefined, { from }: Span): boolean {
  return state?.cut !== undefined && from <= state.cut;
}
