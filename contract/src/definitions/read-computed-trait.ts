import { optional, readFields, readLine, readText, required } from './fields.ts';
import { FIGURE_KEYS, FIGURE_WORDS } from './condition-keys.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { checkPeriod } from './read-event-condition.ts';
import { readPeriod } from './read-period.ts';
import { readWhere } from './read-test.ts';
import { readKey } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import type { ComputedTraitDefinition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Tree } from './yaml-tree.ts';

/** A file of a computed trait: a figure over events; without one, how often they happened. */
export function readComputedTrait({ reading }: Scope, tree: Tree): ComputedTraitDefinition | null {
  const fields = readFields(reading, tree, 'A computed trait', keysOf('computedTrait'));
  if (fields === null) return null;
  const key = required(reading, fields, 'computed trait', readKey, '');
  const words = FIGURE_KEYS.filter((word) => fields.entries.has(word));
  if (words.length > 1) report(reading, fields.place, 'conflicting_keys', `\`${words.join('` and `')}\` are figures of their own.`, 'Write a computed trait for each.');
  const [word] = words;
  const period = readPeriod(reading, fields);
  if (word !== undefined) checkPeriod(reading, fields, word, period);
  return {
    kind: 'computed-trait',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    description: optional(reading, fields, 'description', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxDescriptionLength), null),
    event: required(reading, fields, 'event', readLine(), ''),
    where: optional(reading, fields, 'where', readWhere, []),
    figure: word === undefined ? { kind: 'count' } : { kind: FIGURE_WORDS[word], property: required(reading, fields, word, readLine(), '') },
    period,
  };
}
