import type { Json } from '../event/json.ts';

/** What kind of value a trait has. A date is a text that begins with one as ISO 8601 writes it. */
export type TraitType = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'object';

export const TRAIT_TYPES: readonly TraitType[] = ['text', 'number', 'boolean', 'date', 'list', 'object'];

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** null: there is no value. */
export function traitTypeOf(value: Json | undefined): TraitType | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return DATE.test(value) ? 'date' : 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'list' : 'object';
}
