import { expect, test } from 'vitest';
import { Dice } from './dice.ts';

const throws = (dice: Dice, count: number): number[] => Array.from({ length: count }, () => dice.number());

test('the same name falls the same way, another name another way', () => {
  expect(throws(Dice.of('tea', 'visit', 3), 5)).toEqual(throws(Dice.of('tea', 'visit', 3), 5));
  expect(throws(Dice.of('tea', 'visit', 3), 5)).not.toEqual(throws(Dice.of('tea', 'visit', 4), 5));
});

test('throws are even, also over names that differ by a number only', () => {
  const firsts = Array.from({ length: 4000 }, (_, index) => Dice.of('tea', index).number());
  expect(firsts.every((one) => one >= 0 && one < 1)).toBe(true);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = firsts.filter((one) => Math.floor(one * 10) === tenth).length / firsts.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
  }
});

test('skewed values have their median, and a long tail', () => {
  const dice = Dice.of('tea', 'skew');
  const values = Array.from({ length: 4000 }, () => dice.skewed(10, 1)).sort((a, b) => a - b);
  expect(values[2000]).toBeGreaterThan(9);
  expect(values[2000]).toBeLessThan(11);
  expect(values[3960]! / values[2000]!).toBeGreaterThan(7);
});

test('weights decide how often', () => {
  const dice = Dice.of('tea', 'weights');
  const picked = Array.from({ length: 2000 }, () => dice.weighted([['often', 3], ['seldom', 1]]));
  const share = picked.filter((one) => one === 'often').length / picked.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.8);
});
