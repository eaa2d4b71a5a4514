import type { Json, JsonObject, Scalar } from './json.ts';

/**
 * The value at a dotted path (`address.country`, `items.0.sku`), or undefined. A key that is itself the whole path
 * wins, since shops do send keys with dots.
 */
export function valueAt(object: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(object, path)) return object[path];
  if (!path.includes('.')) return undefined;
  let value: Json | undefined = object;
  for (const part of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = Array.isArray(value) ? value[Number(part)] : value[part];
  }
  return value;
}

/** Whether a path stands for several values: `items.*.sku`. A key that is itself the whole path is one value. */
export function isManifold(object: JsonObject, path: string): boolean {
  return path.includes('*') && !Object.hasOwn(object, path);
}

/** The value for every element that a `*` of the path stands for; undefined where an element has none. */
export function eachAt(object: JsonObject, path: string): (Json | undefined)[] {
  return expand(object, path.split('.'));
}

/** All plain values at a path; `*` stands for every element of an array, and an array at its end for its elements. */
export function valuesAt(object: JsonObject, path: string): Scalar[] {
  const found = isManifold(object, path) ? eachAt(object, path).filter((value) => value !== undefined) : [valueAt(object, path) ?? null];
  return found.flatMap((value) => (Array.isArray(value) ? value : [value])).filter((value): value is Scalar => value === null || typeof value !== 'object');
}

function expand(value: Json | undefined, parts: readonly string[]): (Json | undefined)[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [value];
  if (part === '*') return Array.isArray(value) ? value.flatMap((element) => expand(element, rest)) : [];
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return rest.includes('*') ? [] : [undefined];
  return expand(Array.isArray(value) ? value[Number(part)] : value[part], rest);
}

/** All numbers at a path; what is not a number is left out, never coerced. */
export function numbersAt(object: JsonObject, path: string): number[] {
  return valuesAt(object, path).filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}
