import type { Millis } from '../time.ts';

/** Most instants looked at ahead when searching for the one at which an answer changes; beyond, the contact looks again then. */
const LOOK_AHEAD_LIMIT = 16;

/**
 * The first of the instants at which the answer is another than now, or may be; Infinity: at none.
 * @param instants those at which it can change at all, in order
 */
export function nextFlip(instants: readonly Millis[], now: Millis, answerAt: (at: Millis) => boolean): Millis {
  const answer = answerAt(now);
  for (const at of instants.slice(0, LOOK_AHEAD_LIMIT)) if (answerAt(at) !== answer) return at;
  return instants[LOOK_AHEAD_LIMIT] ?? Infinity;
}
