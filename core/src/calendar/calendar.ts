import type { CalendarName } from '../definition/condition.ts';
import type { Calendar, CalendarDate, Day } from './calendar-date.ts';
import { gregorian } from './gregorian.ts';
import { hijri } from './hijri.ts';
import { jalali } from './jalali.ts';

export const CALENDARS: Readonly<Record<CalendarName, Calendar>> = { gregorian, jalali, hijri };

/** The day in that year; one that the year lacks falls on the last day of its month. */
export function dayInYear(calendar: Calendar, year: number, { month, day }: Pick<CalendarDate, 'month' | 'day'>): Day {
  return calendar.dayOf({ year, month, day: Math.min(day, calendar.monthLength(year, month)) });
}
