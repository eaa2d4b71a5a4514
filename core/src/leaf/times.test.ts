import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Times } from '../definition/condition.ts';
import { addTime, capacityFor, countSince, mergeTimes, nextWindowChange, timesHold, type TimesState } from './times.ts';

const leafOf = (times: readonly number[], capacity: number): TimesState | undefined =>
  times.reduce<TimesState | undefined>((leaf, at) => addTime(leaf, at, capacity), undefined);
const some = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 });
const times: fc.Arbitrary<Times> = fc.record({ op: fc.constantFrom('at-least', 'at-most', 'exactly'), count: fc.nat(4) });

describe('a leaf', () => {
  it('is the same whatever the order of arrival', () => {
    fc.assert(fc.property(some.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
      expect(leafOf(shuffled, 4)).toEqual(leafOf(list, 4));
    }), { seed: 1 });
  });

  it('of two contacts is that of all their events', () => {
    fc.assert(fc.property(fc.tuple(some, some), ([a, b]) => {
      expect(mergeTimes(leafOf([0, ...a], 4)!, leafOf([0, ...b], 4)!, 4)).toEqual(leafOf([0, 0, ...a, ...b], 4));
    }), { seed: 1 });
  });

  it.each<[Times, number]>([
    [{ op: 'exactly', count: 0 }, 1], [{ op: 'at-least', count: 1 }, 2], [{ op: 'at-most', count: 3 }, 4], [{ op: 'exactly', count: 4 }, 8], [{ op: 'at-least', count: 1023 }, 1024],
  ])('for %j keeps %i times', (asked, capacity) => {
    expect(capacityFor(asked)).toBe(capacity);
  });

  it('counts the edge of a window as inside, and the millisecond after as outside', () => {
    const leaf = leafOf([100], 2);
    const inside = (now: number): number => countSince(leaf, now - 50);
    expect([inside(149), inside(150), inside(151)]).toEqual([1, 1, 0]);
    expect(nextWindowChange(leaf, { op: 'at-least', count: 1 }, 50, 150)).toBe(151);
    expect(nextWindowChange(leaf, { op: 'at-least', count: 1 }, 50, 151)).toBe(Infinity);
    expect([countSince(undefined, -Infinity), nextWindowChange(undefined, { op: 'exactly', count: 0 }, 50, 0)]).toEqual([0, Infinity]);
  });

  it('answers as if it knew all times, and says in time when time will change the answer', () => {
    fc.assert(fc.property(some, times, fc.integer({ min: 1, max: 20 }), (list, asked, windowMs) => {
      const leaf = leafOf(list, capacityFor(asked));
      const truth = (now: number): boolean => timesHold(asked, list.filter((at) => at <= now && now - at <= windowMs).length);
      const answer = (now: number): boolean => timesHold(asked, countSince(leaf, now - windowMs));
      let due = -1;
      for (let now = Math.max(0, ...list); now < 60; now += 1) {
        expect(answer(now)).toBe(truth(now));
        if (due < 0 || now >= due) due = nextWindowChange(leaf, asked, windowMs, now);
        expect(due).toBeGreaterThan(now);
        expect(truth(now + 1) === truth(now) || due === now + 1).toBe(true);
      }
    }), { seed: 1, numRuns: 500 });
  });
});
