import type { Millis } from '@samovar/core';
import type { Currency } from './catalogue.ts';
import type { Person } from './person.ts';

export interface BookedCart {
  readonly cartId: string;
  readonly person: Person;
  readonly leftAt: Millis;
  readonly total: number;
  boughtAt: Millis | null;
}

export interface BookedOrder {
  readonly orderId: string;
  readonly person: Person;
  readonly at: Millis;
  readonly currency: Currency;
  readonly cartId: string;
  total: number;
  refunded: number;
  /** Whether a click in one of our mails brought them. */
  readonly cameByMail: boolean;
}

/** What the shop itself wrote down, for comparison with what Samovar counted. */
export class Books {
  readonly carts = new Map<string, BookedCart>();
  readonly orders = new Map<string, BookedOrder>();
  /** Who wanted no more letters of a kind, when, and which letter it was that they had enough of. */
  readonly goodbyes: { readonly person: Person; readonly at: Millis; readonly messageId: string }[] = [];
  readonly signedUp = new Map<string, Millis>();
  visits = 0;
  /** Opened by people or machines, clicked by people or machines. */
  opens = 0;
  clicks = 0;

  /** Sales and refunds by currency, in major units. */
  turnover(): Map<Currency, { orders: number; total: number; refunded: number }> {
    const sums = new Map<Currency, { orders: number; total: number; refunded: number }>();
    for (const { currency, total, refunded } of this.orders.values()) {
      const sum = sums.get(currency) ?? { orders: 0, total: 0, refunded: 0 };
      sums.set(currency, { orders: sum.orders + 1, total: cents(sum.total + total), refunded: cents(sum.refunded + refunded) });
    }
    return sums;
  }
}

/** Sums of decimals drift; money does not. */
const cents = (value: number): number => Math.round(value * 100) / 100;
