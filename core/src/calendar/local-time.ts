import { DAY_MS, MINUTE_MS, type Millis } from '../time.ts';

/** Zones kept ready. There are some 600; more are spellings of the same, which strangers can make without end. */
const ZONE_LIMIT = 1000;
/** Offsets kept for each zone; questions are about a few days around now, and about birthdays. */
const OFFSET_LIMIT = 1000;

interface Zone {
  format: Intl.DateTimeFormat;
  /** By UTC day: how far ahead of UTC its clocks are at its beginning. */
  offsets: Map<number, number>;
}

/** null: the platform knows no such zone, which takes it long to say. */
const zones = new Map<string, Zone | null>();

/** Whether the platform knows the IANA zone. */
export function isTimeZone(name: string): boolean {
  return zoneNamed(name) !== null;
}

function zoneFor(name: string): Zone {
  const zone = zoneNamed(name);
  if (zone === null) throw new RangeError(`no time zone "${name}"`);
  return zone;
}

function zoneNamed(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size >= ZONE_LIMIT) zones.clear();
  const zone = openZone(name);
  zones.set(name, zone);
  return zone;
}

function openZone(name: string): Zone | null {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    return { format, offsets: new Map() };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * What the zone's clocks show at an instant, written as if it were UTC. The platform takes 8 µs to say it, so offsets
 * are kept: on a day that begins and ends with the same one, clocks were not set (nowhere were they ever set twice a day).
 */
export function localAsUtc(zone: string, at: Millis): Millis {
  const known = zoneFor(zone);
  const day = Math.floor(at / DAY_MS);
  const offset = offsetAtStart(known, day);
  return offset === offsetAtStart(known, day + 1) ? at + offset : shownBy(known.format, at);
}

function offsetAtStart({ format, offsets }: Zone, day: number): number {
  const known = offsets.get(day);
  if (known !== undefined) return known;
  const offset = shownBy(format, day * DAY_MS) - day * DAY_MS;
  if (offsets.size >= OFFSET_LIMIT) offsets.clear();
  offsets.set(day, offset);
  return offset;
}

function shownBy(format: Intl.DateTimeFormat, at: Millis): Millis {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
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
