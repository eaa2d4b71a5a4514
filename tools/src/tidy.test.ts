import { describe, expect, test } from 'vitest';
import { readRepository } from './tidy/repository.ts';
import { RULES } from './tidy/rules.ts';
import { isCode, isTest } from './tidy/source-file.ts';

describe('the repository is tidy', () => {
  const files = readRepository();

  test('the files were found at all', () => {
    expect(files.filter(isCode).length).toBeGreaterThan(20);
    expect(files.filter(isTest).length).toBeGreaterThan(5);
    expect(files.map((file) => file.path)).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'core/src/index.ts', '.ci/run']));
  });

  test('every rule has a name of its own', () => {
    expect(new Set(RULES.map((rule) => rule.name)).size).toBe(RULES.length);
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(files).map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([]);
  });
});
