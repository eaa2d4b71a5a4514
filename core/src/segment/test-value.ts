import type { PropertyTest, Test } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { eachAt, isManifold, valueAt } from '../event/path.ts';
import { patternOf } from './pattern.ts';

/**
 * Whether a value passes a test. What is missing is the same as null; only `exists` and `missing` also count '' as missing.
 * Nothing is coerced: numbers compare with numbers, texts with texts (ISO dates among them), by code points and exactly as
 * they are written. `contains` looks for a part of a text or a member of an array.
 */
export function testValue(test: Test, given: Json | undefined): boolean {
  const value = given ?? null;
  switch (test.op) {
    case 'exists': return !isBlank(value);
    case 'missing': return isBlank(value);
    case 'is': return value === test.value;
    case 'is-not': return value !== test.value;
    case 'in': return test.values.some((candidate) => candidate === value);
    case 'not-in': return !test.values.some((candidate) => candidate === value);
    case 'contains':
      if (Array.isArray(value)) return value.includes(test.value);
      return typeof value === 'string' && typeof test.value === 'string' && value.includes(test.value);
    case 'contains-any': return Array.isArray(value) && test.values.some((one) => value.includes(one));
    case 'contains-all': return Array.isArray(value) && test.values.every((one) => value.includes(one));
    case 'matches': return typeof value === 'string' && patternOf(test.pattern).test(value);
    case 'between': return ordered(value, test.from, (sign) => sign >= 0) && ordered(value, test.to, (sign) => sign <= 0);
    case 'starts-with': return typeof value === 'string' && value.startsWith(test.value);
    case 'ends-with': return typeof value === 'string' && value.endsWith(test.value);
    case 'more-than': return ordered(value, test.value, (sign) => sign > 0);
    case 'at-least': return ordered(value, test.value, (sign) => sign >= 0);
    case 'less-than': return ordered(value, test.value, (sign) => sign < 0);
    case 'at-most': return ordered(value, test.value, (sign) => sign <= 0);
  }
}

function isBlank(value: Json): boolean {
  return value === null || value === '';
}

function ordered(value: Json, bound: number | string, holds: (sign: number) => boolean): boolean {
  if (typeof value === 'number' && typeof bound === 'number') return holds(value - bound);
  if (typeof value === 'string' && typeof bound === 'string') return holds(compareTexts(value, bound));
  return false;
}

/** Where halves of code points begin: what one of them stands for comes after all that is written as one unit. */
const FIRST_HALF = 0xd800;
const LAST_HALF = 0xdfff;

/** Compares by code points, as databases and other languages do; JavaScript would put U+FF01 after U+1F600. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const unit = a.charCodeAt(index);
    const other = b.charCodeAt(index);
    if (unit === other) continue;
    const isHalf = unit >= FIRST_HALF && unit <= LAST_HALF;
    return isHalf === (other >= FIRST_HALF && other <= LAST_HALF) ? unit - other : isHalf ? 1 : -1;
  }
  return a.length - b.length;
}

/** Whether what is at a path passes a test; with `*` it is enough that one element does. */
export function testAt(test: Test, object: JsonObject, path: string): boolean {
  return isManifold(object, path) ? eachAt(object, path).some((value) => testValue(test, value)) : testValue(test, valueAt(object, path));
}

/** Whether an object passes all tests of its properties. */
export function testProperties(tests: readonly PropertyTest[], properties: JsonObject): boolean {
  for (const { path, test } of tests) if (!testAt(test, properties, path)) return false;
  return true;
}
