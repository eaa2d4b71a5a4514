/** A day, counted from 1970-01-01 (day 0), the same in every calendar. */
export type Day = number;

/** A day as a calendar names it; months and days begin with 1. */
export interface CalendarDate {
  year: number;
  month: number;
  day: number;
}

export interface Calendar {
  monthLength(year: number, month: number): number;
  /** The day of a date that exists in this calendar. */
  dayOf(date: CalendarDate): Day;
  dateOf(day: Day): CalendarDate;
}
