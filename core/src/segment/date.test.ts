import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localAsUtc } from '../calendar/local-time.ts';
import { newContact } from '../contact/contact-state.ts';
import { writeTraits } from '../contact/traits.ts';
import type { CalendarName, DateTest } from '../definition/condition.ts';
import type { Json } from '../event/json.ts';
import { holds, nextChange } from '../program/evaluate.ts';
import type { Scope } from '../program/scope.ts';
import { SARA, SOME_ID, START, SmallWorld, segmentOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../time.ts';

const at = (iso: string): Millis => Date.parse(iso);

function scopeOf(value: Json, now: Millis, zone = 'UTC'): Scope {
  const contact = newContact(SOME_ID, 1, SARA, 0);
  writeTraits(contact, { d: value, timezone: zone }, { at: 0, messageId: 'm', trusted: true });
  return { contact, now, workspace: workspaceOf({ timezone: 'UTC' }), enrollment: null };
}

const predicate = (when: DateTest) => ({ kind: 'date', root: 'd', path: 'd', when }) as const;
const days = (from: number, to = from): DateTest => ({ kind: 'days', from, to });
const yearly = (calendar: CalendarName, from = 0, to = from): DateTest => ({ kind: 'anniversary', calendar, from, to });

/** The answer at `from`, and the instants at which it becomes another, as far as `until`. */
function changes(when: DateTest, value: Json, [from, until]: [string, string], zone = 'UTC'): [boolean, ...string[]] {
  const found: string[] = [];
  let answer = holds(predicate(when), scopeOf(value, at(from), zone));
  const first = answer;
  for (let due = nextChange(predicate(when), scopeOf(value, at(from), zone)); due < at(until); due = nextChange(predicate(when), scopeOf(value, due, zone))) {
    expect(holds(predicate(when), scopeOf(value, due - 1, zone))).toBe(answer);
    const next = holds(predicate(when), scopeOf(value, due, zone));
    if (next !== answer) found.push(new Date(due).toISOString().replace(':00.000Z', 'Z'));
    answer = next;
  }
  return [first, ...found];
}

describe('a date seen from now', () => {
  it.each<[string, DateTest, Json, string, [boolean, ...string[]]]>([
    ['within the next day', { kind: 'relative', fromMs: 0, toMs: DAY_MS }, '2026-03-10T12:00Z', 'UTC', [false, '2026-03-09T12:00Z', '2026-03-10T12:00:00.001Z']],
    ['longer ago than a day', { kind: 'relative', fromMs: null, toMs: -DAY_MS }, '2026-03-10T12:00Z', 'UTC', [false, '2026-03-11T12:00Z']],
    ['in more than a day', { kind: 'relative', fromMs: DAY_MS, toMs: null }, '2026-03-10T12:00Z', 'UTC', [true, '2026-03-09T12:00:00.001Z']],
    ['whenever', { kind: 'relative', fromMs: null, toMs: null }, '2026-03-10T12:00Z', 'UTC', [true]],
    ['without time: from its first instant where the contact lives', { kind: 'relative', fromMs: null, toMs: 0 }, '2026-03-10', 'Asia/Tehran', [false, '2026-03-09T20:30Z']],
    ['without zone: by the clocks of the contact', { kind: 'relative', fromMs: null, toMs: 0 }, '2026-03-10T12:00', 'Asia/Tehran', [false, '2026-03-10T08:30Z']],
    ['told in seconds', { kind: 'relative', fromMs: null, toMs: 0 }, at('2026-03-10T12:00Z') / 1000, 'UTC', [false, '2026-03-10T12:00Z']],
    ['without year it is no instant', { kind: 'relative', fromMs: null, toMs: null }, '03-10', 'UTC', [false]],
    ['no date at all', { kind: 'relative', fromMs: null, toMs: null }, 'soon', 'UTC', [false]],
  ])('%s', (_name, when, value, zone, expected) => {
    expect(changes(when, value, ['2026-03-01T00:00Z', '2026-04-01T00:00Z'], zone)).toEqual(expected);
  });
});

describe('a day counted from today', () => {
  it.each<[string, DateTest, Json, string, [boolean, ...string[]]]>([
    ['today', days(0), '2026-03-10', 'UTC', [false, '2026-03-10T00:00Z', '2026-03-11T00:00Z']],
    ['in three days', days(3), '2026-03-10', 'Europe/Berlin', [false, '2026-03-06T23:00Z', '2026-03-07T23:00Z']],
    ['yesterday', days(-1), '2026-03-10', 'UTC', [false, '2026-03-11T00:00Z', '2026-03-12T00:00Z']],
    ['within the next week, today too', days(0, 7), '2026-03-10T23:59Z', 'UTC', [false, '2026-03-03T00:00Z', '2026-03-11T00:00Z']],
    ['an instant lies on the day of the contact', days(0), '2026-03-10T23:00Z', 'Asia/Tokyo', [false, '2026-03-10T15:00Z', '2026-03-11T15:00Z']],
    ['a day on which clocks change has 23 hours', days(0), '2026-03-29', 'Europe/Berlin', [false, '2026-03-28T23:00Z', '2026-03-29T22:00Z']],
    ['no day from 2 to 1', days(2, 1), '2026-03-10', 'UTC', [false]],
    ['without year it is no day', days(0), '03-10', 'UTC', [false]],
  ])('%s', (_name, when, value, zone, expected) => {
    expect(changes(when, value, ['2026-03-01T00:00Z', '2026-04-01T00:00Z'], zone)).toEqual(expected);
  });

  it('begins an hour later where clocks skip midnight, and is never there where the calendar skips it', () => {
    expect(changes(days(0), '2018-11-04', ['2018-11-01T00:00Z', '2018-11-10T00:00Z'], 'America/Sao_Paulo')).toEqual([false, '2018-11-04T03:00Z', '2018-11-05T02:00Z']);
    expect(changes(days(0), '2011-12-30', ['2011-12-20T00:00Z', '2012-01-10T00:00Z'], 'Pacific/Apia')).toEqual([false]);
  });
});

describe('a day that returns each year', () => {
  const span: [string, string] = ['2024-01-01T00:00Z', '2027-01-01T00:00Z'];
  it.each<[string, DateTest, Json, [boolean, ...string[]]]>([
    ['on the day', yearly('gregorian'), '1870-05-17', [false, '2024-05-17T00:00Z', '2024-05-18T00:00Z', '2025-05-17T00:00Z', '2025-05-18T00:00Z', '2026-05-17T00:00Z', '2026-05-18T00:00Z']],
    ['without year', yearly('gregorian'), '--05-17', [false, '2024-05-17T00:00Z', '2024-05-18T00:00Z', '2025-05-17T00:00Z', '2025-05-18T00:00Z', '2026-05-17T00:00Z', '2026-05-18T00:00Z']],
    ['29 February, where there is none on the last day', yearly('gregorian'), '1996-02-29', [false, '2024-02-29T00:00Z', '2024-03-01T00:00Z', '2025-02-28T00:00Z', '2025-03-01T00:00Z', '2026-02-28T00:00Z', '2026-03-01T00:00Z']],
    ['within a week, over the turn of the year', yearly('gregorian', 0, 7), '1990-01-03', [true, '2024-01-04T00:00Z', '2024-12-27T00:00Z', '2025-01-04T00:00Z', '2025-12-27T00:00Z', '2026-01-04T00:00Z', '2026-12-27T00:00Z']],
    ['a week ago', yearly('gregorian', -7), '1990-12-28', [false, '2024-01-04T00:00Z', '2024-01-05T00:00Z', '2025-01-04T00:00Z', '2025-01-05T00:00Z', '2026-01-04T00:00Z', '2026-01-05T00:00Z']],
    ['1 Farvardin, which is 20 or 21 March', yearly('jalali'), '1991-03-21', [false, '2024-03-20T00:00Z', '2024-03-21T00:00Z', '2025-03-21T00:00Z', '2025-03-22T00:00Z', '2026-03-21T00:00Z', '2026-03-22T00:00Z']],
    ['30 Esfand, most years on the 29th', yearly('jalali'), '2021-03-20', [false, '2024-03-19T00:00Z', '2024-03-20T00:00Z', '2025-03-20T00:00Z', '2025-03-21T00:00Z', '2026-03-20T00:00Z', '2026-03-21T00:00Z']],
    ['1 Ramadan, eleven days earlier each year', yearly('hijri'), '1999-12-09', [false, '2024-03-11T00:00Z', '2024-03-12T00:00Z', '2025-03-01T00:00Z', '2025-03-02T00:00Z', '2026-02-18T00:00Z', '2026-02-19T00:00Z']],
    ['1 Ramadan without year', yearly('hijri'), '--09-01', [false, '2024-03-11T00:00Z', '2024-03-12T00:00Z', '2025-03-01T00:00Z', '2025-03-02T00:00Z', '2026-02-18T00:00Z', '2026-02-19T00:00Z']],
    ['the day itself is no return', yearly('gregorian'), '2025-06-01', [false, '2026-06-01T00:00Z', '2026-06-02T00:00Z']],
    ['what is to come does not return before it has come', yearly('gregorian', 0, 400), '2025-06-01', [false, '2025-06-01T00:00Z']],
    ['a whole year around is always', yearly('gregorian', 0, 366), '1990-06-01', [true]],
  ])('%s', (_name, when, value, expected) => {
    expect(changes(when, value, span)).toEqual(expected);
  });

  it('wakes a contact twice a year, and no more', () => {
    let wakes = 0;
    for (let now = at('2024-01-01T00:00Z'); now < at('2034-01-01T00:00Z'); wakes += 1) now = nextChange(predicate(yearly('jalali', 0, 7)), scopeOf('1991-03-21', now));
    expect(wakes).toBeLessThanOrEqual(21);
  });
});

const CALENDAR_OF: Record<CalendarName, string> = { gregorian: 'gregory', jalali: 'persian', hijri: 'islamic-umalqura' };

/** What the platform calls a day. Its Hijri calendar is right from 1420 to 1450. */
function named(calendar: CalendarName, day: number): { year: number; month: number; day: number } {
  const format = new Intl.DateTimeFormat(`en-u-ca-${CALENDAR_OF[calendar]}-nu-latn`, { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' });
  const { year = 0, month = 0, day: ofMonth = 0 } = Object.fromEntries(format.formatToParts(day * DAY_MS).map(({ type, value }) => [type, Number(value)]));
  return { year, month, day: ofMonth };
}

/** The same question, asked of each day in turn. */
function naively(when: DateTest, born: number, today: number): boolean {
  if (when.kind === 'relative') return false;
  for (let day = today + when.from; day <= today + when.to; day += 1) {
    if (when.kind === 'days' && day === born) return true;
    if (when.kind === 'days') continue;
    const [mine, theirs] = [named(when.calendar, born), named(when.calendar, day)];
    const isLastOfMonth = named(when.calendar, day + 1).day === 1;
    if (born <= today && theirs.year > mine.year && theirs.month === mine.month && (theirs.day === mine.day || (isLastOfMonth && theirs.day < mine.day))) return true;
  }
  return false;
}

describe('days seen from today', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Tehran', 'America/Sao_Paulo', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu');
  const width = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(7, 30));
  const when: fc.Arbitrary<DateTest> = fc.tuple(fc.constantFrom('days', 'anniversary'), fc.constantFrom<CalendarName>('gregorian', 'jalali', 'hijri'), fc.integer({ min: -40, max: 40 }), width)
    .map(([kind, calendar, from, more]) => (kind === 'days' ? { kind, from, to: from + more } : { kind: 'anniversary', calendar, from, to: from + more }));
  const day = (from: string, to: string): fc.Arbitrary<number> => fc.integer({ min: at(from) / DAY_MS, max: at(to) / DAY_MS });

  it('are those that a search day by day finds, and change when it says', () => {
    fc.assert(fc.property(when, zones, day('2000-06-01', '2026-06-01'), day('2010-01-01', '2026-06-01'), fc.integer({ min: 0, max: DAY_MS - 1 }), (test, zone, born, today, ms) => {
      const iso = new Date(born * DAY_MS).toISOString().slice(0, 10);
      const now = today * DAY_MS + ms;
      const shown = (instant: Millis): number => Math.floor(localAsUtc(zone, instant) / DAY_MS);
      const expected = naively(test, born, shown(now));
      expect(holds(predicate(test), scopeOf(iso, now, zone))).toBe(expected);
      const due = nextChange(predicate(test), scopeOf(iso, now, zone));
      expect(due).toBeGreaterThan(now);
      if (due === Infinity) return;
      expect(naively(test, born, shown(due + 2 * HOUR_MS))).toBe(!expected);
      expect([shown(due + 2 * HOUR_MS) > shown(due - 1), naively(test, born, shown(due - MINUTE_MS))]).toEqual([true, expected]);
    }), { numRuns: 300, seed: 7 });
  });
});

describe('a segment of dates', () => {
  const soon = segmentOf('soon', { kind: 'date', path: 'ends', when: days(0, 1) });
  const inSoon = (w: SmallWorld): [string, Millis][] => w.effects('membership').map(({ entered, at: instant }) => [entered ? 'in' : 'out', instant - START]);

  it('is entered and left at midnight where the contact lives', () => {
    const w = new SmallWorld([soon]);
    w.feed(w.events.identify(START, { ends: '2026-01-04', timezone: 'Asia/Tehran' }));
    w.world.runTo(START + 10 * DAY_MS);
    expect(inSoon(w)).toEqual([['in', at('2026-01-02T20:30Z') - START], ['out', at('2026-01-04T20:30Z') - START]]);
  });

  it('follows the contact into another zone, and the date when it is moved', () => {
    const w = new SmallWorld([soon]);
    w.feed(w.events.identify(START, { ends: '2026-01-03' }));
    w.feed(w.events.identify(START + HOUR_MS, { timezone: 'Pacific/Auckland' }));
    w.feed(w.events.identify(START + 2 * HOUR_MS, { ends: '2026-02-03' }));
    w.world.runTo(START + 60 * DAY_MS);
    expect(inSoon(w)).toEqual([['in', HOUR_MS], ['out', 2 * HOUR_MS], ['in', at('2026-02-01T11:00Z') - START], ['out', at('2026-02-03T11:00Z') - START]]);
  });

  it('follows the date of another who turns out to be the same', () => {
    const w = new SmallWorld([soon]);
    w.feed(w.events.identify(START, { ends: '2026-01-02' }, { identifiers: [{ kind: 'anonymous', value: 'v' }] }));
    w.feed(w.events.track(START + 5, 'Seen', {}, { identifiers: [SARA, { kind: 'anonymous', value: 'v' }] }));
    expect(w.world.contact(SARA)?.segments).toEqual({ soon: START + 5 });
  });
});
