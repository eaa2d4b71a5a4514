import { describe, optional, readFields, readLine, readList, readWord, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readTime } from './read-scenario-time.ts';
import { readJsonObject } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import type { ScenarioConsent, ScenarioEvent } from './scenario-types.ts';
import { didYouMean } from './suggest.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** What can happen in a scenario, by the key that tells it. An event is first: its properties may have any name. */
export const SCENARIO_HAPPENINGS = ['event', 'identify', 'consent', 'unsubscribe', 'open', 'click', 'bounce'] as const;
type Happening = (typeof SCENARIO_HAPPENINGS)[number];

/** One thing that happens, or null (reported) when it cannot be told what. */
export function readScenarioEvent(scope: Scope, tree: Tree, line: number): ScenarioEvent | null {
  const { reading } = scope;
  if (tree.kind !== 'map') {
    report(reading, tree, 'wrong_type', `What happens is made of keys and values, not ${describe(tree)}.`, 'Write e.g. `at: +1 hour` and `event: Order Completed`.');
    return null;
  }
  const present = tree.entries.map((entry) => entry.key);
  const head = SCENARIO_HAPPENINGS.find((word) => present.includes(word));
  if (head === undefined) {
    const unknown = tree.entries.find((entry) => entry.key !== 'at');
    const mend = unknown === undefined ? 'Add e.g. `event: Order Completed`.' : didYouMean(unknown.key, SCENARIO_HAPPENINGS);
    report(reading, unknown?.keyPlace ?? tree, 'unknown_key', 'This does not say what happens.', mend);
    return null;
  }
  const allowed = head === 'event' ? 'any' : head === 'consent' || head === 'unsubscribe' ? ['at', head, 'topic'] : ['at', head];
  const fields = readFields(reading, tree, `What happens (\`${head}\`)`, allowed);
  if (fields === null) return null;
  const at = required(reading, fields, 'at', readTime, { kind: 'offset', offsetMs: 0 });
  return { at, line, ...readHappening(scope, head, fields, tree) };
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at' | 'line'> : never;

function readHappening(scope: Scope, head: Happening, fields: Fields, tree: Tree): WithoutTime<ScenarioEvent> {
  const { reading } = scope;
  switch (head) {
    case 'event':
      return { kind: 'track', event: required(reading, fields, 'event', readLine(), ''), properties: readJsonObject(reading, tree, ['at', 'event']) };
    case 'identify':
      return { kind: 'identify', traits: required(reading, fields, 'identify', (_, value) => readJsonObject(reading, value), {}) };
    case 'consent':
    case 'unsubscribe':
      return {
        kind: head,
        channel: required(reading, fields, head, readWord(['email']), 'email'),
        topic: optional(reading, fields, 'topic', readLine(DEFINITION_LIMITS.maxKeyLength), null),
      };
    case 'open':
    case 'click':
    case 'bounce': {
      const step = required(reading, fields, head, readLine(), '');
      const entry = fields.entries.get(head);
      if (entry !== undefined && step !== '') scope.references.push({ kind: 'step', name: step, place: entry.value });
      return { kind: head, step };
    }
  }
}

/** `email`, `none`, or `email: [topics]`. */
export function readConsents(reading: Reading, tree: Tree): ScenarioConsent[] {
  if (tree.kind !== 'map') return readWord(['none', 'email'])(reading, tree) === 'none' ? [] : [{ channel: 'email', topic: null }];
  const fields = readFields(reading, tree, '`consent`', ['email']);
  if (fields === null) return [];
  const topics = required(reading, fields, 'email', (_, value) => readList(reading, value, '`email`', readLine(DEFINITION_LIMITS.maxKeyLength)), []);
  return topics.map((topic) => ({ channel: 'email', topic }));
}
