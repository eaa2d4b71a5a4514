import type { Calendar } from './calendar-date.ts';
import { FIRST_DAY, FIRST_YEAR, MONTHS } from './hijri-months.ts';

const FIRST_MONTH = FIRST_YEAR * 12;
/** Days from FIRST_DAY to the start of each month of the table, and to its end. */
const STARTS = startsOf(MONTHS.join(''));
const MONTH_COUNT = STARTS.length - 1;
const MEAN_MONTH_DAYS = 29.530_56;

/**
 * The lunar calendar of Saudi Arabia (Umm al-Qura), from 1344 to 1500 AH (1925 to 2077) as it was and is published.
 * Outside, months follow the tabular calendar (11 leap years in 30), joined to the ends of the table: right to a day or two.
 */
export const hijri: Calendar = {
  monthLength: (year, month) => monthStart(year * 12 + month) - monthStart(year * 12 + month - 1),
  dayOf: ({ year, month, day }) => monthStart(year * 12 + month - 1) + day - 1,
  dateOf: (given) => {
    let index = FIRST_MONTH + Math.floor((given - FIRST_DAY) / MEAN_MONTH_DAYS);
    while (monthStart(index) > given) index -= 1;
    while (monthStart(index + 1) <= given) index += 1;
    return { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1, day: given - monthStart(index) + 1 };
  },
};

/** The first day of a month, counted from month 1 of the year 0. */
function monthStart(index: number): number {
  const inTable = Math.max(0, Math.min(index - FIRST_MONTH, MONTH_COUNT));
  return FIRST_DAY + (STARTS[inTable] ?? 0) + tabularDays(index) - tabularDays(FIRST_MONTH + inTable);
}

/** Days up to the start of a month in the tabular calendar. */
function tabularDays(index: number): number {
  const year = Math.floor(index / 12);
  return 354 * year + Math.floor((11 * year + 3) / 30) + Math.ceil(29.5 * (index - 12 * year));
}

function startsOf(lastDigits: string): number[] {
  const starts = [0];
  for (const digit of lastDigits) starts.push((starts.at(-1) ?? 0) + (Number(digit) < 5 ? 30 : 20) + Number(digit));
  return starts;
}
