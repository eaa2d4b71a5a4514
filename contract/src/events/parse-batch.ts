import type { JsonObject } from '../json.ts';
import { cleanValue, newWalk, walkValue } from './check-value.ts';
import { EVENT_LIMITS } from './limits.ts';
import { parseTimestamp } from './timestamp.ts';
import type { ParsedBatch } from './types.ts';

/** The envelope of a batch; its items are parsed one by one, so that a bad one does not harm its neighbours. */
export function parseBatch(raw: unknown): ParsedBatch {
  if (typeof raw !== 'object' || raw === null || !('batch' in raw) || !Array.isArray(raw.batch)) {
    return { kind: 'invalid', code: 'batch_invalid', message: 'A batch is an object with a list called batch.', pointer: '/batch' };
  }
  const items: unknown[] = raw.batch;
  if (items.length > EVENT_LIMITS.maxItemsPerBatch) {
    return { kind: 'invalid', code: 'batch_too_long', message: `A batch may have ${EVENT_LIMITS.maxItemsPerBatch} items.`, pointer: '/batch' };
  }
  const fields: Record<string, unknown> = { ...raw };
  const { writeKey } = fields;
  return {
    kind: 'batch',
    items,
    sentAt: parseTimestamp(fields['sentAt']),
    context: sharedContext(fields['context']),
    writeKey: typeof writeKey === 'string' && writeKey !== '' ? writeKey : null,
  };
}

/** Extra information only: one that cannot be kept is left out rather than costing all items. */
function sharedContext(value: unknown): JsonObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const walk = newWalk();
  if (!walkValue(walk, value, 1) || walk.leastBytes > EVENT_LIMITS.maxItemBytes) return null;
  const copy = cleanValue(value);
  return copy !== null && typeof copy === 'object' && !Array.isArray(copy) ? copy : null;
}
