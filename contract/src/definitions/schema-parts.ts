import { DEFINITION_LIMITS } from './limits.ts';

/** JSON Schema, as far as it is used here. */
export type JsonSchema = { [keyword: string]: unknown };

export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const filled = (items: JsonSchema): JsonSchema => ({ type: 'array', items, minItems: 1 });
export const word = (...words: readonly (string | number | boolean)[]): JsonSchema => ({ enum: words });

/** Numbers and the like may stand without quotes where a text is wanted. */
export const TEXT: JsonSchema = { type: ['string', 'number', 'boolean'] };
export const SCALAR: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
export const KEY: JsonSchema = { anyOf: [{ type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$', maxLength: DEFINITION_LIMITS.maxKeyLength }, { type: ['number', 'boolean', 'null'] }] };
export const CHANNEL: JsonSchema = word('email');
