import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../event/json.ts';
import { minorDigits, toMinor } from './money.ts';

describe('minor units', () => {
  it.each([['EUR', 2], ['JPY', 0], ['KWD', 3], ['CLF', 4], ['IRR', 2], ['HUF', 2], ['IQD', 3], ['XXZ', 2], ['', 2], ['eur', 2], ['toString', 2]])('%s has %i digits', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });

  it.each<[Json | undefined, string, number | null]>([
    [19.99, 'EUR', 1999], ['19.99', 'EUR', 1999], [' 19.9 ', 'EUR', 1990], ['+5', 'EUR', 500], [0, 'EUR', 0], [-0, 'EUR', 0],
    // What binary fractions make of halves: 1.005 × 100 is 100.49999999999999.
    [1.005, 'EUR', 101], [1.004999, 'EUR', 100], [2.675, 'EUR', 268], [-1.005, 'EUR', -101], [-2.5, 'JPY', -3], [0.5, 'JPY', 1], [0.1 + 0.2, 'EUR', 30],
    [1980, 'JPY', 1980], [1980.4, 'JPY', 1980], [1.2345, 'KWD', 1235], ['0.001', 'KWD', 1], [0.00005, 'CLF', 1],
    [999_999_999_999.99, 'EUR', 99_999_999_999_999], [1e12, 'EUR', null], [Number.NaN, 'EUR', null], [Infinity, 'EUR', null],
    ['19,99', 'EUR', null], ['1.234.5', 'EUR', null], ['1e3', 'EUR', null], ['.5', 'EUR', null], ['', 'EUR', null], ['€5', 'EUR', null],
    [null, 'EUR', null], [undefined, 'EUR', null], [true, 'EUR', null], [[1], 'EUR', null], [{ amount: 1 }, 'EUR', null],
  ])('%j in %s is %j', (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  it('reads back every amount that a shop can write, as a number and as text', () => {
    fc.assert(fc.property(fc.integer({ min: -1e13, max: 1e13 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
      const scale = 10 ** minorDigits(currency);
      if (Math.abs(minor) >= 1e12 * scale) return;
      expect(toMinor(minor / scale, currency)).toBe(minor);
      expect(toMinor((minor / scale).toFixed(minorDigits(currency)), currency)).toBe(minor);
    }), { seed: 1, numRuns: 2000 });
  });
});
