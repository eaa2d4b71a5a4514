import { describe, expect, it } from 'vitest';
import { newContact } from '../contact/contact-state.ts';
import { contactIdOf } from '../identity/ids.ts';
import { userOf } from '../testing/small-world.ts';
import { armOf } from './split.ts';

const CONTACTS = Array.from({ length: 10_000 }, (_, index) => newContact(contactIdOf(1, userOf(`u${index}`)), 1, userOf(`u${index}`), 0));
type Weights = Record<string, number>;

const armsOf = (weights: Weights, step = 's'): string[] => CONTACTS.map((contact) => armOf(contact, 'j', step, Object.entries(weights).map(([name, weight]) => ({ name, weight }))).name);
const shareOf = (arms: readonly string[], name: string): number => arms.filter((arm) => arm === name).length / arms.length;
const moved = (from: readonly string[], to: readonly string[]): number => from.filter((arm, index) => arm !== to[index]).length / from.length;

/** Four standard deviations of a share of 10,000. */
const TOLERANCE = 0.02;

describe('a split', () => {
  it.each<[Weights]>([[{ a: 50, b: 50 }], [{ a: 1, b: 9 }], [{ a: 1, b: 1, c: 1 }], [{ a: 0.5, b: 0.25, c: 0.25 }]])('shares contacts by weight: %j', (weights) => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    const arms = armsOf(weights);
    for (const [name, weight] of Object.entries(weights)) expect(Math.abs(shareOf(arms, name) - weight / total)).toBeLessThan(TOLERANCE);
  });

  it('is sticky, whatever the order of its arms', () => {
    expect(armsOf({ b: 30, c: 20, a: 50 })).toEqual(armsOf({ a: 50, b: 30, c: 20 }));
  });

  it('moves as few as possible when weights change', () => {
    const before = armsOf({ a: 50, b: 50 });
    expect(Math.abs(moved(before, armsOf({ a: 60, b: 40 })) - 0.1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(moved(before, armsOf({ a: 50, b: 50, c: 50 })) - 1 / 3)).toBeLessThan(TOLERANCE);
    expect(moved(before, armsOf({ a: 5, b: 5 }))).toBe(0);
    // Nobody changes between arms whose weights stay.
    const more = armsOf({ a: 50, b: 50, c: 50 });
    expect(before.filter((arm, index) => more[index] !== 'c' && more[index] !== arm)).toEqual([]);
  });

  it('is independent of other splits', () => {
    const [first, second] = [armsOf({ a: 50, b: 50 }, 's1'), armsOf({ a: 50, b: 50 }, 's2')];
    expect(Math.abs(moved(first, second) - 0.5)).toBeLessThan(TOLERANCE);
  });

  it('sends nobody to an arm of no weight, and everybody to the first if all are', () => {
    expect(shareOf(armsOf({ a: 1, b: 0 }), 'a')).toBe(1);
    expect(shareOf(armsOf({ a: 0, b: 0 }), 'a')).toBe(1);
  });
});
