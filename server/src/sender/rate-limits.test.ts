import { describe, expect, it } from 'vitest';
import { RateLimits } from './rate-limits.ts';

describe('rates', () => {
  it('let through one second\'s worth at once and then as many as time brings', () => {
    const rates = new RateLimits({ perSecond: 3, perDomainPerSecond: {} }, 0);
    expect([1, 2, 3].map(() => rates.take('a.example', 0))).toEqual([null, null, null]);
    expect(rates.available(0)).toBe(0);
    expect(rates.take('a.example', 0)).toBe(334);
    expect(rates.take('a.example', 334)).toBeNull();
    expect(rates.take('b.example', 334)).not.toBeNull();
    expect(rates.available(10_000)).toBe(3);
  });

  it('of domains do not hinder each other, and let those that wait come back one after another', () => {
    const rates = new RateLimits({ perSecond: null, perDomainPerSecond: { 'a.example': 2, '*': 1 } }, 0);
    expect(rates.available(0)).toBe(Infinity);
    expect(['a.example', 'a.example', 'b.example', 'c.example'].map((domain) => rates.take(domain, 0))).toEqual([null, null, null, null]);
    const later = [1, 2, 3].map(() => rates.take('a.example', 0) ?? 0);
    expect(later).toEqual([500, 1_000, 1_500]);
    for (const at of later) expect(rates.take('a.example', at)).toBeNull();
  });

  it('slower than one a second still let one through', () => {
    const rates = new RateLimits({ perSecond: 0.1, perDomainPerSecond: {} }, 0);
    expect(rates.take('a.example', 0)).toBeNull();
    expect(rates.take('a.example', 0)).toBe(10_000);
    expect(rates.take('a.example', 10_000)).toBeNull();
  });
});
