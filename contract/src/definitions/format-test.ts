import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import type { PropertyTest, Test } from './types.ts';

/** A comparison as a key and its value. */
export function formatTest(test: Test): readonly [string, Plain] {
  const word = test.op.replace('-', ' ');
  switch (test.op) {
    case 'in':
    case 'not-in':
    case 'contains-any':
    case 'contains-all':
      return [word, test.values];
    case 'exists':
      return ['exists', true];
    case 'missing':
      return ['exists', false];
    case 'between':
      return [word, [test.from, test.to]];
    case 'matches':
      return [word, test.pattern];
    default:
      return [word, test.value];
  }
}

/** What one value must be, as short as it can be said. */
export function formatValueTest(test: Test): Plain {
  if (test.op === 'is' && test.value !== null) return test.value;
  return test.op === 'in' ? test.values : plainMap([formatTest(test)]);
}

/** One map where that keeps the order; else a list of maps. */
export function formatWhere(where: readonly PropertyTest[]): Plain | undefined {
  const groups: { path: string; tests: Test[] }[] = [];
  for (const { path, test } of where) {
    const last = groups.at(-1);
    const repeated = last?.tests.some((other) => formatTest(other)[0] === formatTest(test)[0]);
    if (last?.path === path && repeated === false) last.tests.push(test);
    else groups.push({ path, tests: [test] });
  }
  if (groups.length === 0) return undefined;
  const maps = groups.map(({ path, tests }) => [path, formatTests(tests)] as const);
  if (new Set(maps.map(([path]) => path)).size === maps.length) return plainMap(maps);
  return maps.map((entry) => plainMap([entry]));
}

function formatTests(tests: readonly Test[]): Plain {
  const [only] = tests;
  return only?.op === 'is' && tests.length === 1 ? only.value : plainMap(tests.map(formatTest));
}
