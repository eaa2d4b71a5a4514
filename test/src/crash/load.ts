import type { Random } from '../random.ts';

const PEOPLE = 120;
const RETRY_PAUSE_MS = 50;
const REPEAT_SHARE = 0.2;

interface Item {
  type: string;
  messageId: string;
  [field: string]: unknown;
}

/** What was acknowledged, as the shop's own books have it. */
export interface Books {
  messageIds: Set<string>;
  orders: Map<string, number>;
  carts: Set<string>;
}

/**
 * A shop that sends batches until each is acknowledged, whatever dies meanwhile, and now and then sends one again that
 * was acknowledged before.
 */
export class Load {
  readonly books: Books = { messageIds: new Set(), orders: new Map(), carts: new Set() };
  readonly #random: Random;
  readonly #url: string;
  readonly #key: string;
  #running = true;
  #number = 0;
  #lanes: Promise<void>[] = [];

  constructor(random: Random, url: string, key: string) {
    this.#random = random;
    this.#url = url;
    this.#key = key;
  }

  start(lanes: number): void {
    this.#lanes = Array.from({ length: lanes }, () => this.#lane());
  }

  /** Ends once every batch that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#lanes);
  }

  async #lane(): Promise<void> {
    let before: Item[] | null = null;
    while (this.#running) {
      const batch = this.#batch();
      await this.#sendUntilAcknowledged(batch);
      this.#book(batch);
      if (before !== null && this.#random.next() < REPEAT_SHARE) await this.#sendUntilAcknowledged(before);
      before = batch;
    }
  }

  #batch(): Item[] {
    return Array.from({ length: 1 + this.#random.below(12) }, () => this.#item());
  }

  #item(): Item {
    this.#number += 1;
    const n = this.#number;
    const person = this.#random.below(PEOPLE);
    const base = { messageId: `m${n}`, userId: `u${person}` };
    const kind = this.#random.below(10);
    if (kind < 2) {
      return { ...base, type: 'identify', anonymousId: `a${person}-${this.#random.below(3)}`, traits: { email: `u${person}@example.com`, consent: true, visits: n } };
    }
    if (kind < 4) return { ...base, type: 'track', event: 'Order Completed', properties: { order_id: `o${n}`, total: 1 + (n % 50), currency: 'EUR' } };
    if (kind < 6) return { ...base, type: 'track', event: 'Checkout Started', properties: { cart_id: `c${n}` } };
    if (kind < 8) return { type: 'page', messageId: `m${n}`, anonymousId: `a${person}-${this.#random.below(3)}`, name: 'Home', properties: {} };
    return { ...base, type: 'track', event: 'Product Viewed', properties: { sku: `s${n % 20}` } };
  }

  #book(batch: readonly Item[]): void {
    for (const item of batch) {
      this.books.messageIds.add(item.messageId);
      const properties = item.properties as { order_id?: string; total?: number; cart_id?: string } | undefined;
      if (properties?.order_id !== undefined) this.books.orders.set(properties.order_id, (properties.total ?? 0) * 100);
      if (properties?.cart_id !== undefined) this.books.carts.add(properties.cart_id);
    }
  }

  async #sendUntilAcknowledged(batch: readonly Item[]): Promise<void> {
    const body = JSON.stringify({ batch });
    const authorization = `Basic ${Buffer.from(`${this.#key}:`).toString('base64')}`;
    for (;;) {
      const status = await this.#post(body, authorization);
      if (status === 200) return;
      if (status !== null && status < 500 && status !== 429) throw new Error(`the server refused a batch: ${status}`);
      await pause(RETRY_PAUSE_MS);
    }
  }

  async #post(body: string, authorization: string): Promise<number | null> {
    try {
      const response = await fetch(`${this.#url}/v1/batch`, { method: 'POST', body, headers: { authorization, 'content-type': 'application/json' }, signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // Nobody there, or gone in the middle: not acknowledged, so it is sent again.
      return null;
    }
  }

  /** People are known, and have agreed, before anything else happens. */
  async introduceEverybody(): Promise<void> {
    for (let person = 0; person < PEOPLE; person += 1) {
      this.#number += 1;
      const batch: Item[] = [{ type: 'identify', messageId: `m${this.#number}`, userId: `u${person}`, traits: { email: `u${person}@example.com`, consent: true } }];
      await this.#sendUntilAcknowledged(batch);
      this.#book(batch);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
