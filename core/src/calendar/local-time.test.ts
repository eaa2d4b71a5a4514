import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import { instantOf, isTimeZone, localAsUtc, localMinuteOfDay } from './local-time.ts';

const at = (text: string): number => Date.parse(text);
/** What clocks show, written as if it were UTC. */
const local = (text: string): number => Date.parse(`${text}Z`);

describe('local time', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15T12:00:00Z', '2026-01-15T13:00'], ['Europe/Berlin', '2026-07-15T12:00:00Z', '2026-07-15T14:00'],
    ['Asia/Tehran', '2022-07-01T12:00:00Z', '2022-07-01T16:30'], ['Asia/Tehran', '2023-07-01T12:00:00Z', '2023-07-01T15:30'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01T05:45'], ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', '2026-07-01T10:30'], ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', '2026-01-01T11:00'],
    ['Pacific/Kiritimati', '2026-01-01T12:00:00Z', '2026-01-02T02:00'], ['Pacific/Pago_Pago', '2026-01-01T05:00:00Z', '2025-12-31T18:00'], ['UTC', '1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999'],
  ])('in %s at %s clocks show %s', (zone, instant, shown) => {
    expect(localAsUtc(zone, at(instant))).toBe(local(shown));
    expect(instantOf(zone, local(shown))).toBe(at(instant));
  });

  it('knows minutes since midnight, before 1970 as well', () => {
    expect(localMinuteOfDay('UTC', at('1969-12-31T23:30:00Z'))).toBe(1410);
    expect(localMinuteOfDay('Asia/Tehran', at('2026-01-01T20:30:00Z'))).toBe(0);
    expect(localMinuteOfDay('Asia/Tehran', at('2026-01-01T20:29:59.999Z'))).toBe(1439);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00Z'], ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00Z'],
    // Samoa went to the other side of the date line and had no 30 December 2011.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00:00Z'],
  ])('puts what clocks in %s never show, %s, as far after the gap', (zone, shown, instant) => {
    expect(instantOf(zone, local(shown))).toBe(at(instant));
  });

  it.each([
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z', HOUR_MS], ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00Z', 30 * MINUTE_MS],
  ])('takes the first of two times in %s, %s, or the next after another', (zone, shown, first, apartMs) => {
    expect(instantOf(zone, local(shown))).toBe(at(first));
    expect(instantOf(zone, local(shown), at(first) - 1)).toBe(at(first));
    expect(instantOf(zone, local(shown), at(first))).toBe(at(first) + apartMs);
  });

  it('finds every minute of a year again, wherever clocks change', () => {
    for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Tehran']) {
      for (let instant = at('2026-01-01T00:00:00Z'); instant < at('2027-01-01T00:00:00Z'); instant += DAY_MS / 3 + 7 * MINUTE_MS) {
        expect(instantOf(zone, localAsUtc(zone, instant), instant - 1)).toBe(instant);
      }
    }
  });

  it('knows zones from other texts', () => {
    expect(['Europe/Berlin', 'UTC', 'europe/berlin'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Berlin', 'Europe/Nowhere', 'null', '../etc'].map(isTimeZone)).toEqual([false, false, false, false, false]);
  });
});
