import type { Calendar, CalendarDate, Day } from '../calendar/calendar-date.ts';
import { CALENDARS, dayInYear } from '../calendar/calendar.ts';
import { dayAt, dayStart, todayAt } from '../calendar/local-day.ts';
import { instantOf } from '../calendar/local-time.ts';
import { traitAt } from '../contact/traits.ts';
import type { DateTest } from '../definition/condition.ts';
import { zoneOf } from '../gate/quiet-hours.ts';
import type { Predicate } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Millis } from '../time.ts';
import { dateValueOf, type DateValue } from './date-value.ts';

type DatePredicate = Extract<Predicate, { kind: 'date' }>;
type Anniversary = Extract<DateTest, { kind: 'anniversary' }>;

/** Returns that follow so closely that their days are one run are joined up to here; then the contact looks again. */
const JOIN_LIMIT = 20;

/** Days from the first to the last; the last may be Infinity. */
interface DayRange {
  first: Day;
  last: Day;
}

export function dateHolds(predicate: DatePredicate, scope: Scope): boolean {
  const value = valueOf(predicate, scope);
  if (value === null) return false;
  const { when } = predicate;
  const zone = zoneOf(scope.contact, scope.workspace);
  if (when.kind !== 'relative') {
    const today = todayAt(zone, scope.now);
    const range = nextRange(when, value, zone, today);
    return range !== null && range.first <= today;
  }
  const at = instantFor(value, zone);
  return at !== null && (when.fromMs === null || at >= scope.now + when.fromMs) && (when.toMs === null || at <= scope.now + when.toMs);
}

/** The instant at which the answer becomes another; where days decide, the local midnight. */
export function nextDateChange(predicate: DatePredicate, scope: Scope): Millis {
  const value = valueOf(predicate, scope);
  if (value === null) return Infinity;
  const { when } = predicate;
  const { now } = scope;
  const zone = zoneOf(scope.contact, scope.workspace);
  if (when.kind !== 'relative') {
    const today = todayAt(zone, now);
    const range = nextRange(when, value, zone, today);
    if (range === null) return Infinity;
    const day = range.first > today ? range.first : range.last + 1;
    return day === Infinity ? Infinity : dayStart(zone, day);
  }
  const at = instantFor(value, zone);
  if (at === null) return Infinity;
  const changes = [when.toMs === null ? Infinity : at - when.toMs, when.fromMs === null ? Infinity : at - when.fromMs + 1];
  return Math.min(Infinity, ...changes.filter((change) => change > now));
}

function valueOf({ root, path }: DatePredicate, { contact }: Scope): DateValue | null {
  return dateValueOf(traitAt(contact, root, path));
}

function instantFor(value: DateValue, zone: string): Millis | null {
  switch (value.kind) {
    case 'instant': return value.at;
    case 'local': return instantOf(zone, value.at);
    case 'day': return dayStart(zone, value.day);
    case 'yearless': return null;
  }
}

/** The days, from today on, on which the test passes without a break; null: never again. */
function nextRange(when: Exclude<DateTest, { kind: 'relative' }>, value: DateValue, zone: string, today: Day): DayRange | null {
  if (when.from > when.to) return null;
  if (when.kind === 'anniversary') return nextReturns(when, value, zone, today);
  const day = dayFor(value, zone);
  return day === null || day - when.from < today ? null : { first: day - when.to, last: day - when.from };
}

function dayFor(value: DateValue, zone: string): Day | null {
  switch (value.kind) {
    case 'instant': return dayAt(zone, value.at);
    case 'local': return dayAt(zone, instantOf(zone, value.at));
    case 'day': return value.day;
    case 'yearless': return null;
  }
}

/**
 * The first run of days, from today on, that lie so many days from a return. A date first returns a year later; before
 * it has come there are no returns to look forward to.
 */
function nextReturns({ calendar: name, from, to }: Anniversary, value: DateValue, zone: string, today: Day): DayRange {
  const calendar = CALENDARS[name];
  const born = dayFor(value, zone) ?? -Infinity;
  const date = value.kind === 'yearless' ? { ...value, year: -Infinity } : calendar.dateOf(born);
  // The year of a return that may be too early, so that the first that is not is found after a step or two.
  let year = Math.max(calendar.dateOf(today + from).year - 1, date.year + 1);
  while (dayInYear(calendar, year, date) - from < today) year += 1;
  return joined(calendar, date, year, { from, to, born });
}

function joined(calendar: Calendar, date: Pick<CalendarDate, 'month' | 'day'>, firstYear: number, { from, to, born }: { from: number; to: number; born: Day }): DayRange {
  const first = dayInYear(calendar, firstYear, date);
  let last = first - from;
  for (let year = firstYear + 1; year <= firstYear + JOIN_LIMIT; year += 1) {
    const next = dayInYear(calendar, year, date);
    if (next - to > last + 1) break;
    last = next - from;
  }
  return { first: Math.max(first - to, born), last };
}
