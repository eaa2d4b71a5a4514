import type { Millis } from '../time.ts';

interface Due<Item> {
  at: Millis;
  /** Of two things due at the same time the one that was added first comes first. */
  order: number;
  item: Item;
}

/** Things with the time at which they fall due, taken out in order of time. */
export class DueHeap<Item> {
  readonly #heap: Due<Item>[] = [];
  #added = 0;

  add(at: Millis, item: Item): void {
    this.#added += 1;
    this.#heap.push({ at, order: this.#added, item });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes out the first thing due at or before `until`; null: there is none. */
  takeUntil(until: Millis): { at: Millis; item: Item } | null {
    const [first] = this.#heap;
    if (first === undefined || first.at > until) return null;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(index: number): void {
    let child = index;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #sink(index: number): void {
    let parent = index;
    for (;;) {
      const left = 2 * parent + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const lower = this.#heap[child];
    const upper = this.#heap[parent];
    if (lower === undefined || upper === undefined || !this.#isBefore(child, parent)) return false;
    this.#heap[child] = upper;
    this.#heap[parent] = lower;
    return true;
  }

  #isBefore(index: number, other: number): boolean {
    const a = this.#heap[index];
    const b = this.#heap[other];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
}
