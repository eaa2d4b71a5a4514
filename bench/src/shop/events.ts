import { contactIdOf, shardOf, type ContactId, type Identifier, type JsonObject, type TrackedEvent } from '@samovar/core';
import type { NewRecord } from '@samovar/store';
import { CATEGORIES, COUNTRIES } from './definitions.ts';
import { seededRandom } from './random.ts';

const PRODUCTS = 1_000;

/** How many of a thousand events are of each kind; the rest are page views. */
const MIX = { viewed: 280, added: 100, checkout: 40, order: 25, identify: 60, searched: 45 };

/** What browsers add to every call. */
const CONTEXT: JsonObject = {
  ip: '203.0.113.7', locale: 'de-DE', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  page: { path: '/c/shoes', title: 'Shoes', url: 'https://shop.example/c/shoes', referrer: 'https://search.example/' },
  library: { name: 'analytics.js', version: '1.84.3' }, timezone: 'Europe/Berlin',
};

interface Visitor {
  id: ContactId;
  identifiers: Identifier[];
  userId: string | null;
  carts: number;
}

/** A shop's visitors, half of them known by a user id, who do what visitors do, evenly spread over all of them. */
export class Shop {
  readonly #random: () => number;
  readonly #visitors: Visitor[];
  readonly #workspaceId: number;
  #made = 0;

  constructor({ workspaceId, visitors, seed = 1, prefix = '' }: { workspaceId: number; visitors: number; seed?: number; prefix?: string }) {
    this.#random = seededRandom(seed);
    this.#workspaceId = workspaceId;
    this.#visitors = Array.from({ length: visitors }, (_, n): Visitor => {
      const device: Identifier = { kind: 'anonymous', value: `${prefix}device-${n}` };
      const user: Identifier | null = n % 2 === 0 ? { kind: 'user', value: `${prefix}user-${n}` } : null;
      const identifiers = user === null ? [device] : [user, device];
      return { id: contactIdOf(workspaceId, user ?? device), identifiers, userId: user?.value ?? null, carts: 0 };
    });
  }

  /** The next events, all received at `at`. */
  events(count: number, at: number): NewRecord[] {
    return Array.from({ length: count }, () => {
      const visitor = this.#visitors[this.#below(this.#visitors.length)];
      if (visitor === undefined) throw new RangeError('a shop without visitors');
      return { workspaceId: this.#workspaceId, contactId: visitor.id, record: this.#event(visitor, at) };
    });
  }

  /** Contacts of each shard, to see how evenly they lie. */
  spread(shardCount: number): number[] {
    const counts = Array.from({ length: shardCount }, () => 0);
    for (const { id } of this.#visitors) counts[shardOf(id, shardCount)] = (counts[shardOf(id, shardCount)] ?? 0) + 1;
    return counts;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #event(visitor: Visitor, at: number): TrackedEvent {
    const kind = this.#below(1_000);
    const product = this.#below(PRODUCTS);
    const item = { product_id: `p${product}`, name: `Product ${product}`, category: CATEGORIES[product % 10] ?? '', price: 10 + (product % 90) };
    let edge = MIX.viewed;
    if (kind < edge) return this.#track(visitor, at, 'Product Viewed', { ...item, url: `https://shop.example/p/${product}`, currency: 'EUR' });
    if (kind < (edge += MIX.added)) return this.#track(visitor, at, 'Product Added', { ...item, quantity: 1, cart_id: this.#cart(visitor), currency: 'EUR' });
    if (kind < (edge += MIX.checkout)) return this.#track(visitor, at, 'Checkout Started', { cart_id: this.#cart(visitor), value: item.price, currency: 'EUR', products: [item] });
    if (kind < (edge += MIX.order)) {
      const cart = this.#cart(visitor);
      visitor.carts += 1;
      return this.#track(visitor, at, 'Order Completed', { order_id: `o-${cart}`, cart_id: cart, total: item.price, currency: 'EUR', products: [item] });
    }
    if (kind < (edge += MIX.identify) && visitor.userId !== null) return this.#identify(visitor, at, visitor.userId);
    if (kind < edge + MIX.searched) return this.#track(visitor, at, 'Products Searched', { query: item.category });
    const page = { path: `/c/${item.category}`, title: item.category, url: `https://shop.example/c/${item.category}`, referrer: 'https://search.example/' };
    return { ...this.#track(visitor, at, 'Page Viewed', page), type: 'page' };
  }

  #cart(visitor: Visitor): string {
    return `${visitor.id.slice(0, 8)}-${visitor.carts}`;
  }

  #identify(visitor: Visitor, at: number, userId: string): TrackedEvent {
    const traits: JsonObject = {
      email: `${userId}@example.com`, first_name: 'Sara', last_name: 'Example', consent: true,
      address: { country: COUNTRIES[userId.length % 8] ?? 'DE', city: 'Berlin' }, plan: 'basic',
    };
    return { ...this.#track(visitor, at, 'Identify', {}), type: 'identify', traits, trusted: true };
  }

  #track(visitor: Visitor, at: number, name: string, properties: JsonObject): TrackedEvent {
    this.#made += 1;
    return {
      kind: 'event', type: 'track', name, messageId: `ajs-next-${this.#made}-${visitor.id}`, receivedAt: at, occurredAt: at - 120,
      identifiers: visitor.identifiers, properties, traits: {}, context: CONTEXT, trusted: false, historical: false,
    };
  }
}
