import type { Day } from '../calendar/calendar-date.ts';
import { gregorian } from '../calendar/gregorian.ts';
import type { Json } from '../event/json.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../time.ts';

/** What a value says of time. Clocks and days without a zone are those of the contact. */
export type DateValue =
  | { kind: 'instant'; at: Millis }
  /** What clocks show, written as if it were UTC. */
  | { kind: 'local'; at: Millis }
  | { kind: 'day'; day: Day }
  /** A day of every year, in whatever calendar the question is about. */
  | { kind: 'yearless'; month: number; day: number };

/** Earlier years are what systems write for "none", such as 0001-01-01. */
const FIRST_YEAR = 1000;
/** Numbers are seconds since 1970 up to here (year 5138), and milliseconds from here on (3 March 1973). */
const LEAST_MS = 1e11;
/** Smaller numbers (as seconds: 1966 to 1973) are more likely ages, amounts or dates written as 20260321. */
const LEAST_SECONDS = 1e8;
/** As seconds: 1890. Nobody's date is told as a number from before. */
const EARLIEST_SECONDS = -2_524_521_600;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/u;
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/iu;
const YEARLESS = /^(?:--)?(\d{2})-(\d{2})$/u;

/** The date that a value is; null: none. Nothing is guessed: `3/4/2026`, `2026-02-30` and `tomorrow` are no dates. */
export function dateValueOf(value: Json | undefined): DateValue | null {
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value !== 'string' || value.length > 40) return null;
  const text = value.trim();
  const date = DATE.exec(text) ?? DATE_TIME.exec(text);
  if (date === null) return yearlessOf(text);
  const [, year, month, ofMonth, hour, minute, second = '0', fraction = '', zone] = date;
  const day = dayOf(Number(year), Number(month), Number(ofMonth));
  if (day === null) return null;
  if (hour === undefined) return { kind: 'day', day };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const at = day * DAY_MS + Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * SECOND_MS + Number(fraction.padEnd(3, '0').slice(0, 3));
  return zone === undefined ? { kind: 'local', at } : { kind: 'instant', at: at - offsetOf(zone) };
}

function ofNumber(value: number): DateValue | null {
  const size = Math.abs(value);
  if (size >= LEAST_MS) return value >= EARLIEST_SECONDS * SECOND_MS && value < LEAST_MS * SECOND_MS ? { kind: 'instant', at: Math.floor(value) } : null;
  return size >= LEAST_SECONDS && value >= EARLIEST_SECONDS ? { kind: 'instant', at: Math.floor(value * SECOND_MS) } : null;
}

function dayOf(year: number, month: number, day: number): Day | null {
  const exists = year >= FIRST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= gregorian.monthLength(year, month);
  return exists ? gregorian.dayOf({ year, month, day }) : null;
}

function yearlessOf(text: string): DateValue | null {
  const [, month, day] = YEARLESS.exec(text) ?? [];
  // No month of any calendar has more than 31 days.
  return month !== undefined && Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31 ? { kind: 'yearless', month: Number(month), day: Number(day) } : null;
}

function offsetOf(zone: string): number {
  if (/^z$/iu.test(zone)) return 0;
  const size = Number(zone.slice(1, 3)) * HOUR_MS + Number(zone.slice(3).replace(':', '')) * MINUTE_MS;
  return zone.startsWith('-') ? -size : size;
}
