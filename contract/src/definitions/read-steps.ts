import { describe, optional, readFields, readLine, readList, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { keysOf } from './file-keys.ts';
import type { FileObject } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readCondition } from './read-condition.ts';
import { readPattern } from './read-pattern.ts';
import { readDuration, readJsonObject, readKey, readStepId } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import { slug } from './slug.ts';
import { DEFAULT_EXIT_REASON } from './step-ids.ts';
import { didYouMean } from './suggest.ts';
import type { SplitArm, Step } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Place, Reading, Tree } from './yaml-tree.ts';

/** The steps of a journey while they are read; ids are given when all are known. */
export interface StepReading {
  scope: Scope;
  explicitIds: Map<Step, string>;
  places: Map<Step, Place>;
}

const HEADS: Record<string, FileObject> = {
  wait: 'waitStep',
  send: 'sendStep',
  'wait for': 'waitForStep',
  if: 'ifStep',
  split: 'splitStep',
  set: 'setStep',
  tag: 'tagStep',
  untag: 'untagStep',
  exit: 'exitStep',
};
const HEAD_WORDS = Object.keys(HEADS);

/** A list of steps; what comes after one that always ends the journey is reported. */
export function readSteps(steps: StepReading, tree: Tree): Step[] {
  const { reading } = steps.scope;
  const result: Step[] = [];
  let ended = false;
  const items = readList(reading, tree, 'A series of steps', (_, item) => item);
  for (const item of items) {
    const made = readStep(steps, item);
    if (ended && made.length > 0) {
      report(reading, item, 'unreachable_step', 'This step can never run: the journey has ended before it.', 'Remove it, or move it before the exit.');
      ended = false;
    }
    ended ||= made.some(alwaysEnds);
    result.push(...made);
  }
  return result;
}

function alwaysEnds(step: Step): boolean {
  if (step.kind === 'exit') return true;
  if (step.kind === 'if') return step.then.some(alwaysEnds) && step.else.some(alwaysEnds);
  if (step.kind === 'wait-for') return step.happened.some(alwaysEnds) && step.timedOut.some(alwaysEnds);
  return step.kind === 'split' && step.arms.length > 0 && step.arms.every((arm) => arm.steps.some(alwaysEnds));
}

function readStep(steps: StepReading, tree: Tree): Step[] {
  const { reading } = steps.scope;
  if (tree.kind === 'scalar' && tree.value === 'exit') return [noted(steps, { kind: 'exit', id: '', reason: DEFAULT_EXIT_REASON }, tree)];
  if (tree.kind !== 'map') {
    report(reading, tree, 'wrong_type', `A step is made of keys and values, not ${describe(tree)}.`, 'Write e.g. `- send: welcome-1` or `- wait: 1 hour`.');
    return [];
  }
  const present = tree.entries.filter((entry) => Object.hasOwn(HEADS, entry.key));
  const [head] = present;
  if (head === undefined) {
    for (const { key, keyPlace } of tree.entries) report(reading, keyPlace, 'unknown_key', `No step begins with \`${key}\`.`, didYouMean(key, HEAD_WORDS));
    if (tree.entries.length === 0) report(reading, tree, 'empty', 'A step is missing.', 'Write e.g. `send: welcome-1`.');
    return [];
  }
  if (present.length > 1) {
    const words = present.map((entry) => `\`${entry.key}\``).join(' and ');
    report(reading, present[1]?.keyPlace ?? tree, 'conflicting_keys', `${words} are steps of their own.`, 'Put a hyphen before each.');
    return [];
  }
  const fields = readFields(reading, tree, `A step with \`${head.key}\``, keysOf(HEADS[head.key] ?? 'sendStep'));
  if (fields === null) return [];
  const made = readHead(steps, head.key, fields, tree);
  noteExplicitId(steps, fields, made);
  return made;
}

function readHead(steps: StepReading, head: string, fields: Fields, tree: Tree): Step[] {
  const { reading } = steps.scope;
  switch (head) {
    case 'wait':
      return [noted(steps, { kind: 'wait', id: '', durationMs: required(reading, fields, 'wait', readDuration, 0) }, tree)];
    case 'send':
      return [noted(steps, { kind: 'send', id: '', template: readTemplateReference(steps.scope, fields) }, tree)];
    case 'wait for':
      return [readWaitFor(steps, fields, tree)];
    case 'if':
      return [readIf(steps, fields, tree)];
    case 'split':
      return [noted(steps, { kind: 'split', id: '', arms: required(reading, fields, 'split', (_, value) => readArms(steps, value), []) }, tree)];
    case 'set':
      return readSet(steps, fields, tree);
    case 'tag':
    case 'untag': {
      const tag = required(reading, fields, head, readLine(DEFINITION_LIMITS.maxKeyLength), '');
      return [noted(steps, { kind: 'tag', id: '', tag, present: head === 'tag' }, tree)];
    }
    default: {
      const reason = fields.entries.get('exit')?.value;
      const bare = reason === undefined || (reason.kind === 'scalar' && reason.value === null);
      return [noted(steps, { kind: 'exit', id: '', reason: bare ? DEFAULT_EXIT_REASON : readLine()(reading, reason) }, tree)];
    }
  }
}

function noted<S extends Step>(steps: StepReading, step: S, tree: Tree): S {
  steps.places.set(step, tree);
  return step;
}

function noteExplicitId(steps: StepReading, fields: Fields, made: Step[]): void {
  const { reading } = steps.scope;
  const entry = fields.entries.get('id');
  if (entry === undefined) return;
  const id = readStepId(reading, entry.value);
  for (const step of made) {
    // Several traits in one `set` are several steps; each gets the trait's name behind the id.
    const own = made.length > 1 && step.kind === 'set-trait' ? `${id}-${slug(step.trait)}` : id;
    steps.explicitIds.set(step, own);
    steps.places.set(step, entry.value);
  }
}

function readTemplateReference(scope: Scope, fields: Fields): string {
  const template = required(scope.reading, fields, 'send', readKey, '');
  const entry = fields.entries.get('send');
  if (entry !== undefined && template !== '') scope.references.push({ kind: 'template', name: template, place: entry.value });
  return template;
}

function readWaitFor(steps: StepReading, fields: Fields, tree: Tree): Step {
  const { scope } = steps;
  return noted(
    steps,
    {
      kind: 'wait-for',
      id: '',
      pattern: required(scope.reading, fields, 'wait for', (_, value) => readPattern(scope, value, 'pattern').pattern, { event: '', where: [], same: null }),
      timeoutMs: required(scope.reading, fields, 'up to', readDuration, 0),
      happened: readBranch(steps, fields, 'then'),
      timedOut: readBranch(steps, fields, 'otherwise'),
    },
    tree,
  );
}

function readIf(steps: StepReading, fields: Fields, tree: Tree): Step {
  const { scope } = steps;
  const condition = required(scope.reading, fields, 'if', (_, value) => readCondition(scope, value), { kind: 'all' as const, of: [] });
  const step = { kind: 'if' as const, id: '', condition, then: readBranch(steps, fields, 'then'), else: readBranch(steps, fields, 'else') };
  if (!fields.entries.has('then') && !fields.entries.has('else')) {
    report(scope.reading, fields.place, 'missing_key', '`if` leads nowhere.', 'Add `then:` with steps, or `else:`.');
  }
  return noted(steps, step, tree);
}

function readBranch(steps: StepReading, fields: Fields, key: string): Step[] {
  return optional(steps.scope.reading, fields, key, (_, value) => readSteps(steps, value), []);
}

function readArms(steps: StepReading, tree: Tree): SplitArm[] {
  const { reading } = steps.scope;
  const names = new Set<string>();
  const arms = readList(reading, tree, '`split`', (_, item): SplitArm[] => {
    const fields = readFields(reading, item, 'An arm', keysOf('arm'));
    if (fields === null) return [];
    const name = required(reading, fields, 'name', readLine(DEFINITION_LIMITS.maxKeyLength), '');
    if (names.has(name) && name !== '') report(reading, fields.entries.get('name')?.value ?? item, 'duplicate_name', `Two arms are called \`${name}\`.`, 'Give each arm a name of its own.');
    names.add(name);
    return [{ name, weight: required(reading, fields, 'share', readShare, 1), steps: readBranch(steps, fields, 'steps') }];
  }).flat();
  if (tree.kind === 'list' && tree.items.length < 2) report(reading, tree, 'empty', 'A split needs at least two arms.', 'Add a second arm, if only one without steps.');
  else if (arms.length > 0 && arms.every((arm) => arm.weight === 0)) report(reading, tree, 'invalid_number', 'All shares are 0.', 'Give at least one arm a share.');
  return arms;
}

function readShare(reading: Reading, tree: Tree): number {
  const text = readLine()(reading, tree);
  const match = /^(\d{1,7}(?:\.\d{1,9})?)%?$/.exec(text);
  const share = Number(match?.[1] ?? 1);
  if (text !== '' && (match === null || share > DEFINITION_LIMITS.maxWeight)) {
    report(reading, tree, 'invalid_number', `\`${text}\` is not a share.`, 'Write a number such as `50`, or `50%`.');
  }
  return share;
}

function readSet(steps: StepReading, fields: Fields, tree: Tree): Step[] {
  const { reading } = steps.scope;
  const values = required(reading, fields, 'set', readJsonObject, {});
  const entry = fields.entries.get('set');
  if (entry?.value.kind === 'map' && entry.value.entries.length === 0) report(reading, entry.value, 'empty', '`set` names no trait.', 'Write e.g. `set: { plan: trial }`.');
  return Object.entries(values).map(([trait, value]) => noted(steps, { kind: 'set-trait', id: '', trait, value }, tree));
}
