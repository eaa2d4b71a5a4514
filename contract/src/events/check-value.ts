import type { Json, JsonObject } from '../json.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { EventProblemCode } from './types.ts';

/** What was found while walking through an item once. */
export interface Walk {
  properties: number;
  /** Size as compact JSON; exact where all texts are plain ASCII, else at most the real one. */
  leastBytes: number;
  /** Whether something must be replaced or left out before the item is kept. */
  dirty: boolean;
  /** Whether the real size may differ from `leastBytes`. */
  wide: boolean;
  problem: { code: EventProblemCode; message: string; pointer: string } | null;
}

export function newWalk(): Walk {
  return { properties: 0, leastBytes: 1, dirty: false, wide: false, problem: null };
}

/** Characters that take more than one byte in JSON, or that it escapes. */
const NEEDS_CARE = /[^\u0020-\u0021\u0023-\u005B\u005D-\u007E]/;
const UNKEEPABLE = /[\0\uD800-\uDFFF]/u;

/** Whether Postgres and UTF-8 can keep the text: no NUL, no half of a surrogate pair. */
export function isKeepable(text: string): boolean {
  return !UNKEEPABLE.test(text);
}

/** Counts and checks a value and all below it; returns false as soon as there is a problem. */
export function walkValue(walk: Walk, value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      walkText(walk, value);
      return true;
    case 'number':
      // JSON.parse makes Infinity of 1e999; JSON.stringify would then make null of it.
      if (!Number.isFinite(value)) return fail(walk, 'number_not_finite', 'The number is too large.');
      walk.leastBytes += String(value).length;
      return true;
    case 'boolean':
      walk.leastBytes += value ? 4 : 5;
      return true;
    case 'object':
      if (value === null) {
        walk.leastBytes += 4;
        return true;
      }
      if (depth > EVENT_LIMITS.maxDepth) return fail(walk, 'too_deep', `Values may be nested ${EVENT_LIMITS.maxDepth} deep.`);
      return Array.isArray(value) ? walkList(walk, value, depth) : walkObject(walk, value, depth);
    default:
      return fail(walk, 'value_invalid', `A ${typeof value} is no JSON value.`);
  }
}

function walkText(walk: Walk, text: string): void {
  walk.leastBytes += text.length + 2;
  if (!NEEDS_CARE.test(text)) return;
  walk.wide = true;
  if (!isKeepable(text)) walk.dirty = true;
}

function walkList(walk: Walk, list: readonly unknown[], depth: number): boolean {
  walk.leastBytes += list.length === 0 ? 2 : list.length + 1;
  for (let index = 0; index < list.length; index++) {
    if (!walkValue(walk, list[index], depth + 1)) return deeper(walk, String(index));
  }
  return true;
}

function walkObject(walk: Walk, object: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return fail(walk, 'value_invalid', 'This is no plain JSON object.');
  const fields = object as Record<string, unknown>;
  const keys = Object.keys(fields);
  // The brackets; a comma is counted with each key, one too many.
  walk.leastBytes += keys.length === 0 ? 2 : 1;
  for (const key of keys) {
    const value = fields[key];
    // An absent value: JSON leaves it out.
    if (value === undefined) {
      walk.dirty = true;
      continue;
    }
    if (key === '__proto__') walk.dirty = true;
    walk.properties++;
    walk.leastBytes += 2;
    walkText(walk, key);
    if (walk.properties > EVENT_LIMITS.maxProperties) return fail(walk, 'too_many_properties', `An item may have ${EVENT_LIMITS.maxProperties} properties on all levels.`);
    if (!walkValue(walk, value, depth + 1)) return deeper(walk, key);
  }
  return true;
}

function fail(walk: Walk, code: EventProblemCode, message: string): false {
  walk.problem = { code, message, pointer: '' };
  return false;
}

/** Pointers are put together on the way back only, so that good items do not pay for them. */
function deeper(walk: Walk, part: string): false {
  if (walk.problem !== null) walk.problem.pointer = `/${escapePointer(part)}${walk.problem.pointer}`;
  return false;
}

/** RFC 6901, and no longer than a line. */
export function escapePointer(part: string): string {
  return part.slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * A copy that can be kept: characters that cannot are replaced by U+FFFD, keys called `__proto__` left out (assigned
 * elsewhere they would change prototypes). The value has been walked, so it is JSON and not too deep.
 */
export function cleanValue(value: unknown): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  if (value === null || typeof value !== 'object') return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  const copy: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    const name = cleanText(key);
    if (name !== '__proto__' && child !== undefined) copy[name] = cleanValue(child);
  }
  return copy;
}

function cleanText(text: string): string {
  return isKeepable(text) ? text : text.replace(/[\0\uD800-\uDFFF]/gu, '\uFFFD');
}
