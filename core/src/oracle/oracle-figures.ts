import { tieOf } from '../event/tie.ts';
import type { Condition, Period } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { Millis } from '../time.ts';

/** An event that counts. */
export interface Counted {
  id: string;
  at: Millis;
  properties: JsonObject;
}

export function isIn(at: Millis, period: Period, now: Millis): boolean {
  switch (period.kind) {
    case 'ever': return true;
    case 'within': return now - at <= period.ms;
    case 'ago': return now - at >= period.toMs && (period.fromMs === null || now - at <= period.fromMs);
    case 'dates': return (period.from ?? -Infinity) <= at && at < (period.until ?? Infinity);
  }
}

export function find(object: JsonObject, path: string): Json | undefined {
  if (path in object) return object[path];
  return path.split('.').reduce<Json | undefined>((value, part) => (value !== null && typeof value === 'object' ? (value as JsonObject)[part] : undefined), object);
}

/** What the events come to, worked out from all of them. */
export function figureOf({ figure }: Extract<Condition, { kind: 'figure' }>, events: readonly Counted[]): Json {
  const each = events.map(({ properties }) => [find(properties, figure.property) ?? null].flat() as Json[]);
  const numbers = each.flat().filter((value) => typeof value === 'number');
  const sum = numbers.reduce((total, number) => total + number, 0);
  const byTime = [...events].sort((a, b) => a.at - b.at || tieOf(a.id) - tieOf(b.id));
  switch (figure.kind) {
    case 'sum': return sum;
    case 'average': return numbers.length === 0 ? null : sum / numbers.length;
    case 'min': return numbers.length === 0 ? null : Math.min(...numbers);
    case 'max': return numbers.length === 0 ? null : Math.max(...numbers);
    case 'distinct': return new Set(each.flat().filter(isValue).map((value) => JSON.stringify(value))).size;
    case 'first': return find(byTime[0]?.properties ?? {}, figure.property) ?? null;
    case 'last': return find(byTime.at(-1)?.properties ?? {}, figure.property) ?? null;
    case 'most-frequent': return mostFrequent(events.flatMap(({ at }, index) => [...new Set((each[index] ?? []).filter(isValue).map((value) => JSON.stringify(value)))].map((value) => ({ value, at }))));
  }
}

function isValue(value: Json): boolean {
  return value !== null && value !== '' && typeof value !== 'object';
}

function mostFrequent(told: readonly { value: string; at: Millis }[]): Json {
  const values = [...new Set(told.map(({ value }) => value))].map((value) => {
    const times = told.filter((one) => one.value === value).map(({ at }) => at);
    return { value, count: times.length, latest: Math.max(...times) };
  });
  values.sort((a, b) => b.count - a.count || b.latest - a.latest || (a.value < b.value ? -1 : 1));
  return values[0] === undefined ? null : (JSON.parse(values[0].value) as Json);
}

/** Whether one event followed, or failed to follow, another. */
export function sequenceHolds({ outcome, withinMs, key, lastMs }: Extract<Condition, { kind: 'sequence' }>, firsts: readonly Counted[], seconds: readonly Counted[], now: Millis): boolean {
  const keyOf = ({ properties }: Counted): string | null => {
    const value = key === null ? '' : find(properties, key);
    if (key === null) return '';
    return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null;
  };
  return firsts.some((first) => {
    const name = keyOf(first);
    if (name === null || (lastMs !== null && now - first.at > lastMs)) return false;
    const isFollowed = seconds.some((second) => second.id !== first.id && keyOf(second) === name && second.at >= first.at && second.at - first.at <= withinMs);
    return outcome === 'happened' ? isFollowed : !isFollowed && now - first.at > withinMs;
  });
}
