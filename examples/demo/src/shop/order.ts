import { DAY_MS, HOUR_MS, MINUTE_MS, type JsonObject } from '@samovar/core';
import { amount } from './catalogue.ts';
import { worthOf } from './coupon.ts';
import { Dice } from './dice.ts';
import type { Floor } from './floor.ts';
import type { Cart, PlacedOrder, Shopper } from './shopper.ts';
import { SHOP_URL, tellFromBrowser, tellFromServer } from './telling.ts';

/** How often the page tells of an order too, beside the shop's server; it still is one order. */
const TOLD_TWICE = 0.3;
const ARRIVES_BROKEN = 0.07;
const REFUNDED = 0.04;
const CORRECTED = 0.02;
/** So long a click counts as what brought them, in the shop's own eyes. */
const BROUGHT_BY_CLICK_MS = 5 * DAY_MS;

/** Somebody pays. */
export function placeOrder(floor: Floor, shopper: Shopper, cart: Cart, dice: Dice): void {
  const { person, coupon } = shopper;
  const orderId = `T${1000 + person.number}-${shopper.orders.length + 1}`;
  const discount = coupon === null ? 0 : amount(cart.total * worthOf(coupon));
  const total = amount(cart.total - discount);
  const order: PlacedOrder = { orderId, items: cart.items, total, intact: !dice.chance(ARRIVES_BROKEN) };
  const properties: JsonObject = {
    order_id: orderId, cart_id: cart.cartId, total, subtotal: cart.total, currency: person.currency, products: [...cart.items], order_url: `${SHOP_URL}/orders/${orderId}`,
    expected_delivery: new Date(floor.now() + 4 * DAY_MS).toISOString().slice(0, 10), ...(coupon === null ? {} : { coupon, discount }),
  };
  shopper.orders.push(order);
  shopper.cart = null;
  shopper.coupon = null;
  book(floor, shopper, cart, order);
  if (coupon !== null) tellFromServer(floor, shopper, 'Coupon Applied', { coupon_id: coupon, coupon_name: coupon, order_id: orderId, cart_id: cart.cartId, discount });
  tellFromServer(floor, shopper, 'Order Completed', properties);
  if (dice.chance(TOLD_TWICE)) floor.plan(person, floor.now() + MINUTE_MS / 6, () => tellFromBrowser(floor, shopper, 'Order Completed', properties, true));
  deliver(floor, shopper, order);
}

function book(floor: Floor, shopper: Shopper, cart: Cart, { orderId, total }: PlacedOrder): void {
  const { person, clickedAt } = shopper;
  const now = floor.now();
  floor.books.orders.set(orderId, {
    orderId, person, at: now, currency: person.currency, cartId: cart.cartId, total, refunded: 0,
    cameByMail: clickedAt !== null && now - clickedAt <= BROUGHT_BY_CLICK_MS,
  });
  const booked = floor.books.carts.get(cart.cartId);
  if (booked !== undefined) booked.boughtAt = now;
}

/** Packed, shipped, delivered; now and then corrected or taken back. */
function deliver(floor: Floor, shopper: Shopper, order: PlacedOrder): void {
  const { person } = shopper;
  const dice = Dice.of(floor.seed, 'delivery', order.orderId);
  const shippedAt = floor.now() + dice.between(4, 30) * HOUR_MS;
  const deliveredAt = shippedAt + dice.between(1, 4) * DAY_MS;
  const about = { order_id: order.orderId, currency: person.currency };
  if (dice.chance(CORRECTED)) floor.plan(person, floor.now() + HOUR_MS, () => correct(floor, shopper, order));
  floor.plan(person, shippedAt, () => tellFromServer(floor, shopper, 'Order Shipped', {
    ...about, carrier: 'Caravan Parcel', tracking_url: `${SHOP_URL}/track/${order.orderId}`,
    expected_delivery: new Date(deliveredAt).toISOString().slice(0, 10),
  }));
  floor.plan(person, deliveredAt, () => tellFromServer(floor, shopper, 'Order Delivered', about));
  if (dice.chance(REFUNDED)) floor.plan(person, deliveredAt + dice.between(1, 4) * DAY_MS, () => takeBack(floor, shopper, order));
}

/** Somebody noticed that an item was missing on the bill. */
function correct(floor: Floor, shopper: Shopper, order: PlacedOrder): void {
  const booked = floor.books.orders.get(order.orderId);
  if (booked === undefined) return;
  booked.total = amount(booked.total * 1.1);
  tellFromServer(floor, shopper, 'Order Updated', { order_id: order.orderId, total: booked.total, currency: booked.currency });
}

function takeBack(floor: Floor, shopper: Shopper, order: PlacedOrder): void {
  const booked = floor.books.orders.get(order.orderId);
  const [item] = order.items;
  if (booked === undefined || item === undefined) return;
  const refund = Math.min(amount(item.price), booked.total);
  booked.refunded = refund;
  tellFromServer(floor, shopper, 'Order Refunded', { order_id: order.orderId, refund, total: refund, currency: booked.currency });
}
