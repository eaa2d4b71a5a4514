import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runFile } from './run-file.ts';

const SHARED = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/segment-cases.json`;
const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function failuresOf(path: string): Promise<Record<string, string[]>> {
  const failures: Record<string, string[]> = {};
  for await (const { name, faults } of runFile(path)) if (faults.length > 0) failures[name] = faults;
  return failures;
}

test('every case of the shared file passes', async (context) => {
  if (!existsSync(SHARED)) context.skip(`${SHARED} is not here`);
  expect(await failuresOf(SHARED)).toEqual({});
});

test('so does every further case, which together use all operators', async () => {
  expect(await failuresOf(own('./further-cases.json'))).toEqual({});
});

test('a case that is not met or not understood fails, and says where', async () => {
  expect(await failuresOf(own('./failing-cases.json'))).toEqual({
    'an expectation that is not met': ['cases[0].steps[1].users[0]: a should be in s, and is not'],
    'an operator that nobody knows': ['cases[1].segments.s.op: the operator resembles is not known'],
    'a key that nobody reads': ['cases[2].segments.s.fuzzy: is not known here; known are trait, op, value, note, comment, description'],
    'a step that nobody knows': ['cases[3].steps[0].step: the step dance is not known'],
    'a clock that shows another time': ['cases[4].steps[0].now_ms: the clock shows 2024-01-15T12:00:00.000Z, not 2024-01-15T12:00:00.005Z'],
    'an event that is refused': [expect.stringContaining('event_name_missing')],
  });
});
