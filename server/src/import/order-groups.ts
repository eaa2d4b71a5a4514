/** Lines of one order may be so many rows apart. */
export const ORDER_WINDOW_ROWS = 20_000;

/** Orders that are gathered at once; more would be a file that is not ordered at all. */
const OPEN_ORDERS_LIMIT = 50_000;

const SEEN_BITS = 2 ** 27;
const SEEN_HASHES = 7;

/**
 * Remembers which orders are finished, in a fixed 16 MiB (a Bloom filter: of five million orders it mistakes about four
 * in a million lines), so that a line that comes too late is reported instead of becoming a second order.
 */
class FinishedIds {
  readonly #bits = new Uint32Array(SEEN_BITS / 32);

  #positions(id: string): number[] {
    let a = 0x811c9dc5;
    let b = 0x9747b28c;
    for (let i = 0; i < id.length; i += 1) {
      a = Math.imul(a ^ id.charCodeAt(i), 0x01000193);
      b = Math.imul(b ^ id.charCodeAt(i), 0x5bd1e995);
      b ^= b >>> 13;
    }
    const step = (b | 1) >>> 0;
    return Array.from({ length: SEEN_HASHES }, (_, i) => ((a >>> 0) + i * step) % SEEN_BITS);
  }

  add(id: string): void {
    for (const bit of this.#positions(id)) this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  has(id: string): boolean {
    return this.#positions(id).every((bit) => ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }
}

interface Open<Group> {
  id: string;
  group: Group;
  lastRow: number;
}

/** Gathers the lines of orders that lie near each other in a file, and gives an order out once its last line is far behind. */
export class OrderGroups<Group> {
  readonly #window: number;
  readonly #open = new Map<string, Open<Group>>();
  readonly #finished = new FinishedIds();
  #row = 0;

  constructor(window = ORDER_WINDOW_ROWS) {
    this.#window = window;
  }

  /** The group of the row's order: the one begun before, a new one, or null when the order was given out already. */
  group(id: string, begin: () => Group): Group | null {
    this.#row += 1;
    const known = this.#open.get(id);
    if (known !== undefined) {
      known.lastRow = this.#row;
      // Moved to the end, so that the map stays in the order of last rows.
      this.#open.delete(id);
      this.#open.set(id, known);
      return known.group;
    }
    if (this.#finished.has(id)) return null;
    const group = begin();
    this.#open.set(id, { id, group, lastRow: this.#row });
    return group;
  }

  /** The orders that are complete, in the order of their last lines. */
  *complete(): Generator<Group> {
    for (const open of this.#open.values()) {
      if (open.lastRow + this.#window > this.#row && this.#open.size <= OPEN_ORDERS_LIMIT) return;
      yield this.#finish(open);
    }
  }

  /** All that are left, at the end of the file. */
  *rest(): Generator<Group> {
    for (const open of this.#open.values()) yield this.#finish(open);
  }

  #finish(open: Open<Group>): Group {
    this.#open.delete(open.id);
    this.#finished.add(open.id);
    return open.group;
  }
}
