import type { Json, JsonObject } from './json.ts';

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
