import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { cyclesRule, findCycles } from './cycles.ts';

const tree = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => sourceFile(path, text));

describe('cycles', () => {
  test('a tree without one is fine', () => {
    const files = tree({
      'core/src/index.ts': "export { a } from './a.ts';",
      'core/src/a.ts': "import { b } from './b.ts'; export const a = b;",
      'core/src/b.ts': 'export const b = 1;',
      'store/src/index.ts': "import { a } from '@samovar/core';",
    });
    expect(cyclesRule.check(files)).toEqual([]);
  });

  test.each([
    ['two files', { 'core/src/a.ts': "import { b } from './b.ts';", 'core/src/b.ts': "import { a } from './a.ts';" }],
    ['types only', { 'core/src/a.ts': "import type { B } from './b.ts';", 'core/src/b.ts': "export type { A } from './a.ts';" }],
    ['itself', { 'core/src/a.ts': "import { a } from './a.ts';" }],
    ['through a package', { 'core/src/index.ts': "import { a } from '@samovar/store';", 'store/src/index.ts': "import { b } from '@samovar/core';" }],
  ])('%s', (_name, files) => {
    expect(cyclesRule.check(tree(files))).toEqual([expect.objectContaining({ message: expect.stringContaining('import each other in a circle') })]);
  });

  test('each ring is reported once, with all of its files and no others', () => {
    const graph = new Map([['a', ['b', 'd']], ['b', ['c']], ['c', ['a']], ['d', ['e']], ['e', ['d', 'f']], ['f', []], ['g', ['a']]]);
    expect(findCycles(graph)).toEqual(expect.arrayContaining([['a', 'b', 'c'], ['d', 'e']]));
    expect(findCycles(graph)).toHaveLength(2);
  });
});
