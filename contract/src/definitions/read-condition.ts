import { didYouMean } from './suggest.ts';
import { describe, optional, readFields, readLine, readWord, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { CONDITION_KEYS, OUTCOMES } from './file-keys.ts';
import type { ConditionKey } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import type { Scope } from './reading-scope.ts';
import { readTests, readWhere } from './read-test.ts';
import { readDuration, readKey } from './read-values.ts';
import type { Condition, Period, Test, Times } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

const HEADS = Object.keys(CONDITION_KEYS).filter((key): key is ConditionKey => Object.hasOwn(CONDITION_KEYS, key));
const STAND_IN: Condition = { kind: 'all', of: [] };

/** A condition; a list means that all must hold. */
export function readCondition(scope: Scope, tree: Tree): Condition {
  if (tree.kind === 'list') return { kind: 'all', of: readConditions(scope, tree) };
  const { reading } = scope;
  if (tree.kind === 'scalar') {
    report(reading, tree, 'wrong_type', `A condition is made of keys and values, not ${describe(tree)}.`, 'Write e.g. `event: Order Completed`.');
    return STAND_IN;
  }
  const present = tree.entries.map((entry) => entry.key);
  const heads = HEADS.filter((head) => present.includes(head));
  const [head] = heads;
  if (head === undefined) {
    if (present.length === 0) report(reading, tree, 'empty', 'A condition is missing.', 'Write e.g. `event: Order Completed`.');
    for (const { key, keyPlace } of tree.entries) {
      report(reading, keyPlace, 'unknown_key', `No condition begins with \`${key}\`.`, didYouMean(key, HEADS));
    }
    return STAND_IN;
  }
  if (heads.length > 1) {
    report(reading, tree, 'conflicting_keys', `\`${heads.join('` and `')}\` are conditions of their own.`, 'Put them below `all:` or `any:`, each behind a hyphen.');
    return STAND_IN;
  }
  const fields = readFields(reading, tree, `A condition on \`${head}\``, [head, ...CONDITION_KEYS[head]]);
  return fields === null ? STAND_IN : readHead(scope, head, fields, tree);
}

function readHead(scope: Scope, head: ConditionKey, fields: Fields, tree: Tree): Condition {
  const { reading } = scope;
  switch (head) {
    case 'all':
    case 'any':
    case 'none':
      return { kind: head, of: required(reading, fields, head, (_, value) => readConditions(scope, value), []) };
    case 'trait':
    case 'trigger':
      return readComparison(scope, head, fields, tree);
    case 'event':
    case 'no event':
      return readEvent(scope, head, fields);
    case 'segment':
      return readSegmentReference(scope, head, fields);
    case 'not in segment':
      return not(readSegmentReference(scope, head, fields));
    case 'tag':
      return readTag(reading, head, fields);
    case 'no tag':
      return not(readTag(reading, head, fields));
    case 'consent':
      return readConsent(reading, head, fields);
    case 'no consent':
      return not(readConsent(reading, head, fields));
    case 'message':
      return readMessage(scope, fields);
  }
}

function not(condition: Condition): Condition {
  return { kind: 'none', of: [condition] };
}

function readConditions(scope: Scope, tree: Tree): Condition[] {
  if (tree.kind !== 'list') {
    report(scope.reading, tree, 'wrong_type', `This must be a list of conditions, not ${describe(tree)}.`, 'Begin each condition with a hyphen on a line of its own.');
    return [];
  }
  if (tree.items.length === 0) report(scope.reading, tree, 'empty', 'The list of conditions is empty.', 'Write at least one, or remove it.');
  return tree.items.map((item) => readCondition(scope, item));
}

function readComparison(scope: Scope, head: 'trait' | 'trigger', fields: Fields, tree: Tree): Condition {
  const { reading } = scope;
  const path = required(reading, fields, head, readLine(), '');
  if (head === 'trigger') requireJourney(scope, tree, '`trigger`');
  if (head === 'trigger' && scope.inJourney && !scope.hasTriggerEvent) reportNoTriggerEvent(reading, tree, 'trigger');
  const tests = readTests(reading, fields);
  if (tests.length === 0) report(reading, tree, 'missing_key', `The condition does not say what \`${path}\` must be.`, 'Add a comparison, e.g. `is: x`, `at least: 10` or `exists: true`.');
  const conditions = tests.map((test: Test): Condition => (head === 'trait' ? { kind: head, path, test, held: null } : { kind: head, path, test }));
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { kind: 'all', of: conditions };
}

/** `same:` and `trigger:` look at the event that started the enrollment; a segment has none. */
export function reportNoTriggerEvent(reading: Reading, place: Tree, word: string): void {
  report(reading, place, 'trigger_without_event', `\`${word}\` compares with the event that started the journey, but a segment starts it.`, `Use a \`trait\` condition, or remove \`${word}\`.`);
}

function requireJourney(scope: Scope, tree: Tree, what: string): void {
  if (scope.inJourney) return;
  report(scope.reading, tree, 'not_in_journey', `${what} means something in a journey only.`, 'Remove it, or move the condition into the journey.');
}

function readEvent(scope: Scope, head: 'event' | 'no event', fields: Fields): Condition {
  const { reading } = scope;
  const sinceTree = fields.entries.get('since')?.value;
  if (sinceTree !== undefined) requireJourney(scope, sinceTree, '`since: entry`');
  return {
    kind: 'event',
    event: required(reading, fields, head, readLine(), ''),
    where: optional(reading, fields, 'where', readWhere, []),
    times: head === 'no event' ? { op: 'exactly', count: 0 } : optional(reading, fields, 'times', readTimes, { op: 'at-least', count: 1 }),
    period: readPeriod(reading, fields),
    since: optional(reading, fields, 'since', readWord(['entry', 'ever']), 'ever'),
  };
}

function readPeriod(reading: Reading, fields: Fields): Period {
  const ms = optional(reading, fields, 'within', readDuration, null);
  return ms === null ? { kind: 'ever' } : { kind: 'within', ms };
}

const TIMES = /^(?:(at least|at most|exactly) )?(\d{1,9})$/;

function readTimes(reading: Reading, tree: Tree): Times {
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
}

function readSegmentReference(scope: Scope, head: ConditionKey, fields: Fields): Condition {
  const segment = required(scope.reading, fields, head, readKey, '');
  const entry = fields.entries.get(head);
  if (entry !== undefined && segment !== '') scope.references.push({ kind: 'segment', name: segment, place: entry.value });
  return { kind: 'segment', segment };
}

function readTag(reading: Reading, head: ConditionKey, fields: Fields): Condition {
  return { kind: 'tag', tag: required(reading, fields, head, readLine(DEFINITION_LIMITS.maxKeyLength), '') };
}

function readConsent(reading: Reading, head: ConditionKey, fields: Fields): Condition {
  return {
    kind: 'consent',
    channel: required(reading, fields, head, readWord(['email']), 'email'),
    topic: optional(reading, fields, 'topic', readLine(DEFINITION_LIMITS.maxKeyLength), null),
  };
}

function readMessage(scope: Scope, fields: Fields): Condition {
  const { reading } = scope;
  const step = required(reading, fields, 'message', readLine(), '');
  const entry = fields.entries.get('message');
  const was = fields.entries.has('was not') ? 'was not' : 'was';
  if (fields.entries.has('was') && fields.entries.has('was not')) {
    report(reading, fields.place, 'conflicting_keys', '`was` and `was not` exclude each other here.', 'Write two conditions, each behind a hyphen.');
  }
  const outcome = required(reading, fields, was, readWord(OUTCOMES), 'sent');
  const condition: Condition = { kind: 'message', step, outcome };
  if (entry !== undefined) {
    requireJourney(scope, entry.value, '`message`');
    scope.messageConditions.set(condition, entry.value);
  }
  return was === 'was' ? condition : not(condition);
}
