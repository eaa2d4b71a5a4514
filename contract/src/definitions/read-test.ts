import { RE2JS } from 're2js';
import type { Scalar } from '../json.ts';
import { describe, readFields, readLine } from './fields.ts';
import type { Fields } from './fields.ts';
import { TEST_WORDS } from './condition-keys.ts';
import type { TestWord } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readBoolean, readNumber, readScalar } from './read-values.ts';
import type { PropertyTest, Test } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** All comparisons among the fields, in the order in which they are written. */
export function readTests(reading: Reading, fields: Fields): Test[] {
  const tests: Test[] = [];
  for (const [word, { value }] of fields.entries) {
    const known = TEST_WORDS.find((name) => name === word);
    if (known !== undefined) tests.push(readTest(reading, known, value));
  }
  return tests;
}

/** What one value must be: the value itself, one of a list, or comparisons. */
export function readValueTests(reading: Reading, tree: Tree): Test[] {
  if (tree.kind === 'list') return [{ op: 'in', values: readValues(reading, tree) }];
  if (tree.kind === 'scalar' && tree.value === null) {
    report(reading, tree, 'empty', 'A value is missing here.', 'Write one, or remove the key.');
    return [];
  }
  return readPropertyTests(reading, tree);
}

/** `where:` — a map of paths to a value or to comparisons; a list of such maps when a path is needed twice. */
export function readWhere(reading: Reading, tree: Tree): PropertyTest[] {
  if (tree.kind === 'list') return tree.items.flatMap((item) => readWhere(reading, item));
  const fields = readFields(reading, tree, '`where`', 'any');
  if (fields === null) return [];
  if (fields.entries.size === 0) report(reading, tree, 'empty', '`where` says nothing.', 'Name a property, or remove `where`.');
  return [...fields.entries.values()].flatMap(({ key, keyPlace, value }) => {
    const keyTree: Tree = { kind: 'scalar', value: key, source: key, ...keyPlace };
    const path = readLine()(reading, keyTree);
    return readPropertyTests(reading, value).map((test) => ({ path, test }));
  });
}

function readPropertyTests(reading: Reading, tree: Tree): Test[] {
  if (tree.kind !== 'map') return [{ op: 'is', value: readScalar(reading, tree) }];
  const fields = readFields(reading, tree, 'A comparison', TEST_WORDS);
  if (fields === null) return [];
  if (tree.entries.length === 0) report(reading, tree, 'empty', 'A comparison is missing.', 'Write e.g. `at least: 10`.');
  return readTests(reading, fields);
}

function readTest(reading: Reading, word: TestWord, tree: Tree): Test {
  switch (word) {
    case 'is':
    case 'is not':
      return { op: word === 'is' ? 'is' : 'is-not', value: readScalar(reading, tree) };
    case 'more than':
      return { op: 'more-than', value: readOrdered(reading, tree) };
    case 'at least':
      return { op: 'at-least', value: readOrdered(reading, tree) };
    case 'less than':
      return { op: 'less-than', value: readOrdered(reading, tree) };
    case 'at most':
      return { op: 'at-most', value: readOrdered(reading, tree) };
    case 'contains':
      return { op: 'contains', value: readMember(reading, tree) };
    case 'contains any':
    case 'contains all':
      return { op: word === 'contains any' ? 'contains-any' : 'contains-all', values: readValues(reading, tree) };
    case 'between':
      return readBetween(reading, tree);
    case 'matches':
      return { op: 'matches', pattern: readPattern(reading, tree) };
    case 'starts with':
      return { op: 'starts-with', value: readPart(reading, tree) };
    case 'ends with':
      return { op: 'ends-with', value: readPart(reading, tree) };
    case 'in':
    case 'not in':
      return { op: word === 'in' ? 'in' : 'not-in', values: readValues(reading, tree) };
    case 'exists':
      return { op: readBoolean(reading, tree) ? 'exists' : 'missing' };
  }
}

function readOrdered(reading: Reading, tree: Tree): number | string {
  if (tree.kind === 'scalar' && typeof tree.value === 'number') return readNumber(reading, tree);
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return String(readScalar(reading, tree));
  report(reading, tree, 'wrong_type', `This must be a number or a text such as a date, not ${describe(tree)}.`, 'Write e.g. `at least: 10`.');
  return 0;
}

function readBetween(reading: Reading, tree: Tree): Test {
  const stand: Test = { op: 'between', from: 0, to: 0 };
  if (tree.kind !== 'list' || tree.items.length !== 2) {
    report(reading, tree, 'wrong_type', `This must be a list of two values, not ${tree.kind === 'list' ? `of ${tree.items.length}` : describe(tree)}.`, 'Write e.g. `between: [10, 20]`.');
    return stand;
  }
  const [from, to] = tree.items.map((item) => readOrdered(reading, item));
  if (from === undefined || to === undefined) return stand;
  if (typeof from !== typeof to) report(reading, tree, 'wrong_type', 'Both ends must be numbers, or both texts.', 'Write e.g. `between: [10, 20]`.');
  else if (from > to) report(reading, tree, 'invalid_range', 'The range ends before it begins.', 'Write the smaller value first.');
  return { op: 'between', from, to };
}

/** A pattern of which it is known that it takes time in proportion to the text only. */
function readPattern(reading: Reading, tree: Tree): string {
  const pattern = readPart(reading, tree);
  if (pattern.length > DEFINITION_LIMITS.maxNameLength) report(reading, tree, 'too_long', `The pattern has ${pattern.length} characters, the limit is ${DEFINITION_LIMITS.maxNameLength}.`, 'Shorten it.');
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    report(reading, tree, 'invalid_pattern', `This is not a regular expression of RE2: ${error instanceof Error ? error.message : 'it cannot be read'}.`, 'RE2 knows no lookahead, lookbehind or backreferences; a backslash before a sign takes it as it is.');
  }
  return pattern;
}

/** A part of a text, or a member of an array, which may be a number. */
function readMember(reading: Reading, tree: Tree): Scalar {
  return tree.kind === 'scalar' && (typeof tree.value === 'number' || typeof tree.value === 'boolean') ? readScalar(reading, tree) : readPart(reading, tree);
}

/** Texts to look for keep their spaces: `starts with: "Dr "`. */
function readPart(reading: Reading, tree: Tree): string {
  if (tree.kind === 'scalar' && tree.value !== null) {
    const text = typeof tree.value === 'string' ? String(readScalar(reading, tree)) : tree.source;
    if (text === '') report(reading, tree, 'empty', 'The text to look for is empty.', 'Every text holds the empty text; write the one that you mean.');
    return text;
  }
  report(reading, tree, 'wrong_type', `This must be text, not ${describe(tree)}.`, 'Write the text to look for.');
  return '';
}

function readValues(reading: Reading, tree: Tree): Scalar[] {
  if (tree.kind !== 'list') {
    report(reading, tree, 'wrong_type', `This must be a list of values, not ${describe(tree)}.`, 'Write `in: [a, b]`.');
    return [];
  }
  if (tree.items.length === 0) report(reading, tree, 'empty', 'The list is empty.', 'Name at least one value.');
  if (tree.items.length > DEFINITION_LIMITS.maxListedValues) report(reading, tree, 'too_long', `The list has more than ${DEFINITION_LIMITS.maxListedValues} values.`, 'Use a trait or a tag instead.');
  return tree.items.map((item) => readScalar(reading, item));
}
