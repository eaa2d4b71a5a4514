import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CalendarName } from '../definition/condition.ts';
import { DAY_MS } from '../time.ts';
import { CALENDARS, dayInYear } from './calendar.ts';

const { gregorian, jalali, hijri } = CALENDARS;
const isoDay = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;
const date = (text: string): { year: number; month: number; day: number } => {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
};

describe('calendars', () => {
  it.each<[CalendarName, string, string]>([
    ['gregorian', '1970-01-01', '1970-01-01'], ['gregorian', '2000-02-29', '2000-02-29'], ['gregorian', '1900-03-01', '1900-03-01'], ['gregorian', '1582-10-04', '1582-10-04'],
    ['jalali', '1206-01-01', '1827-03-22'], ['jalali', '1348-10-11', '1970-01-01'], ['jalali', '1399-12-30', '2021-03-20'],
    ['jalali', '1403-12-30', '2025-03-20'], ['jalali', '1404-01-01', '2025-03-21'], ['jalali', '1404-07-01', '2025-09-23'], ['jalali', '1405-01-01', '2026-03-21'],
    // The beginnings of Ramadan, of the feast and of the year among them.
    ['hijri', '1344-01-01', '1925-07-23'], ['hijri', '1389-10-23', '1970-01-01'], ['hijri', '1420-09-01', '1999-12-09'], ['hijri', '1445-09-01', '2024-03-11'],
    ['hijri', '1446-10-01', '2025-03-30'], ['hijri', '1447-01-01', '2025-06-26'], ['hijri', '1447-09-01', '2026-02-18'], ['hijri', '1500-12-30', '2077-11-16'],
  ])('%s %s is %s', (name, there, iso) => {
    expect([CALENDARS[name].dayOf(date(there)), CALENDARS[name].dateOf(isoDay(iso))]).toEqual([isoDay(iso), date(there)]);
  });

  it.each(Object.entries(CALENDARS))('%s: every day has one date, the next day the next date', (_name, calendar) => {
    const wrong: unknown[] = [];
    let before = calendar.dateOf(isoDay('1500-01-01') - 1);
    for (let day = isoDay('1500-01-01'); day < isoDay('2200-01-01'); day += 1) {
      const found = calendar.dateOf(day);
      const last = before.day === calendar.monthLength(before.year, before.month);
      const next = last ? { year: before.month === 12 ? before.year + 1 : before.year, month: (before.month % 12) + 1, day: 1 } : { ...before, day: before.day + 1 };
      if (calendar.dayOf(found) !== day || JSON.stringify(found) !== JSON.stringify(next)) wrong.push([day, found, next]);
      before = found;
    }
    expect(wrong).toEqual([]);
  });

  it('the Gregorian one agrees with the platform', () => {
    const wrong: number[] = [];
    for (let day = isoDay('1000-01-01'); day < isoDay('9999-12-31'); day += 97) {
      const { year, month, day: ofMonth } = gregorian.dateOf(day);
      if (Date.UTC(year, month - 1, ofMonth) !== day * DAY_MS) wrong.push(day);
    }
    expect(wrong).toEqual([]);
  });

  it('the Jalali one agrees with the platform', () => {
    const format = new Intl.DateTimeFormat('en-u-ca-persian-nu-latn', { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' });
    for (let day = isoDay('1850-01-01'); day < isoDay('2110-01-01'); day += 13) {
      const part = Object.fromEntries(format.formatToParts(day * DAY_MS).map(({ type, value }) => [type, Number(value)]));
      expect(jalali.dateOf(day)).toEqual({ year: part.year, month: part.month, day: part.day });
    }
  });

  it('months of the moon have 29 or 30 days, but those announced by sight', () => {
    const odd = [];
    for (let year = 1200; year <= 1600; year += 1) for (let month = 1; month <= 12; month += 1) if (![29, 30].includes(hijri.monthLength(year, month))) odd.push(year);
    expect([odd.length, Math.max(...odd)]).toEqual([7, 1364]);
  });

  it('a day that a year lacks is the last of its month', () => {
    expect(dayInYear(gregorian, 2026, { month: 2, day: 29 })).toBe(isoDay('2026-02-28'));
    expect(dayInYear(gregorian, 2028, { month: 2, day: 29 })).toBe(isoDay('2028-02-29'));
    expect(dayInYear(jalali, 1404, { month: 12, day: 30 })).toBe(jalali.dayOf({ year: 1405, month: 1, day: 1 }) - 1);
    expect(dayInYear(hijri, 1447, { month: 8, day: 30 })).toBe(hijri.dayOf({ year: 1447, month: 9, day: 1 }) - 1);
  });
});

const DATA = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/calendars`;

describe.skipIf(!existsSync(DATA))(`published calendars (${existsSync(DATA) ? 'read from' : 'SKIPPED, absent:'} ${DATA})`, () => {
  const lines = (file: string): string[] => readFileSync(`${DATA}/${file}`, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('Jalali years from 1206 to 1498 begin when the calendar authority says, and are leap years when it does', () => {
    const years = lines('persian/kabise.txt').map((line) => /^(\d+)(\**) (\S+)$/u.exec(line) ?? []);
    expect(years).toHaveLength(293);
    for (const [line, year, stars, iso = ''] of years) {
      expect([line, jalali.dayOf({ year: Number(year), month: 1, day: 1 }), jalali.monthLength(Number(year), 12)]).toEqual([line, isoDay(iso), stars === '' ? 29 : 30]);
    }
  });

  it.each([['ummalqura_newspaper_issues', 380], ['kfupm_comparison_calendar', 672], ['ummalqura_calendar_website', 840]] as const)('Hijri dates are those of %s', (file, count) => {
    type Row = [[[number, number, number], [number, number, number]]];
    const rows = JSON.parse(readFileSync(`${DATA}/hijri/${file}.json`, 'utf8')) as Row[];
    expect(rows).toHaveLength(count);
    for (const [[[year, month, day], [isoYear, isoMonth, isoDayOfMonth]]] of rows.filter(([[[year]]]) => year >= 1344)) {
      expect([hijri.dayOf({ year, month, day }), year]).toEqual([Date.UTC(isoYear, isoMonth - 1, isoDayOfMonth) / DAY_MS, year]);
    }
  });
});
