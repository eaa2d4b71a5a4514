import { didYouMean } from './suggest.ts';
import { describe, optional, readFields, readLine, readWord, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { CONDITION_KEYS, ORDER_FIGURES } from './condition-keys.ts';
import type { ConditionKey } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readAnniversary, readDate } from './read-date-condition.ts';
import { readEvent } from './read-event-condition.ts';
import { readEngagement, readMessage } from './read-message-condition.ts';
import { readPeriod } from './read-period.ts';
import { readBucket, readFact, readJourneyStatus, readNear, readOnList, readPersonaCondition, readPredicted, readScoreCondition } from './read-person-condition.ts';
import { allOf, not, requireJourney } from './reading-scope.ts';
import type { Scope } from './reading-scope.ts';
import { readTests } from './read-test.ts';
import { readDuration, readKey } from './read-values.ts';
import type { Condition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

type Held = (Condition & { kind: 'trait' })['held'];

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
    case 'all': case 'any': case 'none':
      return { kind: head, of: required(reading, fields, head, (_, value) => readConditions(scope, value), []) };
    case 'trait': case 'trigger': return readComparison(scope, head, fields, tree);
    case 'date': return readDate(reading, fields);
    case 'anniversary': return readAnniversary(reading, fields);
    case 'event': case 'no event': return readEvent(scope, head, fields);
    case 'message': return readMessage(scope, fields);
    case 'messages': case 'no messages': return readEngagement(scope, head, fields);
    case 'orders': return readOrders(reading, fields);
    case 'segment': return readSegmentReference(scope, head, fields);
    case 'not in segment': return not(readSegmentReference(scope, head, fields));
    case 'list': case 'not on list': return readOnList(reading, head, fields);
    case 'tag': return readTag(reading, head, fields);
    case 'no tag': return not(readTag(reading, head, fields));
    case 'consent': return readConsent(reading, head, fields);
    case 'no consent': return not(readConsent(reading, head, fields));
    case 'in journey': case 'not in journey': case 'was in journey': case 'completed journey': case 'left journey':
      return readJourneyStatus(scope, head, fields);
    case 'score': return readScoreCondition(scope, fields);
    case 'persona': return readPersonaCondition(scope, fields);
    case 'predicted': return readPredicted(reading, fields);
    case 'country': case 'region': case 'city': case 'time zone': case 'language': case 'device':
      return readFact(reading, head, fields);
    case 'near': return readNear(reading, fields);
    case 'random': return readBucket(reading, fields);
  }
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
  if (head === 'trigger') return allOf(tests.map((test) => ({ kind: head, path, test })));
  return allOf(tests.flatMap((test) => readHeld(reading, fields).map((held): Condition => ({ kind: head, path, test, held }))));
}

/** For how long the value must have been so; null: it does not matter. */
function readHeld(reading: Reading, fields: Fields): Held[] {
  const held: Held[] = [];
  for (const [word, op] of [['for at least', 'at-least'], ['for less than', 'less-than']] as const) {
    const ms = optional(reading, fields, word, readDuration, null);
    if (ms !== null) held.push({ op, ms });
  }
  return held.length === 0 ? [null] : held;
}

function readOrders(reading: Reading, fields: Fields): Condition {
  const figure = required(reading, fields, 'orders', readWord(ORDER_FIGURES), 'count');
  const period = readPeriod(reading, fields);
  const tests = readTests(reading, fields);
  if (tests.length === 0 && fields.meant.size === 0) report(reading, fields.place, 'missing_key', 'The condition does not say what the orders must come to.', 'Add a comparison, e.g. `at least: 3`.');
  return allOf(tests.map((test) => ({ kind: 'orders', figure, test, period })));
}

/** `same:` and `trigger:` look at the event that started the enrollment; a segment has none. */
export function reportNoTriggerEvent(reading: Reading, place: Tree, word: string): void {
  report(reading, place, 'trigger_without_event', `\`${word}\` compares with the event that started the journey, but a segment starts it.`, `Use a \`trait\` condition, or remove \`${word}\`.`);
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
  const channel = required(reading, fields, head, readWord(['email', 'profiling']), 'email');
  const topic = optional(reading, fields, 'topic', readLine(DEFINITION_LIMITS.maxKeyLength), null);
  if (channel === 'email') return { kind: 'consent', channel, topic };
  const topicPlace = fields.entries.get('topic')?.value;
  if (topicPlace !== undefined) report(reading, topicPlace, 'conflicting_keys', 'Profiling has no topics.', 'Remove `topic`.');
  return { kind: 'profiled' };
}
