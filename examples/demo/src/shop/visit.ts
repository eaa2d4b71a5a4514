import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '@samovar/core';
import { amount, cartItem, pickProduct, subtotalOf } from './catalogue.ts';
import type { CartItem } from './catalogue.ts';
import { Dice } from './dice.ts';
import type { Floor } from './floor.ts';
import { placeOrder } from './order.ts';
import type { Cart, Shopper } from './shopper.ts';
import { identify, pageViewed, SHOP_URL, tellFromBrowser, tellFromServer } from './telling.ts';

/** What brings somebody: their own habit, or a click, which leads to the cart they left or to the shelves. */
export type Reason = 'habit' | 'mail-cart' | 'mail-offer' | 'remembered';

/** How likely somebody who came for a reason puts something into the cart. */
const FILLS_CART: Readonly<Record<Reason, number>> = { habit: 0.26, 'mail-cart': 0.3, 'mail-offer': 0.36, remembered: 0.3 };
/** How likely somebody who finds their cart again buys what is in it. */
const BUYS_CART: Readonly<Record<Reason, number>> = { habit: 0.35, 'mail-cart': 0.45, 'mail-offer': 0.4, remembered: 0.5 };
/** How likely a visitor without an account makes one when they only look. */
const SIGNS_UP = 0.3;
/** How likely somebody thinks of their cart without being reminded. */
const REMEMBERS = 0.1;

/** Somebody comes to the shop. Each thing that they do there happens at its own time. */
export function visit(floor: Floor, shopper: Shopper, reason: Reason): void {
  const start = floor.now();
  if (start < shopper.busyUntil) return;
  shopper.visits += 1;
  floor.books.visits += 1;
  const dice = Dice.of(floor.seed, 'visit', shopper.person.number, shopper.visits);
  const { cart } = shopper;
  pageViewed(floor, shopper, cart !== null && reason !== 'habit' ? 'Cart' : 'Home', cart !== null && reason !== 'habit' ? '/cart' : '/');
  if (cart !== null && (reason !== 'habit' || dice.chance(0.3))) returnToCart(floor, shopper, cart, reason, dice);
  else browse(floor, shopper, reason, dice);
}

function returnToCart(floor: Floor, shopper: Shopper, cart: Cart, reason: Reason, dice: Dice): void {
  const { person } = shopper;
  const lookedAt = floor.now() + dice.between(10, 60) * SECOND_MS;
  shopper.busyUntil = lookedAt + 10 * MINUTE_MS;
  floor.plan(person, lookedAt, () => tellFromBrowser(floor, shopper, 'Cart Viewed', { cart_id: cart.cartId, products: [...cart.items] }));
  const coupon = shopper.coupon === null ? 0 : 0.15;
  if (!dice.chance(BUYS_CART[reason] + coupon)) return;
  floor.plan(person, lookedAt + dice.between(1, 6) * MINUTE_MS, () => {
    if (shopper.cart === cart) placeOrder(floor, shopper, cart, dice);
  });
}

function browse(floor: Floor, shopper: Shopper, reason: Reason, dice: Dice): void {
  const { person } = shopper;
  let at = floor.now();
  const viewed = Array.from({ length: dice.whole(1, 5) }, () => pickProduct(dice));
  for (const product of viewed) {
    at += dice.between(15, 120) * SECOND_MS;
    const item = cartItem(product, 1, person.language, person.currency);
    floor.plan(person, at, () => tellFromBrowser(floor, shopper, 'Product Viewed', { ...item, currency: person.currency }));
  }
  const fills = dice.chance(FILLS_CART[reason] * Math.min(person.appetite, 1.6));
  if (fills) at = fillCart(floor, shopper, viewed.map((product) => cartItem(product, dice.whole(1, quantityLimit(shopper, product.price)), person.language, person.currency)), at, dice);
  else if (!shopper.signedUp && dice.chance(SIGNS_UP)) floor.plan(person, at + MINUTE_MS, () => signUp(floor, shopper, 'sign-up form'));
  shopper.busyUntil = at + 10 * MINUTE_MS;
}

/** Nobody buys three samovars at once. */
function quantityLimit({ person }: Shopper, price: number): number {
  return price > 50 ? 1 : Math.max(1, Math.round(2 * person.appetite));
}

/** From the shelf to the till, where most turn round. Answers when they leave. */
function fillCart(floor: Floor, shopper: Shopper, viewed: readonly CartItem[], from: Millis, dice: Dice): Millis {
  const { person } = shopper;
  const items = [...new Map(viewed.slice(-dice.whole(1, 3)).map((item) => [item.sku, item])).values()];
  const cartId = `cart-${person.number}-${shopper.visits}`;
  let at = from;
  for (const item of items) {
    at += dice.between(5, 40) * SECOND_MS;
    floor.plan(person, at, () => tellFromBrowser(floor, shopper, 'Product Added', { ...item, cart_id: cartId, currency: person.currency }));
  }
  at += dice.between(0.5, 3) * MINUTE_MS;
  const buys = dice.chance(person.decided);
  floor.plan(person, at, () => {
    if (!shopper.signedUp) signUp(floor, shopper, 'checkout');
    startCheckout(floor, shopper, { cartId, items, total: subtotalOf(items), atCheckout: true });
  });
  at += dice.between(1, 5) * MINUTE_MS;
  floor.plan(person, at, () => {
    const { cart } = shopper;
    if (cart?.cartId !== cartId) return;
    if (buys) placeOrder(floor, shopper, cart, dice);
    else if (dice.chance(REMEMBERS)) floor.plan(person, floor.now() + dice.between(3, 40) * HOUR_MS, () => visit(floor, shopper, 'remembered'));
  });
  return at;
}

function startCheckout(floor: Floor, shopper: Shopper, cart: Cart): void {
  const { person } = shopper;
  shopper.cart = cart;
  floor.books.carts.set(cart.cartId, { cartId: cart.cartId, person, leftAt: floor.now(), total: cart.total, boughtAt: null });
  tellFromBrowser(floor, shopper, 'Checkout Started', {
    cart_id: cart.cartId, total: amount(cart.total), value: amount(cart.total), currency: person.currency, products: [...cart.items],
    cart_url: `${SHOP_URL}/cart/${cart.cartId}`,
  }, true);
}

export function signUp(floor: Floor, shopper: Shopper, form: string): void {
  if (shopper.signedUp) return;
  shopper.signedUp = true;
  floor.books.signedUp.set(shopper.person.userId, floor.now());
  identify(floor, shopper, form);
  tellFromServer(floor, shopper, 'Signed Up', { form });
}

/** The next visit out of habit, and the one after it, for ever. */
export function keepVisiting(floor: Floor, shopper: Shopper): void {
  const dice = Dice.of(floor.seed, 'habit', shopper.person.number);
  const next = (): void => {
    const at = floor.now() + dice.waiting(DAY_MS / shopper.person.visitsPerDay);
    floor.plan(shopper.person, awake(at, shopper.person.timezone, dice), () => {
      visit(floor, shopper, 'habit');
      next();
    });
  };
  next();
}

/** People sleep: what would happen at night happens in the morning. */
export function awake(at: Millis, timezone: string, dice: Dice): Millis {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: timezone }).format(at));
  return hour < 7 ? at + (7 - hour) * HOUR_MS + dice.between(0, 150) * MINUTE_MS : at;
}
