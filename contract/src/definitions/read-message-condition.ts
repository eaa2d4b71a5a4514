import { optional, readLine, readWord, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { ENGAGEMENTS, OUTCOMES } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readTimes } from './read-event-condition.ts';
import { readPeriod } from './read-period.ts';
import { readValueTests } from './read-test.ts';
import { readKey } from './read-values.ts';
import { not, requireJourney } from './reading-scope.ts';
import type { Scope } from './reading-scope.ts';
import type { Condition, Test } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** `message: STEP`: what became of the message that an earlier step of the same enrollment sent. */
export function readMessage(scope: Scope, fields: Fields): Condition {
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

/** `messages: opened`: what the contact did with messages, of those that fit all that is named. */
export function readEngagement(scope: Scope, head: 'messages' | 'no messages', fields: Fields): Condition {
  const { reading } = scope;
  const outcome = required(reading, fields, head, readWord(ENGAGEMENTS), 'opened');
  const journey = optional(reading, fields, 'journey', readKey, null);
  const step = optional(reading, fields, 'step', readLine(), null);
  const template = optional(reading, fields, 'template', readKey, null);
  const link = fields.entries.get('link');
  if (link !== undefined && outcome !== 'clicked') report(reading, link.keyPlace, 'conflicting_keys', `Messages that are ${outcome} have no \`link\`.`, 'Write `clicked`, or remove `link`.');
  refer(scope, fields, 'journey', journey);
  refer(scope, fields, 'template', template);
  const place = fields.entries.get('step')?.value;
  if (step !== null && journey !== null && place !== undefined) scope.references.push({ kind: 'step', name: step, within: journey, place });
  return {
    kind: 'engagement',
    outcome,
    journey,
    step,
    template,
    topic: optional(reading, fields, 'topic', readLine(DEFINITION_LIMITS.maxKeyLength), null),
    link: link === undefined ? null : readLink(reading, link.value),
    times: head === 'no messages' ? { op: 'exactly', count: 0 } : optional(reading, fields, 'times', readTimes, { op: 'at-least', count: 1 }),
    period: readPeriod(reading, fields),
  };
}

function refer(scope: Scope, fields: Fields, kind: 'journey' | 'template', name: string | null): void {
  const place = fields.entries.get(kind)?.value;
  if (name !== null && name !== '' && place !== undefined) scope.references.push({ kind, name, place });
}

function readLink(reading: Reading, tree: Tree): Test | null {
  const tests = readValueTests(reading, tree);
  if (tests.length > 1) report(reading, tree, 'conflicting_keys', 'A link is compared in one way only.', 'Use `matches: …` for what one comparison cannot say.');
  return tests[0] ?? null;
}
