import type { Millis } from '@samovar/core';
import type { CartItem } from './catalogue.ts';
import type { Person } from './person.ts';

export interface Cart {
  readonly cartId: string;
  readonly items: readonly CartItem[];
  readonly total: number;
  /** Whether they were already at the till. */
  atCheckout: boolean;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly items: readonly CartItem[];
  readonly total: number;
  /** Whether everything arrived as it should. */
  readonly intact: boolean;
}

/** A person as the shop floor sees them: what changes while they come and go. */
export interface Shopper {
  readonly person: Person;
  signedUp: boolean;
  visits: number;
  /** Items told about them, to give each an id of its own. */
  told: number;
  cart: Cart | null;
  readonly orders: PlacedOrder[];
  /** A code from a mail that the next order will bear. */
  coupon: string | null;
  /** When they were last brought by a click. */
  clickedAt: Millis | null;
  /** When mails came lately. */
  letters: Millis[];
  /** A visit is planned or under way, so no second one begins. */
  busyUntil: Millis;
}

export function newShopper(person: Person): Shopper {
  return {
    person, signedUp: false, visits: 0, told: 0, cart: null, orders: [], coupon: null, clickedAt: null, letters: [], busyUntil: 0,
  };
}
