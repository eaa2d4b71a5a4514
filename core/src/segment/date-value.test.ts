import { describe, expect, it } from 'vitest';
import type { Json } from '../event/json.ts';
import { DAY_MS } from '../time.ts';
import { dateValueOf, type DateValue } from './date-value.ts';

const at = (iso: string): number => Date.parse(iso);
const instant = (iso: string): DateValue => ({ kind: 'instant', at: at(iso) });

describe('a value that tells of time', () => {
  it.each<[Json | undefined, DateValue | null]>([
    ['2026-03-21', { kind: 'day', day: at('2026-03-21') / DAY_MS }], ['1870-02-28', { kind: 'day', day: at('1870-02-28') / DAY_MS }], [' 2026-03-21 ', { kind: 'day', day: at('2026-03-21') / DAY_MS }],
    ['2026-03-21T10:00:00Z', instant('2026-03-21T10:00:00Z')], ['2026-03-21T10:00Z', instant('2026-03-21T10:00:00Z')], ['2026-03-21t10:00:00.123456z', instant('2026-03-21T10:00:00.123Z')],
    ['2026-03-21T10:00:00.5+03:30', instant('2026-03-21T06:30:00.500Z')], ['2026-03-21T10:00:00-0800', instant('2026-03-21T18:00:00Z')], ['2026-03-21 10:00:00+02', instant('2026-03-21T08:00:00Z')],
    // Clocks of nobody knows where are those of the contact.
    ['2026-03-21T10:00:00', { kind: 'local', at: at('2026-03-21T10:00:00Z') }], ['2026-03-21 10:00', { kind: 'local', at: at('2026-03-21T10:00:00Z') }],
    ['--03-21', { kind: 'yearless', month: 3, day: 21 }], ['03-21', { kind: 'yearless', month: 3, day: 21 }], ['02-29', { kind: 'yearless', month: 2, day: 29 }],
    [1_774_051_200, instant('2026-03-21T00:00:00Z')], [1_774_051_200_123, instant('2026-03-21T00:00:00.123Z')], [1_774_051_200.5, instant('2026-03-21T00:00:00.500Z')],
    [1e8, instant('1973-03-03T09:46:40Z')], [1e11, instant('1973-03-03T09:46:40Z')], [99_999_999_999, instant('5138-11-16T09:46:39Z')], [-1e9, instant('1938-04-24T22:13:20Z')], [-1e12, instant('1938-04-24T22:13:20Z')],
    // Ages, amounts, days written as a number.
    [0, null], [42, null], [20_260_321, null], [99_999_999, null], [-99_999_999, null], [-2_524_521_601, null], [1e14, null], [-1e13, null], [Number.NaN, null],
    ['2026-02-29', null], ['2026-13-01', null], ['2026-00-10', null], ['2026-04-31', null], ['0001-01-01', null], ['0000-00-00', null], ['2026-03-21T24:00', null], ['2026-03-21T10:60', null],
    ['21.03.2026', null], ['3/21/2026', null], ['March 21, 2026', null], ['tomorrow', null], ['', null], ['2026', null], ['13-01', null], ['00-10', null], ['03-32', null], ['1774051200', null],
    [null, null], [undefined, null], [true, null], [['2026-03-21'], null], [{ year: 2026 }, null], ['2026-03-21'.repeat(10), null],
  ])('%j', (value, expected) => {
    expect(dateValueOf(value)).toEqual(expected);
  });
});
