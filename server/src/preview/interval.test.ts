import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf } from './interval.ts';

describe('the interval of a share', () => {
  it('is Wilson\'s where the sample is a small part', () => {
    const { share, low, high } = shareOf(10, 100, 1e9);
    expect([share, low.toFixed(4), high.toFixed(4)]).toEqual([0.1, '0.0552', '0.1744']);
    expect(shareOf(0, 100, 1e9)).toMatchObject({ low: 0, high: expect.closeTo(0.037, 3) });
  });

  it('closes as the sample becomes everybody', () => {
    expect(shareOf(10, 100, 100)).toEqual({ share: 0.1, low: 0.1, high: 0.1 });
    expect(shareOf(0, 0, 0)).toEqual({ share: 0, low: 0, high: 1 });
    const width = (population: number): number => { const { low, high } = shareOf(30, 100, population); return high - low; };
    expect([width(1e9) > width(200), width(200) > width(110), width(110) > width(101)]).toEqual([true, true, true]);
  });

  it('holds the share, between 0 and 1', () => {
    fc.assert(fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000_000), (a, sampled, more) => {
      const hits = Math.min(a, sampled);
      const { share, low, high } = shareOf(hits, sampled, sampled + more);
      expect(low >= 0 && high <= 1 && low <= share + 1e-12 && share <= high + 1e-12).toBe(true);
    }));
  });

  it('holds the truth in about 95 of 100 samples, however rare', () => {
    // A fixed sequence of draws, so that the figure is the same in every run.
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    for (const truth of [0.01, 0.2, 0.5]) {
      let held = 0;
      for (let round = 0; round < 2_000; round += 1) {
        let hits = 0;
        for (let n = 0; n < 300; n += 1) if (random() < truth) hits += 1;
        const { low, high } = shareOf(hits, 300, 1e9);
        if (low <= truth && truth <= high) held += 1;
      }
      expect(held / 2_000).toBeGreaterThan(0.92);
    }
  });
});
