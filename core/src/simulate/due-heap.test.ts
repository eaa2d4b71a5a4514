import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueHeap } from './due-heap.ts';

describe('a heap of things that fall due', () => {
  it('gives them back in order of time, those of the same time in the order in which they were added', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
      const heap = new DueHeap<number>();
      times.forEach((at, index) => heap.add(at, index));
      const taken: [number, number][] = [];
      for (let next = heap.takeUntil(Infinity); next !== null; next = heap.takeUntil(Infinity)) taken.push([next.at, next.item]);
      const expected = times.map((at, index): [number, number] => [at, index]).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(taken).toEqual(expected);
    }));
  });

  it('keeps what is not due yet', () => {
    const heap = new DueHeap<string>();
    heap.add(10, 'a');
    expect(heap.takeUntil(9)).toBeNull();
    expect(heap.takeUntil(10)).toEqual(expect.objectContaining({ at: 10, item: 'a' }));
    expect(heap.takeUntil(10)).toBeNull();
  });
});
