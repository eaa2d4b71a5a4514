import { describe, expect, it } from 'vitest';
import type { Test } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { newContact } from '../contact/contact-state.ts';
import { writeTraits } from '../contact/traits.ts';
import { holds } from '../program/evaluate.ts';
import { SARA, SOME_ID, START, workspaceOf } from '../testing/small-world.ts';
import { testProperties, testValue } from './test-value.ts';

const TABLE: [Test, passes: (Json | undefined)[], fails: (Json | undefined)[]][] = [
  [{ op: 'is', value: 'a' }, ['a'], ['A', '', 'ab', ' a', null, undefined, ['a']]],
  [{ op: 'is', value: 1 }, [1, 1.0], ['1', true, null]],
  [{ op: 'is', value: null }, [null, undefined], ['', 0, false]],
  [{ op: 'is', value: false }, [false], [0, '', null]],
  [{ op: 'is', value: 'é' }, ['\u00E9'], ['e\u0301', 'É', 'e']],
  [{ op: 'is-not', value: 'a' }, ['b', '', null, undefined, 1, ['a']], ['a']],
  [{ op: 'is-not', value: null }, ['', 0, false, []], [null, undefined]],
  [{ op: 'in', values: ['a', 1, null] }, ['a', 1, null, undefined], ['1', 'b', [], ['a']]],
  [{ op: 'in', values: [] }, [], ['a', null, undefined]],
  [{ op: 'not-in', values: ['a', 1] }, ['b', '1', null, undefined, ['a']], ['a', 1]],
  [{ op: 'exists' }, ['a', ' ', 0, false, [], {}], ['', null, undefined]],
  [{ op: 'missing' }, ['', null, undefined], ['a', 0, false, [], {}]],
  [{ op: 'contains', value: 'b' }, ['abc', 'b', ['a', 'b']], ['aBc', ['abc'], 1, null, undefined, { b: 1 }]],
  [{ op: 'contains', value: '' }, ['', 'a', ['']], [[], null, undefined]],
  [{ op: 'contains', value: 1 }, [[1], [2, 1]], ['1', 1, ['1'], null]],
  [{ op: 'contains', value: null }, [[null]], ['null', [], null, undefined]],
  [{ op: 'contains', value: 'ش' }, ['شیراز'], ['سیراز']],
  [{ op: 'contains-any', values: ['a', 1] }, [['a'], [1, 'z'], ['x', 'a']], ['a', 'abc', ['A'], ['1'], [], null, undefined, { a: 1 }]],
  [{ op: 'contains-any', values: [] }, [], [['a'], [], null, undefined]],
  [{ op: 'contains-all', values: ['a', 1] }, [['a', 1], [1, 'x', 'a']], [['a'], ['a', '1'], 'a1', [], null, undefined]],
  [{ op: 'contains-all', values: [] }, [[], ['a']], ['', null, undefined]],
  [{ op: 'starts-with', value: 'ab' }, ['abc', 'ab'], ['cab', 'Abc', '', ['ab'], null]],
  [{ op: 'ends-with', value: 'bc' }, ['abc', 'bc'], ['bca', 'aBC', '', ['bc'], undefined]],
  [{ op: 'matches', pattern: 'b+' }, ['abc', 'bb'], ['aBc', '', 'ac', ['b'], 1, null, undefined]],
  [{ op: 'matches', pattern: '(?i)^b+$' }, ['b', 'Bb'], ['abc', 'b ', '']],
  [{ op: 'matches', pattern: '' }, ['', 'a'], [null, undefined, 1]],
  [{ op: 'matches', pattern: '^.{2}$' }, ['ab', '😀b', 'سل'], ['😀', 'abc']],
  [{ op: 'matches', pattern: '^\\p{Arabic}+$' }, ['سلام'], ['salam', 'سلام!']],
  [{ op: 'matches', pattern: '^(\\d{3})-?\\d+$' }, ['123-45', '1234'], ['12-345', '٣٢١-٤٥']],
  [{ op: 'more-than', value: 5 }, [6, 5.1], [5, 4, '6', null, undefined, true, [6]]],
  [{ op: 'at-least', value: 5 }, [5, 6], [4.9, '5', null]],
  [{ op: 'less-than', value: 5 }, [4, -1], [5, '4', null, undefined]],
  [{ op: 'at-most', value: 5 }, [5, 4], [6, '5', null, undefined]],
  [{ op: 'at-least', value: 0 }, [0, -0, 1], ['', null, undefined, false, []]],
  [{ op: 'more-than', value: '2026-01-01' }, ['2026-01-02', '2026-01-01T00:00'], ['2026-01-01', '2025-12-31', 2027, null]],
  [{ op: 'at-most', value: 'b' }, ['a', 'b', '', 'B'], ['c', 'ba', 1, null, undefined]],
  // U+FF01 is written as one unit that is greater than both halves of U+1F600.
  [{ op: 'less-than', value: '\u{1F600}' }, ['\uFF01', 'z', ''], ['\u{1F600}', '\u{1F601}', '\u{1F600}a']],
  [{ op: 'more-than', value: 'a\uFF01' }, ['a\u{1F600}', 'b', 'a\uFF01 '], ['a', 'a\u00FF', 'a\uFF01']],
  [{ op: 'between', from: 1, to: 3 }, [1, 2, 3], [0.99, 3.01, '2', null, undefined, [2]]],
  [{ op: 'between', from: 3, to: 1 }, [], [1, 2, 3]],
  [{ op: 'between', from: 'b', to: 'd' }, ['b', 'cz', 'd'], ['a', 'da', 'C', 2, null, undefined]],
  [{ op: 'between', from: 1, to: 'd' }, [], [1, 2, 'c', null]],
];

/** What a path finds passes; `*` asks whether any element does. */
const PATHS: [string, Test, passes: JsonObject[], fails: JsonObject[]][] = [
  ['items.*.sku', { op: 'is', value: 'A' }, [{ items: [{ sku: 'A' }] }, { items: [{ sku: 'B' }, 1, { sku: 'A' }] }], [{ items: [{ sku: 'B' }] }, { items: [] }, {}, { items: 'A' }, { items: { sku: 'A' } }, { items: [{ sku: ['A'] }] }]],
  ['items.*.sku', { op: 'is-not', value: 'A' }, [{ items: [{ sku: 'A' }, { sku: 'B' }] }, { items: [{}] }], [{ items: [{ sku: 'A' }] }, { items: [] }, {}]],
  ['items.*.sku', { op: 'missing' }, [{ items: [{ sku: 'A' }, {}] }, { items: [null] }, { items: [{ sku: '' }] }], [{ items: [{ sku: 'A' }] }, { items: [] }, {}]],
  ['items.*.tags', { op: 'contains-all', values: ['x', 'y'] }, [{ items: [{ tags: ['x', 'y'] }] }], [{ items: [{ tags: ['x'] }, { tags: ['y'] }] }]],
  ['items.*.parts.*.id', { op: 'at-least', value: 2 }, [{ items: [{ parts: [{ id: 1 }, { id: 2 }] }] }], [{ items: [{ parts: [{ id: 1 }] }, { parts: 2 }, {}] }]],
  ['tags.*', { op: 'starts-with', value: 'v' }, [{ tags: ['a', 'vip'] }], [{ tags: 'vip' }, { tags: [['vip']] }, { tags: [] }]],
  ['items.0.sku', { op: 'is', value: 'A' }, [{ items: [{ sku: 'A' }] }], [{ items: [{ sku: 'B' }, { sku: 'A' }] }]],
  // A key that is the whole path is meant by it.
  ['items.*.sku', { op: 'is', value: 'A' }, [{ 'items.*.sku': 'A' }], [{ 'items.*.sku': 'B', items: [{ sku: 'A' }] }]],
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

  it.each(PATHS)('at %s: %j, of properties and of traits', (path, test, passes, fails) => {
    const tests = [{ path, test }];
    expect([passes.filter((one) => !testProperties(tests, one)), fails.filter((one) => testProperties(tests, one))]).toEqual([[], []]);
    expect([passes.filter((one) => !ofTraits(path, test, one)), fails.filter((one) => ofTraits(path, test, one))]).toEqual([[], []]);
  });
});

function ofTraits(path: string, test: Test, traits: JsonObject): boolean {
  const contact = newContact(SOME_ID, 1, SARA, START);
  writeTraits(contact, traits, { at: START, messageId: 'm', trusted: true });
  return holds({ kind: 'trait', root: path.split('.', 1)[0] ?? path, path, test, held: null }, { contact, now: START, workspace: workspaceOf({}), enrollment: null });
}
