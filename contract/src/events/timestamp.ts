import type { Millis } from '../json.ts';

/** Months and days of one digit occur in Segment's own examples. */
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Below this a number counts seconds (until the year 5138), above it milliseconds (since 1973). */
const SECONDS_BELOW = 100_000_000_000;
/** The last instant of the year 9999, the last that ISO 8601 writes with four digits. */
const LATEST: Millis = 253_402_300_799_999;

/**
 * An ISO 8601 time (without a zone: UTC), or a number of seconds or milliseconds, as an instant; null when it is none.
 * Written out because Date.parse takes the zone of the machine where the text has none.
 */
export function parseTimestamp(value: unknown): Millis | null {
  if (typeof value === 'number') return inRange(Math.trunc(Math.abs(value) < SECONDS_BELOW ? value * 1000 : value));
  if (typeof value !== 'string' || value.length > 40) return null;
  const match = ISO.exec(value.trim());
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // Second 60 is a leap second, which clocks repeat.
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60) return null;
  const offsetMs = zoneOffsetMs(match[8] ?? 'Z');
  return offsetMs === null ? null : inRange(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms) - offsetMs);
}

function inRange(at: number): Millis | null {
  return at >= 0 && at <= LATEST ? at : null;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneOffsetMs(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
