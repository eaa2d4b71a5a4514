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

/** All plain values at a path; `*` stands for every element of an array, and an array at its end for its elements. */
export function valuesAt(object: JsonObject, path: string): Scalar[] {
  const found: Json[] = path.includes('*') && !Object.hasOwn(object, path) ? expand(object, path.split('.')) : [valueAt(object, path) ?? null];
  return found.flatMap((value) => (Array.isArray(value) ? value : [value])).filter((value): value is Scalar => value === null || typeof value !== 'object');
}

function expand(value: Json | undefined, parts: readonly string[]): Json[] {
  const [part, ...rest] = parts;
  if (part === undefined) return value === undefined ? [] : [value];
  if (value === null || typeof value !== 'object') return [];
  if (part === '*') return Array.isArray(value) ? value.flatMap((element) => expand(element, rest)) : [];
  return Object.hasOwn(value, part) ? expand(Array.isArray(value) ? value[Number(part)] : value[part], rest) : [];
}

/** All numbers at a path; what is not a number is left out, never coerced. */
export function numbersAt(object: JsonObject, path: string): number[] {
  return valuesAt(object, path).filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}
