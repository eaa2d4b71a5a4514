import type { Millis } from '@samovar/core';

/** What somebody is going to do, and when. */
export interface Plan {
  readonly at: Millis;
  /** Whose plan it is; orders plans of the same instant, so that the story is the same on every run. */
  readonly owner: number;
  readonly run: () => void;
}

interface Entry extends Plan {
  readonly order: number;
}

/** Plans in order of time. */
export class Agenda {
  readonly #heap: Entry[] = [];
  readonly #counts = new Map<number, number>();

  get nextAt(): Millis {
    return this.#heap[0]?.at ?? Infinity;
  }

  add(plan: Plan): void {
    const order = (this.#counts.get(plan.owner) ?? 0) + 1;
    this.#counts.set(plan.owner, order);
    this.#heap.push({ at: plan.at, owner: plan.owner, run: plan.run, order });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the earliest plan out, if it is due. */
  take(until: Millis): Plan | null {
    const [first] = this.#heap;
    if (first === undefined || first.at > until) return null;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfEarlier(child, parent)) return;
      child = parent;
    }
  }

  #sink(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1;
      const child = left + 1 < this.#heap.length && isEarlier(this.#heap[left + 1], this.#heap[left]) ? left + 1 : left;
      if (child >= this.#heap.length || !this.#swapIfEarlier(child, parent)) return;
      parent = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const [a, b] = [this.#heap[child], this.#heap[parent]];
    if (a === undefined || b === undefined || !isEarlier(a, b)) return false;
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }
}

function isEarlier(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at - b.at < 0 || (a.at === b.at && (a.owner < b.owner || (a.owner === b.owner && a.order < b.order)));
}
