import { describe, expect, test } from 'vitest';
import { judgeCommand, judgeTests, summarize } from './outcome.ts';
import type { Outcome } from './outcome.ts';

const well = { exitCode: 0, timedOut: false, seconds: 1 };
const badly = { exitCode: 1, timedOut: false, seconds: 1 };
const stopped = { exitCode: undefined, timedOut: true, seconds: 1 };
const counts = (passed: number, failed: number) => ({ passed, failed, skipped: [] });

describe('a suite of tests', () => {
  test('passes when its tests pass and it ends well', () => {
    expect(judgeTests('unit', counts(3, 0), well)).toEqual({ suite: 'unit', passed: 3, failed: 0, skipped: [], seconds: 1 });
  });

  test.each([
    ['a test failed', counts(3, 1), badly, 1],
    ['no test failed, yet it ended badly (an error outside of any test)', counts(3, 0), badly, 1],
    ['it has no report', undefined, well, 1],
    ['it ran nothing', counts(0, 0), well, 1],
    ['it hung', counts(3, 0), stopped, 1],
    ['several tests failed and it hung', counts(3, 2), stopped, 2],
  ])('fails when %s', (_name, reported, ending, failed) => {
    expect(judgeTests('unit', reported, ending).failed).toBe(failed);
  });
});

describe('a command', () => {
  test('is one check', () => {
    expect(judgeCommand('lint', well)).toMatchObject({ passed: 1, failed: 0 });
    expect(judgeCommand('lint', badly)).toMatchObject({ passed: 0, failed: 1 });
    expect(judgeCommand('lint', stopped)).toMatchObject({ passed: 0, failed: 1, trouble: expect.stringContaining('too long') });
  });
});

describe('the sum', () => {
  const outcome = (suite: string, passed: number, failed: number, more: Partial<Outcome> = {}): Outcome => ({ suite, passed, failed, skipped: [], seconds: 1, ...more });

  test('is the last line', () => {
    const { lines, failed } = summarize(['a', 'b'], [outcome('a', 3, 0), outcome('b', 4, 1)]);
    expect(lines.at(-1)).toBe('7 passed, 1 failed');
    expect(failed).toBe(1);
  });

  test('counts a suite that did not run as failed', () => {
    expect(summarize(['a', 'b'], [outcome('a', 3, 0)])).toMatchObject({ failed: 1, lines: expect.arrayContaining([expect.stringContaining('it did not run'), '3 passed, 1 failed']) });
  });

  test('leaves out what was not asked for', () => {
    expect(summarize(['a'], [outcome('a', 3, 0), outcome('old', 9, 9)]).lines.at(-1)).toBe('3 passed, 0 failed');
  });

  test('names every skipped test with its reason', () => {
    const skipped = [{ name: 'the demo page', reason: 'no Chromium here' }];
    expect(summarize(['a'], [outcome('a', 3, 0, { skipped })]).lines).toEqual([expect.stringContaining('1 skipped'), '    skipped: the demo page (no Chromium here)', '3 passed, 0 failed']);
  });
});
