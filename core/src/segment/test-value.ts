import type { PropertyTest, Test } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { valueAt, valuesAt } from '../event/path.ts';
import { patternOf } from './pattern.ts';

/**
 * Whether a value passes a test. A missing value is the same as null; `exists` and `missing` count '' as missing, too.
 * `contains` looks for a part of a text or a member of an array. Numbers compare with numbers only, texts (ISO dates
 * among them) with texts only.
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
  if (typeof value === 'number' && typeof bound === 'number') return holds(Math.sign(value - bound));
  if (typeof value === 'string' && typeof bound === 'string') return holds(value < bound ? -1 : value > bound ? 1 : 0);
  return false;
}

/** Whether an object passes all tests of its properties. */
export function testProperties(tests: readonly PropertyTest[], properties: JsonObject): boolean {
  for (const { path, test } of tests) {
    if (path.includes('*') && !Object.hasOwn(properties, path) ? !valuesAt(properties, path).some((value) => testValue(test, value)) : !testValue(test, valueAt(properties, path))) return false;
  }
  return true;
}
