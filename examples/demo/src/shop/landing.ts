import { DAY_MS } from '@samovar/core';
import { Dice } from './dice.ts';
import type { Floor } from './floor.ts';
import type { Shopper } from './shopper.ts';
import { tellFromServer } from './telling.ts';
import { visit } from './visit.ts';

/** How many of those who are asked for a review write one. */
const WRITES_REVIEW = 0.6;

/** Somebody followed a link out of a mail and stands in the shop: what for, the address says. */
export function land(floor: Floor, shopper: Shopper, location: string): void {
  if (!URL.canParse(location)) return;
  const { pathname, searchParams } = new URL(location);
  const orderId = searchParams.get('order') ?? '';
  const [, room = ''] = pathname.split('/');
  switch (room) {
    case 'feedback': return tellFromServer(floor, shopper, 'Feedback Given', { order_id: orderId, answer: searchParams.get('answer') ?? 'good' });
    case 'reviews': return review(floor, shopper, orderId);
    case 'orders': case 'track': return;
    case 'cart': case 'checkout': return visit(floor, shopper, 'mail-cart');
    default: return visit(floor, shopper, 'mail-offer');
  }
}

function review(floor: Floor, shopper: Shopper, orderId: string): void {
  const dice = Dice.of(floor.seed, 'review', orderId);
  const order = shopper.orders.find((one) => one.orderId === orderId);
  const [item] = order?.items ?? [];
  if (item === undefined || !dice.chance(WRITES_REVIEW)) return;
  floor.plan(shopper.person, floor.now() + dice.between(0.001, 0.01) * DAY_MS, () => {
    tellFromServer(floor, shopper, 'Product Reviewed', { product_id: item.product_id, order_id: orderId, rating: dice.whole(4, 5) });
  });
}
