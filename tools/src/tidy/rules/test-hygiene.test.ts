import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { testHygieneRule } from './test-hygiene.ts';

const findings = (text: string, path = 'core/src/a.test.ts'): string[] => testHygieneRule.check([sourceFile(path, text)]).map((finding) => finding.message);

describe('tests', () => {
  test.each([
    "test('x', () => { expect(1).toBe(1); });",
    "test('vi.mock and setTimeout( in a string', (context) => { context.skip('no Chromium here'); });",
    "test.skipIf(!hasChromium)('x', () => {}); // test.only",
    "stream.skip(table, 'three');",
    'await until(() => mailbox.length === 3);',
  ])('%s is fine', (text) => {
    expect(findings(text)).toEqual([]);
  });

  test.each([
    ["vi.mock('./a.ts');", 'no mocks'],
    ['const f = vi.fn();', 'no mocks'],
    ["vi.spyOn(console, 'log');", 'no mocks'],
    ['vi.useFakeTimers();', 'no mocks'],
    ["test.only('x', f);", 'leaves the others out'],
    ["describe.skip('x', f);", 'with a reason'],
    ["it.todo('x');", 'with a reason'],
    ["test('x', (context) => { context.skip(); });", 'says why'],
    ['await new Promise((done) => setTimeout(done, 100));', 'no sleeping'],
    ['await sleep(100);', 'no sleeping'],
  ])('%s is not', (text, message) => {
    expect(findings(text)).toEqual([expect.stringContaining(message)]);
  });

  test('helpers that are no tests may set a timer', () => {
    expect(findings('setTimeout(f, 1);', 'test/src/until.ts')).toEqual([]);
  });
});
