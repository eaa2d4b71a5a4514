import { describe, expect, it } from 'vitest';
import { ZERO, absolute, add, multiply, parseDecimal, toFixed } from './decimal.ts';

const decimal = (text: string) => parseDecimal(text)!;

describe('decimal', () => {
  it.each([['12.50', 2, '12.50'], ['-0.005', 2, '-0.01'], ['0.004', 2, '0.00'], ['-0.004', 2, '0.00'], ['7', 0, '7'], ['.5', 0, '1'], ['1e3', 1, '1000.0'], ['+2.', 1, '2.0'], ['9747747.934', 2, '9747747.93']])(
    '%s with %d digits is %s', (text, digits, expected) => expect(toFixed(decimal(text), digits)).toBe(expected),
  );

  it.each(['', '.', 'abc', '1,5', '0x1', '--1', '1'.repeat(40), '1e', 'NaN'])('«%s» is none', (text) => expect(parseDecimal(text)).toBeNull());

  it('adds and multiplies exactly', () => {
    let sum = ZERO;
    for (let i = 0; i < 10; i += 1) sum = add(sum, decimal('0.1'));
    expect(toFixed(sum, 1)).toBe('1.0');
    expect(toFixed(multiply(decimal('-3'), decimal('2.55')), 2)).toBe('-7.65');
    expect(toFixed(absolute(decimal('-7.65')), 2)).toBe('7.65');
  });
});
