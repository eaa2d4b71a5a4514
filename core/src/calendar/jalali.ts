import type { Calendar } from './calendar-date.ts';

/** From 1970-01-01 back to the day before the first of the year 1. */
const EPOCH_DAY = -492_268;

/**
 * The solar calendar of Iran and Afghanistan. Its years begin with the equinox as seen from Tehran; eight leap years in
 * 33 say the same as the published years from 1206 to 1498 (1827 to 2119) without exception, and are carried on beyond.
 */
export const jalali: Calendar = {
  monthLength: (year, month) => (month <= 6 ? 31 : month <= 11 || isLeap(year) ? 30 : 29),
  dayOf: ({ year, month, day }) => yearStart(year) + (month <= 7 ? 31 * (month - 1) : 30 * (month - 1) + 6) + day - 1,
  dateOf: (given) => {
    let year = Math.floor((given - EPOCH_DAY) / 365.25) + 1;
    while (yearStart(year) > given) year -= 1;
    while (yearStart(year + 1) <= given) year += 1;
    const dayOfYear = given - yearStart(year);
    const month = dayOfYear < 186 ? Math.floor(dayOfYear / 31) + 1 : Math.floor((dayOfYear - 6) / 30) + 1;
    return { year, month, day: dayOfYear - (month <= 7 ? 31 * (month - 1) : 30 * (month - 1) + 6) + 1 };
  },
};

function isLeap(year: number): boolean {
  return yearStart(year + 1) - yearStart(year) === 366;
}

function yearStart(year: number): number {
  return EPOCH_DAY + 365 * (year - 1) + Math.floor((8 * year + 21) / 33);
}
