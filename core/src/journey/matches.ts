import type { EventPattern } from '../definition/journey.ts';
import type { JsonObject } from '../event/json.ts';
import { valueAt } from '../event/path.ts';
import { testProperties } from '../segment/test-value.ts';
import type { Millis } from '../time.ts';

/** An event as journeys see it. */
export interface Happening {
  id: string;
  name: string;
  /** When it happened. */
  at: Millis;
  properties: JsonObject;
}

/** Whether a pattern of an exit, a goal or a wait is met; `data` are the properties of the event that started the enrollment. */
export function matches(pattern: EventPattern, { name, properties }: Pick<Happening, 'name' | 'properties'>, data: JsonObject): boolean {
  if (pattern.event !== name || !testProperties(pattern.where, properties)) return false;
  if (pattern.same === null) return true;
  const wanted = keyOf(data, pattern.same);
  return wanted !== null && wanted === keyOf(properties, pattern.same);
}

/** The value by which enrollments of one journey are told apart, as text; null: there is none. */
export function keyOf(properties: JsonObject, path: string): string | null {
  const value = valueAt(properties, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
