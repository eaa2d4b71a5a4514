import { describe, expect, test } from 'vitest';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseDefinitionFile } from './parse-file.ts';
import type { Problem } from './problem.ts';

const DAY = 86_400_000;

function problems(text: string): Problem[] {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  return parsed.kind === 'problems' ? parsed.problems : [];
}

describe('limits, at the limit and one beyond', () => {
  const codes = (text: string): string[] => [...new Set(problems(text).map((problem) => problem.code))];
  const segment = (rest: string): string => `segment: a\nmatch: { tag: x }\n${rest}`;

  test.each([
    ['a name', (length: number) => segment(`name: ${'x'.repeat(length)}`), DEFINITION_LIMITS.maxNameLength, 'too_long'],
    ['a key', (length: number) => `segment: ${'x'.repeat(length)}\nmatch: { tag: x }`, DEFINITION_LIMITS.maxKeyLength, 'invalid_key'],
    ['the file', (length: number) => segment('#').padEnd(length, 'x'), DEFINITION_LIMITS.maxFileChars, 'file_too_large'],
    ['a list', (count: number) => segment('').replace('tag: x', `trait: x, in: [${'1,'.repeat(count)}]`), DEFINITION_LIMITS.maxListedValues, 'too_long'],
    ['declared traits', (count: number) => `schema: a\ntraits: { ${Array.from({ length: count }, (_, index) => `t${index}: text`).join(', ')} }`, DEFINITION_LIMITS.maxDeclaredTraits, 'too_long'],
    ['steps', (count: number) => `journey: a\ntrigger: { event: x }\nsteps:\n${'- tag: x\n'.repeat(count)}`, DEFINITION_LIMITS.maxSteps, 'too_many_steps'],
    ['times', (count: number) => `segment: a\nmatch: { event: x, times: ${count} }`, DEFINITION_LIMITS.maxTimes, 'invalid_times'],
    ['days', (days: number) => `segment: a\nmatch: { event: x, within: ${days} days }`, DEFINITION_LIMITS.maxDurationMs / DAY, 'invalid_duration'],
    ['ceiling', (count: number) => `journey: a\ntrigger: { event: x }\nsteps: [exit]\nceiling: ${count} per hour`, DEFINITION_LIMITS.maxCeilingPerHour, 'invalid_rate'],
  ])('%s', (_, make, limit, code) => {
    expect(codes(make(limit))).toEqual([]);
    expect(codes(make(limit + 1))).toEqual([code]);
  });

  test('nesting', () => {
    const nested = (depth: number): string => `segment: a\nmatch: ${'{ all: ['.repeat(depth)}{ tag: x }${'] }'.repeat(depth)}`;
    // The root, then two levels for each `all`, then the map with its value.
    const most = (DEFINITION_LIMITS.maxDepth - 2) / 2;
    expect(codes(nested(most))).toEqual([]);
    expect(codes(nested(most + 1))).toEqual(['file_too_complex']);
  });

  test('values', () => {
    // The root, its three values and the list of lists, each with itself and its items.
    const values = (count: number): string => {
      const lists = Math.floor((count - 5) / 1_000);
      const rest = count - 5 - lists * 1_000;
      return `journey: a\ntrigger: x\nsteps: [${`[${'1,'.repeat(999)}],`.repeat(lists)}[${'1,'.repeat(rest)}]]`;
    };
    expect(codes(values(DEFINITION_LIMITS.maxValues))).not.toContain('file_too_complex');
    expect(codes(values(DEFINITION_LIMITS.maxValues + 1))).toEqual(['file_too_complex']);
  });

  test('problems', () => {
    const text = segment(Array.from({ length: 500 }, (_, index) => `k${index}: 1`).join('\n'));
    const all = problems(text);
    expect(all).toHaveLength(DEFINITION_LIMITS.maxProblemsPerFile + 1);
    expect(all.at(-1)?.code).toBe('too_many_problems');
  });

  test.each([
    ['aliases that multiply', `a: &a [${'x,'.repeat(20)}]\n${Array.from({ length: 8 }, (_, index) => `${String.fromCharCode(98 + index)}: &${String.fromCharCode(98 + index)} [${`*${String.fromCharCode(97 + index)},`.repeat(20)}]`).join('\n')}`],
    ['an alias inside of its anchor', 'segment: a\nmatch: &x { all: [*x] }'],
    ['many keys', Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['deep brackets', '['.repeat(100_000)],
    ['closed deep brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['deep braces', '{a: '.repeat(30_000)],
    ['deep lists', '- '.repeat(50_000)],
    ['deep keys', '? '.repeat(30_000)],
    ['deep indentation', Array.from({ length: 1_000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['an open quote', `segment: "${'x'.repeat(500_000)}`],
  ])('%s end in a problem, soon', (_, text) => {
    expect(codes(text).length).toBeGreaterThan(0);
  });
});
