import type { Period } from '../definition/condition.ts';
import type { Millis } from '../time.ts';

/** Whether something that happened at `at` counts, seen at `now`. */
export function isInPeriod(at: Millis, period: Period, now: Millis): boolean {
  switch (period.kind) {
    case 'ever': return true;
    case 'within': return at >= now - period.ms;
    case 'ago': return at <= now - period.toMs && (period.fromMs === null || at >= now - period.fromMs);
    case 'dates': return (period.from === null || at >= period.from) && (period.until === null || at < period.until);
  }
}
