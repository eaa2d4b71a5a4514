import type { Floor } from './floor.ts';
import type { Shopper } from './shopper.ts';
import { tellFromServer } from './telling.ts';
import { visit } from './visit.ts';

/** Somebody followed a link out of a mail and stands in the shop: what for, the address says. */
export function land(floor: Floor, shopper: Shopper, location: string): void {
  if (!URL.canParse(location)) return;
  const url = new URL(location);
  const coupon = url.searchParams.get('coupon');
  if (coupon !== null) shopper.coupon = coupon;
  const [, room = '', id = ''] = url.pathname.split('/');
  if (room === 'review') review(floor, shopper, id);
  else if (room === 'cart' || room === 'checkout') visit(floor, shopper, 'mail-cart');
  else if (room !== 'track' && room !== 'orders') visit(floor, shopper, 'mail-offer');
}

function review(floor: Floor, shopper: Shopper, orderId: string): void {
  const order = shopper.orders.find((one) => one.orderId === orderId) ?? shopper.orders.at(-1);
  if (order === undefined) return;
  tellFromServer(floor, shopper, 'Product Reviewed', { order_id: order.orderId, rating: 5 });
}
