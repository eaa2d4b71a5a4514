import { z } from 'zod';
import { optional, readFields, readLine, readList, readText, readWord, required } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { readBoolean, readKey } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import { isKey } from './slug.ts';
import { TRAIT_TYPES } from './trait-schema-types.ts';
import type { SchemaDefinition, TraitDeclaration, TraitType } from './trait-schema-types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

export function readTraitSchema({ reading }: Scope, tree: Tree): SchemaDefinition | null {
  const fields = readFields(reading, tree, 'A schema', keysOf('schema'));
  if (fields === null) return null;
  const key = required(reading, fields, 'schema', readKey, '');
  return { kind: 'schema', key, name: optional(reading, fields, 'name', readLine(), key), traits: required(reading, fields, 'traits', readTraits, {}) };
}

function readTraits(reading: Reading, tree: Tree): Record<string, TraitDeclaration> {
  const traits: Record<string, TraitDeclaration> = {};
  const fields = readFields(reading, tree, 'The traits', 'any');
  if (fields === null) return traits;
  if (fields.entries.size > DEFINITION_LIMITS.maxDeclaredTraits) {
    report(reading, tree, 'too_long', `${fields.entries.size} traits are declared, the limit is ${DEFINITION_LIMITS.maxDeclaredTraits}.`, 'Declare those that conditions ask for.');
  }
  for (const { key, keyPlace, value } of fields.entries.values()) {
    const name = readLine()(reading, { kind: 'scalar', value: key, source: key, ...keyPlace });
    if (name !== '__proto__') traits[name] = readTrait(reading, value);
  }
  return traits;
}

/** `text`, or `{ type: text, values: [a, b], … }`. */
function readTrait(reading: Reading, tree: Tree): TraitDeclaration {
  const readType = readWord(TRAIT_TYPES);
  if (tree.kind === 'scalar') return { type: readType(reading, tree), values: null, description: null, personal: false };
  const fields = readFields(reading, tree, 'A trait', keysOf('declaredTrait'));
  if (fields === null) return { type: 'text', values: null, description: null, personal: false };
  const type = required(reading, fields, 'type', readType, 'text');
  return {
    type,
    values: optional(reading, fields, 'values', (_, values) => readValues(reading, values, type), null),
    description: optional(reading, fields, 'description', (_, text) => readText(reading, text, DEFINITION_LIMITS.maxDescriptionLength), null),
    personal: optional(reading, fields, 'personal', readBoolean, false),
  };
}

function readValues(reading: Reading, tree: Tree, type: TraitType): (string | number)[] {
  const values = readList(reading, tree, 'The values', (_, item): string | number => {
    if (type === 'number' && item.kind === 'scalar' && typeof item.value === 'number') return item.value;
    if (type === 'text' || type === 'date') return readLine()(reading, item);
    report(reading, item, 'wrong_type', `A trait of type ${type} cannot have this value.`, type === 'number' ? 'Write a number.' : 'Only texts, dates and numbers are listed.');
    return '';
  });
  if (tree.kind === 'list' && values.length === 0) report(reading, tree, 'empty', 'No value is listed.', 'List those that are allowed, or remove the key.');
  if (values.length > DEFINITION_LIMITS.maxListedValues) report(reading, tree, 'too_long', `The list has ${values.length} values, the limit is ${DEFINITION_LIMITS.maxListedValues}.`, 'Leave it out: any value of the type is allowed then.');
  return values;
}

export function plainTraitSchema({ key, name, traits }: SchemaDefinition): Plain {
  return plainMap([
    ['schema', key],
    ['name', name === key ? undefined : name],
    ['traits', plainMap(Object.entries(traits).map(([trait, declared]) => [trait, plainTrait(declared)]))],
  ]);
}

function plainTrait({ type, values, description, personal }: TraitDeclaration): Plain {
  if (values === null && description === null && !personal) return type;
  return plainMap([['type', type], ['values', values ?? undefined], ['description', description ?? undefined], ['personal', personal ? true : undefined]]);
}

const declaration = z.strictObject({
  type: z.enum(TRAIT_TYPES),
  values: z.array(z.union([z.string().min(1).max(DEFINITION_LIMITS.maxNameLength), z.number()])).min(1).max(DEFINITION_LIMITS.maxListedValues).nullable(),
  description: z.string().min(1).max(DEFINITION_LIMITS.maxDescriptionLength).nullable(),
  personal: z.boolean(),
});

export const traitSchemaSchema = z.strictObject({
  kind: z.literal('schema'),
  key: z.string().refine(isKey, 'not a valid key'),
  name: z.string().min(1).max(DEFINITION_LIMITS.maxNameLength),
  traits: z.record(z.string().min(1).max(DEFINITION_LIMITS.maxNameLength), declaration),
}) satisfies z.ZodType<SchemaDefinition>;
