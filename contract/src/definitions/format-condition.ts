import { formatDuration } from './duration.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import type { Condition, PropertyTest, Test, Times } from './types.ts';

/** A condition as a file writes it. */
export function formatCondition(condition: Condition): Plain {
  switch (condition.kind) {
    case 'none': {
      const negated = formatNegation(condition.of);
      if (negated !== null) return negated;
      return plainMap([['none', condition.of.map(formatCondition)]]);
    }
    case 'all':
    case 'any':
      return plainMap([[condition.kind, condition.of.map(formatCondition)]]);
    case 'trait':
    case 'trigger':
      return plainMap([[condition.kind, condition.path], formatTest(condition.test)]);
    case 'event':
      return formatEvent(condition);
    case 'segment':
      return plainMap([['segment', condition.segment]]);
    case 'tag':
      return plainMap([['tag', condition.tag]]);
    case 'consent':
      return plainMap([['consent', condition.channel], ['topic', condition.topic ?? undefined]]);
    case 'message':
      return plainMap([['message', condition.step], ['was', condition.outcome]]);
    default:
      throw new Error(`${condition.kind} cannot be written yet`);
  }
}

/** `not in segment: x` reads better than `none: [segment: x]`. */
function formatNegation(of: readonly Condition[]): Plain | null {
  const [only] = of;
  if (only === undefined || of.length !== 1) return null;
  if (only.kind === 'segment') return plainMap([['not in segment', only.segment]]);
  if (only.kind === 'tag') return plainMap([['no tag', only.tag]]);
  if (only.kind === 'consent') return plainMap([['no consent', only.channel], ['topic', only.topic ?? undefined]]);
  if (only.kind === 'message') return plainMap([['message', only.step], ['was not', only.outcome]]);
  return null;
}

function formatEvent(condition: Condition & { kind: 'event' }): Plain {
  const never = condition.times.op === 'exactly' && condition.times.count === 0;
  return plainMap([
    [never ? 'no event' : 'event', condition.event],
    ['where', formatWhere(condition.where)],
    ['times', never ? undefined : formatTimes(condition.times)],
    ['within', condition.period.kind === 'within' ? formatDuration(condition.period.ms) : undefined],
    ['since', condition.since === 'entry' ? 'entry' : undefined],
  ]);
}

function formatTimes(times: Times): Plain | undefined {
  if (times.op === 'at-least' && times.count === 1) return undefined;
  return times.op === 'exactly' ? times.count : `${times.op.replace('-', ' ')} ${times.count}`;
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

function formatTest(test: Test): readonly [string, Plain] {
  switch (test.op) {
    case 'in':
    case 'not-in':
      return [test.op.replace('-', ' '), test.values];
    case 'exists':
      return ['exists', true];
    case 'missing':
      return ['exists', false];
    case 'between': case 'matches': case 'contains-any': case 'contains-all':
      throw new Error(`${test.op} cannot be written yet`);
    default:
      return [test.op.replace('-', ' '), test.value];
  }
}
