import { describe, expect, it } from 'vitest';
import type { Test } from '../definition/condition.ts';
import type { Json } from '../event/json.ts';
import { testProperties, testValue } from './test-value.ts';

const TABLE: [Test, passes: (Json | undefined)[], fails: (Json | undefined)[]][] = [
  [{ op: 'is', value: 'a' }, ['a'], ['A', '', 'ab', null, undefined, ['a']]],
  [{ op: 'is', value: 1 }, [1, 1.0], ['1', true, null]],
  [{ op: 'is', value: null }, [null, undefined], ['', 0, false]],
  [{ op: 'is', value: false }, [false], [0, '', null]],
  [{ op: 'is-not', value: 'a' }, ['b', '', null, undefined, 1, ['a']], ['a']],
  [{ op: 'in', values: ['a', 1, null] }, ['a', 1, null, undefined], ['1', 'b', [], ['a']]],
  [{ op: 'in', values: [] }, [], ['a', null, undefined]],
  [{ op: 'not-in', values: ['a', 1] }, ['b', '1', null, undefined], ['a', 1]],
  [{ op: 'exists' }, ['a', 0, false, [], {}], ['', null, undefined]],
  [{ op: 'missing' }, ['', null, undefined], ['a', 0, false, [], {}]],
  [{ op: 'contains', value: 'b' }, ['abc', 'b', ['a', 'b']], ['aBc', ['abc'], 1, null, undefined, { b: 1 }]],
  [{ op: 'starts-with', value: 'ab' }, ['abc', 'ab'], ['cab', '', ['ab'], null]],
  [{ op: 'ends-with', value: 'bc' }, ['abc', 'bc'], ['bca', '', ['bc'], undefined]],
  [{ op: 'more-than', value: 5 }, [6, 5.1], [5, 4, '6', null, undefined, true, [6]]],
  [{ op: 'at-least', value: 5 }, [5, 6], [4.9, '5', null]],
  [{ op: 'less-than', value: 5 }, [4, -1], [5, '4', null, undefined]],
  [{ op: 'at-most', value: 5 }, [5, 4], [6, '5', null, undefined]],
  [{ op: 'more-than', value: '2026-01-01' }, ['2026-01-02', '2026-01-01T00:00'], ['2026-01-01', '2025-12-31', 2027, null]],
  [{ op: 'at-most', value: 'b' }, ['a', 'b', ''], ['c', 1, null, undefined]],
];

describe('a test of a value', () => {
  it.each(TABLE)('%j', (test, passes, fails) => {
    expect(passes.filter((value) => !testValue(test, value))).toEqual([]);
    expect(fails.filter((value) => testValue(test, value))).toEqual([]);
  });

  it('of several properties asks for all of them', () => {
    const tests = [{ path: 'a', test: { op: 'is', value: 1 } as const }, { path: 'o.k', test: { op: 'exists' } as const }];
    expect([testProperties([], {}), testProperties(tests, { a: 1, o: { k: 2 } }), testProperties(tests, { a: 1 })]).toEqual([true, true, false]);
  });
});
