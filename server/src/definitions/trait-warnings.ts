import { traitTypeOf } from '@samovar/core';
import type { Definition, Json, JsonObject, TraitType } from '@samovar/core';
import type { TraitTypeCount } from '@samovar/store';
import type { Warning } from './retention-warnings.ts';

/** Conditions that compare a trait with what it never is: as declared, otherwise as learned. They hold for nobody. */
export function traitWarnings(definitions: readonly Definition[], learned: readonly TraitTypeCount[]): Warning[] {
  const known = knownTypes(definitions, learned);
  return definitions.flatMap((definition) => {
    if (definition.kind === 'workspace' || definition.kind === 'schema') return [];
    const { kind, key } = definition;
    const messages = [...testsIn(definition as unknown as Json)].flatMap(({ path, wanted }) => {
      const types = known.get(path);
      if (types === undefined || wanted.some((one) => types.types.has(one))) return [];
      const is = [...types.types].join(' or ');
      return [`${kind} ${key} compares the trait ${path} with ${wanted.join(' or ')}, and it is ${types.declared ? `declared as ${is}` : `${is} so far`}: values of different types are never the same.`];
    });
    return [...new Set(messages)].map((message) => ({ kind, key, message }));
  });
}

interface Known {
  declared: boolean;
  types: ReadonlySet<TraitType>;
}

function knownTypes(definitions: readonly Definition[], learned: readonly TraitTypeCount[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const { trait, type, value } of learned) {
    if (value <= 0 || type.startsWith('refused:')) continue;
    known.set(trait, { declared: false, types: new Set([...(known.get(trait)?.types ?? []), type as TraitType]) });
  }
  for (const definition of definitions) {
    if (definition.kind !== 'schema') continue;
    for (const [trait, { type }] of Object.entries(definition.traits)) known.set(trait, { declared: true, types: new Set(type === 'text' ? ['text', 'date'] : [type]) });
  }
  return known;
}

/** Every comparison of a trait in a definition, wherever it stands, with the types that could pass it. */
function* testsIn(part: Json): Generator<{ path: string; wanted: TraitType[] }> {
  if (part === null || typeof part !== 'object') return;
  if (!Array.isArray(part) && typeof part.path === 'string') {
    if (part.kind === 'date') yield { path: part.path, wanted: ['date'] };
    const wanted = part.kind === 'trait' && isObject(part.test) ? wantedBy(part.test) : null;
    if (wanted !== null) yield { path: part.path, wanted };
  }
  for (const inner of Object.values(part)) yield* testsIn(inner ?? null);
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** null: a value of any type could pass. */
function wantedBy(test: JsonObject): TraitType[] | null {
  switch (test.op) {
    case 'is': case 'more-than': case 'at-least': case 'less-than': case 'at-most': return typesLike([test.value ?? null]);
    case 'between': return typesLike([test.from ?? null]);
    case 'in': return typesLike(Array.isArray(test.values) ? test.values : []);
    case 'starts-with': case 'ends-with': case 'matches': return ['text', 'date'];
    case 'contains': return ['list', 'text', 'date'];
    case 'contains-any': case 'contains-all': return ['list'];
    default: return null;
  }
}

function typesLike(values: readonly Json[]): TraitType[] | null {
  const types = new Set<TraitType>();
  for (const value of values) {
    const type = traitTypeOf(value);
    if (type === null) return null;
    types.add(type);
    // A text can be compared with a date, which is one.
    if (type === 'text' || type === 'date') types.add('text').add('date');
  }
  return types.size === 0 ? null : [...types];
}
