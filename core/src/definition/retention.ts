import { isNamed } from '../event/event-name.ts';
import { DAY_MS } from '../time.ts';

/** How long what happened is kept; null: for ever. */
export interface RetentionRules {
  /** Events that are not named in `events`. */
  defaultMs: number | null;
  events: Record<string, number | null>;
  /** Events that were refused. */
  rejectedMs: number | null;
  decisionsMs: number | null;
}

export const DEFAULT_RETENTION: RetentionRules = { defaultMs: null, events: {}, rejectedMs: 30 * DAY_MS, decisionsMs: null };

/** How long events of a name are kept, counted from when they arrived; of a pattern (`Cart *`): the shortest of all that fit. */
export function keptMs({ events, defaultMs }: RetentionRules, name: string): number | null {
  if (Object.hasOwn(events, name)) return events[name] ?? null;
  if (!name.endsWith('*')) return defaultMs;
  let shortest = defaultMs ?? Infinity;
  for (const [one, ms] of Object.entries(events)) if (isNamed(name, one)) shortest = Math.min(shortest, ms ?? Infinity);
  return shortest === Infinity ? null : shortest;
}
