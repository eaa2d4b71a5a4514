import { DAY_MS, MINUTE_MS, type Millis } from '../time.ts';

/** Zones kept ready. There are some 600; more are spellings of the same, which strangers can make without end. */
const FORMAT_LIMIT = 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the platform knows the IANA zone. */
export function isTimeZone(zone: string): boolean {
  try {
    formatFor(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  });
  if (formats.size >= FORMAT_LIMIT) formats.clear();
  formats.set(zone, format);
  return format;
}

/** What the zone's clocks show at an instant, written as if it were UTC. */
export function localAsUtc(zone: string, at: Millis): Millis {
  const part: Record<string, number> = {};
  for (const { type, value } of formatFor(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

/** Minutes since local midnight as the zone's clocks show them. */
export function localMinuteOfDay(zone: string, at: Millis): number {
  const local = localAsUtc(zone, at);
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
}

/**
 * The instant at which the zone's clocks show `local` (written as if it were UTC). Of two such instants (clocks set back)
 * the earlier that is after `after`; where there is none (clocks set forward) the instant as far after the gap as `local`
 * is into it.
 */
export function instantOf(zone: string, local: Millis, after: Millis = -Infinity): Millis {
  const offsetAround = (at: Millis): number => localAsUtc(zone, at) - at;
  const before = offsetAround(local - DAY_MS);
  const later = offsetAround(local + DAY_MS);
  const early = local - Math.max(before, later);
  const late = local - Math.min(before, later);
  if (localAsUtc(zone, early) === local && early > after) return early;
  if (localAsUtc(zone, late) === local) return late;
  return localAsUtc(zone, early) === local ? early : local - before;
}
