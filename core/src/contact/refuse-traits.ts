import type { TraitSource } from '../advance/effects.ts';
import { count, decide, type Turn } from '../advance/turn.ts';
import type { TraitDeclaration } from '../definition/index.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { put } from '../event/own.ts';
import type { Program } from '../program/program.ts';
import { countedTrait } from './report-trait.ts';
import { traitTypeOf } from './trait-type.ts';

/** So much of a refused value is kept, to see what it was. */
const SHOWN_LENGTH = 200;

/** Whether the declaration forbids a value. Removing a trait is always allowed; a date is a text, too. */
export function forbids(declared: TraitDeclaration | undefined, value: Json): boolean {
  const type = traitTypeOf(value);
  if (declared === undefined || type === null) return false;
  if (type !== declared.type && !(declared.type === 'text' && type === 'date')) return true;
  return declared.values !== null && !declared.values.includes(value as string | number);
}

/** The traits that the workspace's schema lets through. */
export function allowedTraits({ schema }: Program, traits: JsonObject): JsonObject {
  if (schema.size === 0) return traits;
  const allowed: JsonObject = {};
  for (const [name, value] of Object.entries(traits)) if (!forbids(schema.get(name), value)) put(allowed, name, value);
  return allowed;
}

/** Notes that a value was refused: never is it made into something else. */
export function refuseTrait(turn: Turn, trait: string, value: Json, source: TraitSource, about?: Parameters<typeof decide>[3]): void {
  const declared = turn.program.schema.get(trait);
  const type = traitTypeOf(value);
  decide(turn, 'trait_refused', {
    trait, type, value: JSON.stringify(value).slice(0, SHOWN_LENGTH), reason: type === declared?.type ? 'not_allowed' : 'wrong_type', expected: declared?.type ?? null, source: { ...source },
  }, about);
  count(turn, `trait:${countedTrait(trait)}`, `refused:${type ?? 'nothing'}`);
}
