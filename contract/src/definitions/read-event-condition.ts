import { optional, readFields, readLine, readWord, required } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { FIGURE_KEYS, FIGURE_WORDS, TEST_WORDS } from './condition-keys.ts';
import type { FigureWord } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readPeriod } from './read-period.ts';
import { readTests, readWhere } from './read-test.ts';
import { readDuration } from './read-values.ts';
import { allOf, requireJourney } from './reading-scope.ts';
import type { Scope } from './reading-scope.ts';
import type { Condition, EventFigure, EventFilter, Period, Times } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** `event: …`: how often it happened, a figure worked out of it, or what followed it. */
export function readEvent(scope: Scope, head: 'event' | 'no event', fields: Fields): Condition {
  const { reading } = scope;
  const filter: EventFilter = { event: required(reading, fields, head, readLine(), ''), where: optional(reading, fields, 'where', readWhere, []) };
  const figures = FIGURE_KEYS.filter((word) => fields.entries.has(word));
  const [figure] = figures;
  const followers = (['then', 'then not'] as const).filter((word) => fields.entries.has(word));
  const [follower] = followers;
  if (figures.length + followers.length > 1) {
    report(reading, fields.place, 'conflicting_keys', `\`${[...figures, ...followers].join('` and `')}\` ask for different things.`, 'Write two conditions, each behind a hyphen.');
  }
  if (follower !== undefined) return readSequence(reading, follower, fields, filter);
  reportStray(reading, fields, ['same', 'in the last'], 'belongs to `then:` or `then not:`', 'Write `within: 30 days` for events of the last 30 days.');
  if (figure !== undefined) return readFigure(reading, figure, fields, filter);
  reportStray(reading, fields, TEST_WORDS, 'compares a figure, and there is none', 'Say which, e.g. `sum of: total`, or how often: `times: at least 2`.');
  return readHowOften(scope, head, fields, filter);
}

function reportStray(reading: Reading, fields: Fields, keys: readonly string[], why: string, mend: string): void {
  for (const key of keys) {
    const entry = fields.entries.get(key);
    if (entry !== undefined) report(reading, entry.keyPlace, 'conflicting_keys', `\`${key}\` ${why}.`, mend);
  }
}

function readHowOften(scope: Scope, head: 'event' | 'no event', fields: Fields, filter: EventFilter): Condition {
  const { reading } = scope;
  const sinceTree = fields.entries.get('since')?.value;
  if (sinceTree !== undefined) requireJourney(scope, sinceTree, '`since: entry`');
  const since = optional(reading, fields, 'since', readWord(['entry', 'ever']), 'ever');
  const period = readPeriod(reading, fields);
  if (since === 'entry' && period.kind === 'ago') report(reading, fields.place, 'conflicting_keys', '`since: entry` and `before` exclude each other.', 'Remove one of them.');
  const times: Times = head === 'no event' ? { op: 'exactly', count: 0 } : optional(reading, fields, 'times', readTimes, { op: 'at-least', count: 1 });
  return { kind: 'event', ...filter, times, period, since };
}

function readFigure(reading: Reading, word: FigureWord, fields: Fields, filter: EventFilter): Condition {
  reportStray(reading, fields, ['times', 'since'], `does not go with \`${word}\``, 'Write two conditions, each behind a hyphen.');
  const figure: EventFigure = { kind: FIGURE_WORDS[word], property: required(reading, fields, word, readLine(), '') };
  const period = readPeriod(reading, fields);
  checkPeriod(reading, fields, word, period);
  const tests = readTests(reading, fields);
  if (tests.length === 0 && fields.meant.size === 0) report(reading, fields.place, 'missing_key', `The condition does not say what \`${word}\` must be.`, 'Add a comparison, e.g. `at least: 100`.');
  return allOf(tests.map((test) => ({ kind: 'figure', ...filter, figure, test, period })));
}

/** Reports a period for which a figure cannot be told. */
export function checkPeriod(reading: Reading, fields: Fields, word: FigureWord, period: Period): void {
  const mend = refusal(FIGURE_WORDS[word], period);
  if (mend !== null) report(reading, fields.place, 'period_not_possible', `\`${word}\` cannot be told for that period: every event would have to be kept.`, mend);
}

/** How to mend a period for which the figure cannot be told; null: it can. */
function refusal(kind: EventFigure['kind'], period: Period): string | null {
  if (period.kind === 'ever' || period.kind === 'dates') return null;
  switch (kind) {
    case 'sum': case 'average': case 'min': case 'max': return period.kind === 'within' || period.fromMs !== null ? null : 'Say from when: `from: 60 days ago`.';
    case 'distinct': case 'last': return period.kind === 'within' ? null : 'Use `within: 30 days`, or dates: `from: 2026-01-01`.';
    case 'first': case 'most-frequent': return 'Leave the period out, or use dates: `from: 2026-01-01`.';
  }
}

function readSequence(reading: Reading, word: 'then' | 'then not', fields: Fields, first: EventFilter): Condition {
  reportStray(reading, fields, ['times', 'since', 'from', 'before', ...TEST_WORDS], `does not go with \`${word}\``, 'Write `in the last: 30 days` for first events of the last 30 days.');
  return {
    kind: 'sequence',
    first,
    second: required(reading, fields, word, readFollower, { event: '', where: [] }),
    outcome: word === 'then' ? 'happened' : 'missing',
    withinMs: required(reading, fields, 'within', readDuration, 0),
    key: optional(reading, fields, 'same', readLine(), null),
    lastMs: optional(reading, fields, 'in the last', readDuration, null),
  };
}

const FOLLOWER_KEYS = ['event', 'where'];

/** The event that follows: its name, or its name and properties. */
function readFollower(reading: Reading, tree: Tree): EventFilter {
  if (tree.kind !== 'map') return { event: readLine()(reading, tree), where: [] };
  const fields = readFields(reading, tree, 'An event that follows', FOLLOWER_KEYS);
  if (fields === null) return { event: '', where: [] };
  return { event: required(reading, fields, 'event', readLine(), ''), where: optional(reading, fields, 'where', readWhere, []) };
}

const TIMES = /^(?:(at least|at most|exactly) )?(\d{1,9})$/;

export const readTimes: Read<Times> = (reading, tree) => {
  const text = readLine()(reading, tree).replace(/ times?$/, '');
  const match = TIMES.exec(text);
  const count = Number(match?.[2] ?? 1);
  const op = match?.[1] === 'at least' ? 'at-least' : match?.[1] === 'at most' ? 'at-most' : 'exactly';
  if (text === '') return { op, count };
  if (match === null) {
    report(reading, tree, 'invalid_times', `\`${text}\` is not a number of times.`, 'Write `at least 2`, `at most 3`, `exactly 1` or just `2`.');
  } else if (op === 'at-least' && count === 0) {
    report(reading, tree, 'invalid_times', '`at least 0` always holds.', 'Write `at least 1`, or `no event: …` for never.');
  } else if (count > DEFINITION_LIMITS.maxTimes) {
    report(reading, tree, 'invalid_times', `\`${text}\` is more than ${DEFINITION_LIMITS.maxTimes} times.`, 'Use a smaller number.');
  }
  return { op, count };
};
