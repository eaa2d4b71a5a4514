import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../time.ts';
import { dayAt, dayStart, todayAt } from './local-day.ts';

const at = (text: string): number => Date.parse(text);
const day = (iso: string): number => Date.parse(`${iso}T00:00Z`) / DAY_MS;

describe('days of a zone', () => {
  it.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00Z'], ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00Z'], ['Asia/Tehran', '2026-03-21', '2026-03-20T20:30Z'],
    ['Pacific/Kiritimati', '2026-01-02', '2026-01-01T10:00Z'], ['Asia/Kathmandu', '1970-01-01', '1969-12-31T18:30Z'],
    // Clocks went from 0:00 to 1:00: the day began at 1:00.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z'], ['Asia/Tehran', '2022-03-22', '2022-03-21T20:30Z'],
    // Clocks went from 0:00 back to 23:00: the day began an hour later.
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00Z'], ['Asia/Amman', '2021-10-29', '2021-10-28T21:00Z'],
    // Clocks went from 0:01 back to 23:01: the day began with the first of two midnights.
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30Z'],
    // Clocks went from 23:30 to 0:30: the day began half an hour into it, not a whole one.
    ['America/Toronto', '1919-03-31', '1919-03-31T04:30Z'],
    // A day that Samoa did not have is over as it begins.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00Z'], ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00Z'],
  ])('in %s %s begins at %s', (zone, iso, instant) => {
    expect(new Date(dayStart(zone, day(iso))).toISOString()).toBe(new Date(at(instant)).toISOString());
  });

  it('are those of the clocks, and never go back', () => {
    expect(['2010-11-07T02:29:59.999Z', '2010-11-07T02:30Z', '2010-11-07T02:30:59Z', '2010-11-07T02:31Z', '2010-11-07T03:29Z'].map((text) => dayAt('America/St_Johns', at(text)) - day('2010-11-06'))).toEqual([0, 1, 1, 1, 1]);
    expect(['2011-12-30T09:59:59.999Z', '2011-12-30T10:00Z'].map((text) => dayAt('Pacific/Apia', at(text)))).toEqual([day('2011-12-29'), day('2011-12-31')]);
  });

  it('begin exactly where they begin, all year and in every kind of zone', () => {
    const wrong: unknown[] = [];
    for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Tehran', 'Pacific/Apia', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Amman', 'Africa/Cairo']) {
      for (const year of [2010, 2011, 2021, 2026]) {
        for (let one = day(`${year}-01-01`); one < day(`${year + 1}-01-01`); one += 1) {
          const start = dayStart(zone, one);
          const isLost = dayStart(zone, one + 1) === start;
          const followsLost = dayStart(zone, one - 1) === start;
          const found = [todayAt(zone, start - 1), dayAt(zone, start)];
          if (found[0] !== one - (followsLost ? 2 : 1) || found[1] !== (isLost ? one + 1 : one)) wrong.push([zone, one, ...found]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
