import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** Items of a page unless asked otherwise, and at most. */
export const PAGE_LIMIT = { usual: 50, most: 500 } as const;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT.most).default(PAGE_LIMIT.usual).describe('Most items of this page.'),
  cursor: z.string().max(16_384).optional().describe('The `next` of the page before.'),
};

/** A page of a list; `next` leads to the following one and is null at the end. */
export function pageOf<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** A cursor tells the place after which the next page begins. It is opaque to callers and may change its form. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** null: from the beginning. */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string | undefined): z.output<T> | null {
  if (cursor === undefined) return null;
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const parsed = schema.safeParse(place);
  if (parsed.success) return parsed.data;
  throw new ApiError('validation_failed', 'The cursor is not one of this list.', [{ pointer: '/querystring/cursor', message: 'is not a cursor of this list' }]);
}

/** Places in lists ordered by shard and id. */
export const shardPlace = z.tuple([z.int().min(0).max(32_767), z.uuid()]);

/** A full page has a next one, perhaps empty; one that is not full is the last. */
export function page<T>(items: T[], limit: number, placeOf: (last: T) => unknown): { items: T[]; next: string | null } {
  const last = items.at(-1);
  return { items, next: last === undefined || items.length < limit ? null : encodeCursor(placeOf(last)) };
}
