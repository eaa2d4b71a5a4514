import type { Scalar } from '../json.ts';
import { describe, readFields, readLine } from './fields.ts';
import type { Fields } from './fields.ts';
import { TEST_WORDS } from './file-keys.ts';
import type { TestWord } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readNumber, readScalar } from './read-values.ts';
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
      return { op: 'contains', value: readPart(reading, tree) };
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

function readBoolean(reading: Reading, tree: Tree): boolean {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  report(reading, tree, 'wrong_type', `This must be \`true\` or \`false\`, not ${describe(tree)}.`, 'Write `true` or `false`.');
  return true;
}
