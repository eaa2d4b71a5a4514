import type { FastifyRequest } from 'fastify';
import { isStorable } from '../../lists/list-mapping.ts';
import { ApiError } from './api-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body brings a file, whose reader says itself what is wrong with it, and where. */
    bringsFile?: boolean;
  }
}

/**
 * Refuses text that Postgres cannot keep (U+0000, halves of characters), wherever it is in a request. Let through, it would
 * fail the query, or, worse, once it is in the log, whoever works on its shard, again and again.
 */
export async function refuseUnstorable({ params, query, body, routeOptions }: FastifyRequest): Promise<void> {
  const pointer = unstorableIn(params, '/params') ?? unstorableIn(query, '/querystring') ?? (routeOptions.config.bringsFile === true ? null : unstorableIn(body, ''));
  if (pointer === null) return;
  const message = 'holds a character that cannot be kept (NUL or half of a pair)';
  throw new ApiError('validation_failed', `${pointer} ${message}.`, [{ pointer, message }]);
}

/** Where the first such text is; null: there is none. */
function unstorableIn(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : pointer;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    if (!isStorable(key)) return pointer;
    const found = unstorableIn(part, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
}
