import { optional, readFields, readLine, readList, readText, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseDuration } from './duration.ts';
import { checkMessageConditions } from './check-messages.ts';
import { readCondition } from './read-condition.ts';
import { readPattern } from './read-pattern.ts';
import { readSteps } from './read-steps.ts';
import type { StepReading } from './read-steps.ts';
import { readDuration, readKey } from './read-values.ts';
import { readWhere } from './read-test.ts';
import type { Scope } from './reading-scope.ts';
import { slug } from './slug.ts';
import { assignStepIds, stepsInOrder } from './step-ids.ts';
import type { ExitRule, Goal, JourneyDefinition, ReEntry, Step, Trigger } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

export const DEFAULT_CEILING_PER_HOUR = 50_000;
export const DEFAULT_GOAL_WITHIN_MS = 7 * 86_400_000;
export const DEFAULT_CONDITION_REASON = 'condition';

const NO_TRIGGER: Trigger = { kind: 'event', event: '', where: [], key: null };

/** A journey file. The trigger is read first: what else is allowed depends on it. */
export function readJourney(scope: Scope, tree: Tree): JourneyDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A journey', keysOf('journey'));
  if (fields === null) return null;
  const key = required(reading, fields, 'journey', readKey, '');
  const trigger = required(reading, fields, 'trigger', (_, value) => readTrigger(scope, value), NO_TRIGGER);
  scope.hasTriggerEvent = trigger.kind === 'event';
  const who = optional(reading, fields, 'who', (_, value) => readCondition(scope, value), null);
  const exits = optional(reading, fields, 'exit', (_, value) => readExits(scope, value), []);
  const stepReading: StepReading = { scope, explicitIds: new Map(), places: new Map() };
  const steps = required(reading, fields, 'steps', (_, value) => readSteps(stepReading, value), []);
  finishSteps(stepReading, fields, steps);
  checkMessageConditions(scope, who, exits, steps);
  return {
    kind: 'journey',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    description: optional(reading, fields, 'description', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxDescriptionLength), null),
    trigger,
    who,
    reEntry: optional(reading, fields, 're-entry', readReEntry, { kind: 'never' }),
    exits,
    goal: optional(reading, fields, 'goal', (_, value) => readGoal(scope, value), null),
    ceilingPerHour: optional(reading, fields, 'ceiling', readCeiling, DEFAULT_CEILING_PER_HOUR),
    steps,
  };
}

function readTrigger(scope: Scope, tree: Tree): Trigger {
  const { reading } = scope;
  const has = (key: string): boolean => tree.kind === 'map' && tree.entries.some((entry) => entry.key === key);
  const change = has('enters') ? 'enters' : 'leaves';
  if (!has('event') && (has('enters') || has('leaves'))) {
    const fields = readFields(reading, tree, 'A trigger on a segment', keysOf(change === 'enters' ? 'entersTrigger' : 'leavesTrigger'));
    if (fields === null) return NO_TRIGGER;
    const segment = required(reading, fields, change, readKey, '');
    const entry = fields.entries.get(change);
    if (entry !== undefined && segment !== '') scope.references.push({ kind: 'segment', name: segment, place: entry.value });
    return { kind: 'segment', change, segment };
  }
  const known = has('event') ? keysOf('eventTrigger') : [...keysOf('eventTrigger'), 'enters', 'leaves'];
  const fields = readFields(reading, tree, 'A trigger', known);
  if (fields === null) return NO_TRIGGER;
  return {
    kind: 'event',
    event: required(reading, fields, 'event', readLine(), ''),
    where: optional(reading, fields, 'where', readWhere, []),
    key: optional(reading, fields, 'key', readLine(), null),
  };
}

function readExits(scope: Scope, tree: Tree): ExitRule[] {
  const { reading } = scope;
  return readList(reading, tree, '`exit`', (_, item): ExitRule[] => {
    if (item.kind === 'map' && item.entries.some((entry) => entry.key === 'when')) {
      const fields = readFields(reading, item, 'An exit with `when`', keysOf('conditionExit'));
      if (fields === null) return [];
      const condition = required(reading, fields, 'when', (__, value) => readCondition(scope, value), { kind: 'all' as const, of: [] });
      return [{ kind: 'condition', condition, reason: optional(reading, fields, 'reason', readLine(), DEFAULT_CONDITION_REASON) }];
    }
    const { pattern, fields } = readPattern(scope, item, 'eventExit');
    if (fields === null) return [];
    return [{ kind: 'event', pattern, reason: optional(reading, fields, 'reason', readLine(), defaultExitReason(pattern.event)) }];
  }).flat();
}

/** The reason of an exit on an event where the file gives none. */
export function defaultExitReason(event: string): string {
  const reason = slug(event);
  return reason === '' ? 'event' : reason;
}

function readGoal(scope: Scope, tree: Tree): Goal | null {
  const { reading } = scope;
  const { pattern, fields } = readPattern(scope, tree, 'goal');
  if (fields === null) return null;
  return {
    pattern,
    withinMs: optional(reading, fields, 'within', readDuration, DEFAULT_GOAL_WITHIN_MS),
    valuePath: optional(reading, fields, 'value', readLine(), null),
  };
}

function readReEntry(reading: Reading, tree: Tree): ReEntry {
  const text = readLine()(reading, tree);
  if (text === 'never' || text === 'always') return { kind: text };
  const after = /^after (.+)$/.exec(text);
  if (after !== null && parseDuration(after[1] ?? '') !== null) {
    const value = after[1] ?? '';
    return { kind: 'after', delayMs: readDuration(reading, { ...tree, kind: 'scalar', value, source: value }) };
  }
  if (text !== '') report(reading, tree, 'unknown_word', `\`${text}\` does not say when to enter again.`, 'Write `never`, `always` or `after 30 days`.');
  return { kind: 'never' };
}

function readCeiling(reading: Reading, tree: Tree): number {
  const text = readLine()(reading, tree);
  const match = /^(\d{1,9}) (?:per|an) hour$/.exec(text);
  const perHour = Number(match?.[1] ?? 1);
  if (text !== '' && (match === null || perHour < 1 || perHour > DEFINITION_LIMITS.maxCeilingPerHour)) {
    report(reading, tree, 'invalid_rate', `\`${text}\` is not a ceiling.`, `Write e.g. \`5000 per hour\`, from 1 to ${DEFINITION_LIMITS.maxCeilingPerHour}.`);
  }
  return perHour;
}

function finishSteps(stepReading: StepReading, fields: Fields, steps: Step[]): void {
  const { reading } = stepReading.scope;
  const all = stepsInOrder(steps);
  const entry = fields.entries.get('steps');
  if (entry?.value.kind === 'list' && entry.value.items.length === 0) {
    report(reading, entry.value, 'empty', 'A journey without steps does nothing.', 'Add at least one step.');
  }
  if (all.length > DEFINITION_LIMITS.maxSteps) {
    report(reading, fields.place, 'too_many_steps', `The journey has ${all.length} steps, the limit is ${DEFINITION_LIMITS.maxSteps}.`, 'Split it into several journeys.');
  }
  const seen = new Set<string>();
  for (const step of all) {
    const id = stepReading.explicitIds.get(step);
    if (id === undefined) continue;
    if (seen.has(id)) report(reading, stepReading.places.get(step) ?? fields.place, 'duplicate_step_id', `Two steps have the id \`${id}\`.`, 'Give each step an id of its own.');
    seen.add(id);
  }
  const ids = assignStepIds(all, stepReading.explicitIds);
  all.forEach((step, index) => {
    step.id = ids[index] ?? '';
  });
}
