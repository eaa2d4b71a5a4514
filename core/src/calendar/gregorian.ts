import type { Calendar } from './calendar-date.ts';

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 400 years after which everything repeats. */
const CYCLE_DAYS = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_OFFSET_DAYS = 719_468;

/** The calendar of ISO dates, carried on before 1582. Years are counted from 1 March, so that the leap day comes last. */
export const gregorian: Calendar = {
  monthLength: (year, month) => (month === 2 && isLeap(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 0)),
  dayOf: ({ year, month, day }) => {
    const marchYear = month > 2 ? year : year - 1;
    const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
    return 365 * marchYear + Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400) + dayOfYear - EPOCH_OFFSET_DAYS;
  },
  dateOf: (given) => {
    const since = given + EPOCH_OFFSET_DAYS;
    const cycle = Math.floor(since / CYCLE_DAYS);
    const inCycle = since - cycle * CYCLE_DAYS;
    const yearOfCycle = Math.floor((inCycle - Math.floor(inCycle / 1460) + Math.floor(inCycle / 36_524) - Math.floor(inCycle / 146_096)) / 365);
    const dayOfYear = inCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
    const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
    const month = ((monthFromMarch + 2) % 12) + 1;
    return { year: cycle * 400 + yearOfCycle + (month > 2 ? 0 : 1), month, day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1 };
  },
};

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
