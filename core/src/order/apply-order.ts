import { count, decide, type Turn } from '../advance/turn.ts';
import type { OrderState, SentMessage } from '../contact/contact-state.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import { toMinor } from './money.ts';

/** Orders remembered per contact, to recognise repeats and corrections. */
export const ORDER_MEMORY_LIMIT = 1000;

/** Event names of the e-commerce specification of Segment that concern orders. */
export const ORDER_COMPLETED = 'Order Completed';
const ORDER_EVENTS = new Set([ORDER_COMPLETED, 'Order Updated', 'Order Refunded', 'Order Cancelled']);

/** `repeat`: an order that is already known, which neither conditions nor journeys may count again. */
export type OrderOutcome = 'none' | 'new' | 'repeat' | 'corrected';

export function orderIdOf(event: TrackedEvent): string | null {
  if (event.type !== 'track' || !ORDER_EVENTS.has(event.name)) return null;
  const id = event.properties.order_id ?? event.properties.orderId;
  return typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : null;
}

/** Books an order event: a new order, a change of a known one, a refund. Orders are unique by their id. */
export function applyOrder(turn: Turn, event: TrackedEvent): OrderOutcome {
  if (event.type !== 'track' || !ORDER_EVENTS.has(event.name)) return 'none';
  const orderId = orderIdOf(event) ?? event.messageId;
  const known = own(turn.contact.orders, orderId);
  const currency = currencyOf(turn, event, known);
  if (event.name === 'Order Refunded' || event.name === 'Order Cancelled') {
    refund(turn, event, orderId, known ?? emptyOrder(event, currency));
    return 'corrected';
  }
  const total = toMinor(event.properties.total ?? event.properties.revenue ?? event.properties.value, currency);
  if (total === null || total < 0) {
    decide(turn, 'order_ignored', { reason: 'no_total', order: orderId, total: event.properties.total ?? null });
    return known === undefined ? 'none' : 'repeat';
  }
  if (known === undefined) {
    book(turn, orderId, { ...emptyOrder(event, currency), totalMinor: total, touch: touchOf(turn, event.occurredAt), trusted: event.trusted });
    return event.name === ORDER_COMPLETED ? 'new' : 'corrected';
  }
  if (known.currency === currency && (event.trusted || !known.trusted)) change(turn, orderId, known, { totalMinor: total });
  return event.name === ORDER_COMPLETED ? 'repeat' : 'corrected';
}

/** Takes an order back, as if it had never been counted for this contact. */
export function revokeOrder(turn: Turn, orderId: string): void {
  const order = own(turn.contact.orders, orderId);
  if (order === undefined) return;
  delete turn.contact.orders[orderId];
  report(turn, order, { orders: -1, revenue: -order.totalMinor, refunded: -order.refundedMinor });
  turn.effects.push({ kind: 'order', orderId, order: null });
  decide(turn, 'order_duplicate', { order: orderId });
}

function book(turn: Turn, orderId: string, order: OrderState): void {
  const { orders } = turn.contact;
  turn.contact.toldOrders = true;
  put(orders, orderId, order);
  turn.effects.push({ kind: 'order', orderId, order: { ...order } });
  report(turn, order, { orders: 1, revenue: order.totalMinor, refunded: 0 });
  const ids = Object.keys(orders);
  if (ids.length > ORDER_MEMORY_LIMIT) {
    const oldest = ids.reduce((a, b) => ((orders[a]?.at ?? 0) <= (orders[b]?.at ?? 0) ? a : b));
    delete orders[oldest];
  }
}

function refund(turn: Turn, event: TrackedEvent, orderId: string, order: OrderState): void {
  const { properties } = event;
  const asked = toMinor(properties.refund ?? properties.total ?? properties.revenue ?? properties.value, order.currency);
  const open = order.totalMinor - order.refundedMinor;
  const unknown = own(turn.contact.orders, orderId) === undefined;
  const amount = Math.abs(event.name === 'Order Cancelled' || asked === null ? open : unknown ? asked : Math.min(Math.abs(asked), open));
  if (unknown) put(turn.contact.orders, orderId, order);
  change(turn, orderId, order, { refundedMinor: order.refundedMinor + amount });
}

function change(turn: Turn, orderId: string, order: OrderState, to: Partial<Pick<OrderState, 'totalMinor' | 'refundedMinor'>>): void {
  const before = { ...order };
  Object.assign(order, to);
  turn.effects.push({ kind: 'order', orderId, order: { ...order } });
  report(turn, order, { orders: 0, revenue: order.totalMinor - before.totalMinor, refunded: order.refundedMinor - before.refundedMinor });
}

function report(turn: Turn, order: OrderState, change: { orders: number; revenue: number; refunded: number }): void {
  const things = ['workspace'];
  if (order.touch !== null) things.push(`journey:${order.touch.journey}`, `step:${order.touch.journey}/${order.touch.step}`);
  for (const thing of things) {
    if (change.orders !== 0) count(turn, thing, thing === 'workspace' ? 'orders' : 'converted', change.orders);
    if (change.revenue !== 0) count(turn, thing, `revenue:${order.currency}`, change.revenue);
    if (change.refunded !== 0) count(turn, thing, `refunded:${order.currency}`, change.refunded);
  }
}

function emptyOrder(event: TrackedEvent, currency: string): OrderState {
  return { at: event.occurredAt, currency, totalMinor: 0, refundedMinor: 0, touch: null, trusted: event.trusted };
}

function currencyOf(turn: Turn, event: TrackedEvent, known: OrderState | undefined): string {
  const given = event.properties.currency;
  if (typeof given === 'string' && /^[A-Za-z]{3}$/u.test(given)) return given.toUpperCase();
  return known?.currency ?? turn.program.workspace.currency;
}

/** Last touch: the last message clicked within its window before the order, failing that the last one opened by a person. */
function touchOf(turn: Turn, at: number): OrderState['touch'] {
  const { clickWindowMs, openWindowMs } = turn.program.workspace.attribution;
  const message = latestTouch(turn, at, clickWindowMs, (one) => one.clickedAt) ?? latestTouch(turn, at, openWindowMs, (one) => one.openedAt);
  return message === undefined ? null : { messageId: message.id, journey: message.journey, step: message.step };
}

function latestTouch(turn: Turn, at: number, windowMs: number, timeOf: (message: SentMessage) => number | null): SentMessage | undefined {
  let latest: SentMessage | undefined;
  for (const message of turn.contact.messages) {
    const time = timeOf(message);
    if (time === null || time > at || time < at - windowMs) continue;
    if (latest === undefined || time >= (timeOf(latest) ?? 0)) latest = message;
  }
  return latest;
}
