import { z } from 'zod';
import type { ImportMap, Source, WhoSource } from '../import/import-map.ts';

const NAME_LIMIT = 200;

/** Postgres keeps neither U+0000 nor halves of characters. */
const HALVES = /\p{Surrogate}/gu;

export function isStorable(text: string): boolean {
  return storable(text) === text;
}

/** The text with what cannot be kept replaced. */
export function storable(text: string): string {
  return text.replace(HALVES, '\uFFFD').replaceAll('\u0000', '\uFFFD');
}

/** Traits of one mapping at most. */
const TRAIT_LIMIT = 100;

const column = z.string().min(1).max(NAME_LIMIT).refine(isStorable, 'holds characters that cannot be kept');
const columnOrTyped = z.union([column, z.strictObject({ column, as: z.enum(['text', 'number', 'whole number', 'true/false', 'json']).default('text') })]);

/** Which column of a file means what. */
export const listMapping = z.strictObject({
  userId: column.optional(), email: column.optional(), phone: column.optional(),
  traits: z.record(column, columnOrTyped).default({}).describe('Trait → its column.'),
  delimiter: z.string().length(1).default(','),
}).refine(({ userId, email, phone }) => userId !== undefined || email !== undefined || phone !== undefined, 'has to name a column with user ids, e-mail addresses or phone numbers')
  // Consent needs a proof for each person; a column is none.
  .refine(({ traits }) => !Object.hasOwn(traits, 'consent'), { path: ['traits', 'consent'], message: 'cannot be told by putting people on a list; import it with its proof' })
  .refine(({ email, traits }) => email === undefined || !Object.hasOwn(traits, 'email'), { path: ['traits', 'email'], message: 'is told by the column with e-mail addresses already' })
  .refine(({ traits }) => Object.keys(traits).length <= TRAIT_LIMIT, { path: ['traits'], message: `has more than ${TRAIT_LIMIT} traits` });

export type ListMapping = z.output<typeof listMapping>;

/** The mapping as imports know it. */
export function importMapOf({ userId, email, phone, traits, delimiter }: ListMapping): ImportMap {
  const text = (name: string): Source => ({ kind: 'column', column: name, as: 'text' });
  const who: WhoSource = {};
  if (userId !== undefined) who.user = text(userId);
  if (email !== undefined) who.email = text(email);
  if (phone !== undefined) who.phone = text(phone);
  const sources = Object.entries(traits).map(([name, one]): [string, Source] => [name, typeof one === 'string' ? text(one) : { kind: 'column', ...one }]);
  return { format: 'csv', encoding: 'utf-8', delimiter, rows: { kind: 'contacts', who, at: null, traits: Object.fromEntries(sources), consent: null } };
}
