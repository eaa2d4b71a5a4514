import { z } from 'zod';
import { optional, readFields, readLine, required } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { readBoolean, readKey, readLanguage } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import type { TopicDefinition } from './consent-types.ts';
import { isKey } from './slug.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

export function readTopic({ reading }: Scope, tree: Tree): TopicDefinition | null {
  const fields = readFields(reading, tree, 'A topic', keysOf('topic'));
  if (fields === null) return null;
  return {
    kind: 'topic',
    key: required(reading, fields, 'topic', readKey, ''),
    names: required(reading, fields, 'names', readTexts(DEFINITION_LIMITS.maxNameLength), {}),
    descriptions: optional(reading, fields, 'descriptions', readTexts(DEFINITION_LIMITS.maxDescriptionLength), {}),
    doubleOptIn: optional(reading, fields, 'double opt-in', readBoolean, false),
  };
}

function readTexts(maxLength: number) {
  return (reading: Reading, tree: Tree): Record<string, string> => {
    const texts: Record<string, string> = {};
    const fields = readFields(reading, tree, 'A text in several languages', 'any');
    if (fields === null) return texts;
    if (fields.entries.size === 0) report(reading, tree, 'empty', 'There is no text in any language.', 'Add one, e.g. `en: News`.');
    for (const { key, keyPlace, value } of fields.entries.values()) {
      const tag = readLanguage(reading, { kind: 'scalar', value: key, source: key, ...keyPlace });
      if (Object.hasOwn(texts, tag)) report(reading, keyPlace, 'duplicate_key', `The language \`${tag}\` stands here twice.`, 'Keep one of them.');
      else if (tag !== '__proto__') texts[tag] = readLine(maxLength)(reading, value);
    }
    return texts;
  };
}

export function plainTopic({ key, names, descriptions, doubleOptIn }: TopicDefinition): Plain {
  return plainMap([
    ['topic', key],
    ['names', plainMap(Object.entries(names))],
    ['descriptions', Object.keys(descriptions).length === 0 ? undefined : plainMap(Object.entries(descriptions))],
    ['double opt-in', doubleOptIn ? true : undefined],
  ]);
}

export const topicSchema = z.strictObject({
  kind: z.literal('topic'),
  key: z.string().refine(isKey, 'not a valid key'),
  names: z.record(z.string(), z.string().min(1).max(DEFINITION_LIMITS.maxNameLength)),
  descriptions: z.record(z.string(), z.string().min(1).max(DEFINITION_LIMITS.maxDescriptionLength)),
  doubleOptIn: z.boolean(),
}) satisfies z.ZodType<TopicDefinition>;
