import { DAY_MS, type Millis } from '../time.ts';

/** On so many of the days before its last one a source was heard of, then it is a daily one. */
const DAILY = { of: 14, atLeast: 12 } as const;
/** Silence for longer than this is more than a day that was left out. */
const SILENCE_MS = 1.5 * DAY_MS;

/** Whether something that came day by day has stopped coming. `days` are those on which it came, as days since 1970. */
export function fellSilent(days: readonly number[], lastAt: Millis, now: Millis): boolean {
  const lastDay = Math.floor(lastAt / DAY_MS);
  const recent = new Set(days.filter((day) => day <= lastDay && day > lastDay - DAILY.of));
  return recent.size >= DAILY.atLeast && now - lastAt > SILENCE_MS;
}
