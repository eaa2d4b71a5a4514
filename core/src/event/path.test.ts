import { expect, it } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import { valueAt } from './path.ts';

it.each<[JsonObject, string, Json | undefined]>([
  [{ a: 1 }, 'a', 1], [{ a: null }, 'a', null], [{}, 'a', undefined], [{ a: { b: { c: 'x' } } }, 'a.b.c', 'x'], [{ a: { b: 1 } }, 'a.b.c', undefined],
  [{ a: [{ sku: 's' }] }, 'a.0.sku', 's'], [{ a: [] }, 'a.0', undefined], [{ a: [1] }, 'a.-1', undefined], [{ a: [1] }, 'a.length', undefined], [{ a: 'text' }, 'a.0', undefined],
  [{ 'a.b': 1, a: { b: 2 } }, 'a.b', 1], [{ a: null }, 'a.b', undefined], [{ '': 1 }, '', 1], [{ a: { '': 1 } }, 'a.', 1],
  [{}, 'constructor', undefined], [{}, '__proto__', undefined], [{ a: {} }, 'a.constructor.name', undefined], [{ a: {} }, 'a.__proto__', undefined],
])('in %j at %s is %j', (object, path, value) => {
  expect(valueAt(object, path)).toEqual(value);
});
