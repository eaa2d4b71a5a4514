import { DAY_MS, HOUR_MS, type Millis } from '../time.ts';
import type { Day } from './calendar-date.ts';
import { instantOf, localAsUtc } from './local-time.ts';

/** Clocks are set by less than this, but where a country changes its side of the date line. */
const LONGEST_SET_BACK_MS = 3 * HOUR_MS;
/** Zones whose current day is kept; one entry each. */
const ZONE_LIMIT = 1000;

interface Span {
  day: Day;
  from: Millis;
  until: Millis;
}

/** The day last asked for in each zone: nearly all questions are about today. */
const lastSpans = new Map<string, Span>();

/** The first instant of a day in a zone: midnight, or where clocks are set forward over it the instant of that. */
export function dayStart(zone: string, day: Day): Millis {
  const local = day * DAY_MS;
  const at = instantOf(zone, local);
  if (localAsUtc(zone, at) === local) return at;
  // Midnight is inside a gap: the gap's end is the first instant at which clocks are past it.
  let before = at - DAY_MS;
  let after = at;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localAsUtc(zone, middle) >= local) after = middle;
    else before = middle;
  }
  return after;
}

/**
 * The calendar day in a zone. It goes on only forwards: where clocks are set back over midnight, the new day has begun
 * with the first of the two midnights.
 */
export function dayAt(zone: string, at: Millis): Day {
  const local = localAsUtc(zone, at);
  const shown = Math.floor(local / DAY_MS);
  const isNearMidnight = local - shown * DAY_MS >= DAY_MS - LONGEST_SET_BACK_MS;
  return isNearMidnight && dayStart(zone, shown + 1) <= at ? shown + 1 : shown;
}

/** The same for the instant of a question, which is most often in the same day as that of the question before. */
export function todayAt(zone: string, now: Millis): Day {
  const known = lastSpans.get(zone);
  if (known !== undefined && now >= known.from && now < known.until) return known.day;
  const day = dayAt(zone, now);
  if (lastSpans.size >= ZONE_LIMIT) lastSpans.clear();
  lastSpans.set(zone, { day, from: dayStart(zone, day), until: dayStart(zone, day + 1) });
  return day;
}
