import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { COMPONENT_LINES, FILE_LINES, FILE_LINES_EVER, FUNCTION_LINES, FUNCTION_LINES_EVER, sizeRule } from './size.ts';

const statements = (count: number): string => 'step();\n'.repeat(count);
/** A function that takes exactly `lines` lines. */
const functionOf = (lines: number, head = 'export function long()'): string => `${head} {\n${statements(lines - 2)}}\n`;
/** Enough short functions that a long one does not tip the overall share. */
const crowd = sourceFile('core/src/crowd.ts', 'const f = () => 1;\n'.repeat(250));
const messages = (path: string, text: string, exceptions: Parameters<typeof sizeRule>[0] = []): string[] =>
  sizeRule(exceptions).check([crowd, sourceFile(path, text)]).map((finding) => finding.message);

describe('functions', () => {
  test('at the budget is fine, one line more is not', () => {
    expect(messages('core/src/a.ts', functionOf(FUNCTION_LINES))).toEqual([]);
    expect(messages('core/src/a.ts', functionOf(FUNCTION_LINES + 1))).toEqual([expect.stringContaining('function long has 71 lines, the budget is 70')]);
  });

  test.each(['const long = () =>', 'const long = function ()', 'class A { long()', 'const o = { long()', 'export const o = { long: () =>'])('%s is measured too', (head) => {
    const closing = head.startsWith('class') || head.includes('{ long') ? '}' : '';
    expect(messages('core/src/a.ts', functionOf(FUNCTION_LINES + 1, head) + closing)).toEqual([expect.stringContaining('function long has 71 lines')]);
  });

  test('braces in strings, templates, regular expressions and comments do not fool it', () => {
    const text = `const a = () => {\n  const s = '}'; // }\n  const t = \`}\${'}'}\`; /* } */\n  return /}/.test(s + t);\n${statements(FUNCTION_LINES - 4)}};\n`;
    expect(messages('core/src/a.ts', text)).toEqual([expect.stringContaining('function a has 71 lines')]);
  });

  test('a block of tests is a heading, the tests in it are measured', () => {
    expect(messages('core/src/a.test.ts', `describe('x', () => {\n${statements(100)}});\n`)).toEqual([]);
    expect(messages('core/src/a.test.ts', `describe.each([1])('x', () => {\n${statements(100)}});\n`)).toEqual([]);
    expect(messages('core/src/a.test.ts', `describe('x', () => { test('y', () => {\n${statements(100)}}); });\n`)).toHaveLength(1);
    expect(messages('core/src/a.ts', `describe('x', () => {\n${statements(100)}});\n`)).toHaveLength(1);
  });

  test('a component has its own budget', () => {
    const component = (lines: number): string => `export function Page() {\n${statements(lines - 3)}return <p>hi</p>;\n}\n`;
    expect(messages('console/src/page.tsx', component(COMPONENT_LINES))).toEqual([]);
    expect(messages('console/src/page.tsx', component(COMPONENT_LINES + 1))).toHaveLength(1);
    expect(messages('console/src/page.tsx', functionOf(FUNCTION_LINES + 1, 'export function notMarkup()'))).toHaveLength(1);
  });

  test('when 1 % are long it is too many, exceptions or not', () => {
    const few = sourceFile('core/src/few.ts', 'const f = () => 1;\n'.repeat(98));
    const long = sourceFile('core/src/a.ts', functionOf(80));
    const exceptions = [{ path: 'core/src/a.ts', name: 'long', lines: 80, why: 'sample' }];
    expect(sizeRule(exceptions).check([few, long]).map((finding) => finding.message)).toEqual([expect.stringContaining('1 of 99 functions')]);
    expect(sizeRule(exceptions).check([crowd, long])).toEqual([]);
  });
});

describe('files', () => {
  test('at the budget is fine, one line more is not', () => {
    expect(messages('core/src/a.ts', statements(FILE_LINES))).toEqual([]);
    expect(messages('core/src/a.ts', statements(FILE_LINES + 1))).toEqual([expect.stringContaining('file has 301 lines')]);
  });
});

describe('the ratchet', () => {
  const entry = (lines: number) => [{ path: 'core/src/a.ts', name: 'long', lines, why: 'sample' }];

  test('an exception holds at its number and only there', () => {
    expect(messages('core/src/a.ts', functionOf(80), entry(80))).toEqual([]);
    expect(messages('core/src/a.ts', functionOf(81), entry(80))).toEqual([expect.stringContaining('grew from 80 to 81')]);
    expect(messages('core/src/a.ts', functionOf(79), entry(80))).toEqual([expect.stringContaining('lower its number')]);
  });

  test('an exception that nothing needs is refused', () => {
    expect(messages('core/src/a.ts', functionOf(60), entry(80))).toEqual([expect.stringContaining('remove the entry')]);
    expect(messages('core/src/b.ts', functionOf(60), entry(80))).toEqual([expect.stringContaining('remove the entry')]);
  });

  test('no exception reaches beyond the last limit', () => {
    expect(messages('core/src/a.ts', functionOf(FUNCTION_LINES_EVER + 1), entry(FUNCTION_LINES_EVER + 1))).toEqual([expect.stringContaining('may ever have')]);
    const file = [{ path: 'core/src/a.ts', lines: FILE_LINES_EVER + 1, why: 'sample' }];
    expect(messages('core/src/a.ts', statements(FILE_LINES_EVER), [{ path: 'core/src/a.ts', lines: FILE_LINES_EVER, why: 'sample' }])).toEqual([]);
    expect(messages('core/src/a.ts', statements(FILE_LINES_EVER + 1), file)).toEqual([expect.stringContaining('may ever have')]);
  });
});
