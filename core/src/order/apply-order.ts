import { count, decide, touchSegments, type Turn } from '../advance/turn.ts';
import type { OrderState, SentMessage } from '../contact/contact-state.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import type { ContactId } from '../identity/ids.ts';
import { toMinor } from './money.ts';
import { contributionsOf, joinOrders, mentionedOrder, totalSupersedes, withRefunds } from './order-state.ts';

/** Orders remembered per contact, to recognise repeats and corrections. */
export const ORDER_MEMORY_LIMIT = 1000;

/** Event names of the e-commerce specification of Segment that concern orders. */
export const ORDER_COMPLETED = 'Order Completed';
const TELLS_ORDER = new Set([ORDER_COMPLETED, 'Order Updated']);
const TAKES_BACK = new Set(['Order Refunded', 'Order Cancelled']);

/** `repeat`: an order that is already known, which neither conditions nor journeys may count again. */
export type OrderOutcome = 'none' | 'new' | 'repeat' | 'corrected';

/** The id of the order that an event is about; null: it is about none, or names none. */
export function orderIdOf(event: TrackedEvent): string | null {
  if (event.type !== 'track' || (!TELLS_ORDER.has(event.name) && !TAKES_BACK.has(event.name))) return null;
  const given = event.properties.order_id ?? event.properties.orderId;
  const id = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim() : '';
  return id === '' ? null : id;
}

/** The order that an event makes count for its contact, if nobody was told it before. */
export function toldOrderIdOf(event: TrackedEvent): string | null {
  return TELLS_ORDER.has(event.name) ? orderIdOf(event) : null;
}

/**
 * Books an order event: a new order, a change of a known one, a refund. Orders are unique by their id, and the same
 * set of events leaves the same order whatever their order of arrival.
 */
export function applyOrder(turn: Turn, event: TrackedEvent): OrderOutcome {
  if (event.type !== 'track') return 'none';
  const orderId = orderIdOf(event) ?? event.messageId;
  if (TAKES_BACK.has(event.name)) return takeBack(turn, event, orderId);
  return TELLS_ORDER.has(event.name) ? tell(turn, event, orderId) : 'none';
}

function tell(turn: Turn, event: TrackedEvent, orderId: string): OrderOutcome {
  const known = own(turn.contact.orders, orderId);
  const currency = currencyOf(event) ?? known?.currency ?? turn.program.workspace.currency;
  const next = { ...(known ?? mentionedOrder(event.occurredAt, currency)) };
  const total = toMinor(event.properties.total ?? event.properties.revenue ?? event.properties.value, currency);
  if (total === null || total < 0) {
    decide(turn, 'order_ignored', { reason: 'no_total', order: orderId, total: event.properties.total ?? null });
  } else if (totalSupersedes({ trusted: event.trusted, at: event.occurredAt }, next)) {
    Object.assign(next, { totalMinor: total, currency, trusted: event.trusted, totalAt: event.occurredAt });
  }
  if (next.counted === 'no') Object.assign(next, { counted: 'here', claimants: [turn.source], at: event.occurredAt, touch: touchOf(turn, event.occurredAt) });
  next.completed ||= event.name === ORDER_COMPLETED;
  turn.contact.toldOrders = true;
  keep(turn, orderId, known, withRefunds(next));
  if (event.name !== ORDER_COMPLETED) return 'corrected';
  return known?.completed === true ? 'repeat' : 'new';
}

/** A cancellation, or a refund that says no amount, takes back the whole order. */
function takeBack(turn: Turn, event: TrackedEvent, orderId: string): OrderOutcome {
  const known = own(turn.contact.orders, orderId);
  const given = currencyOf(event);
  if (known !== undefined && given !== null && given !== known.currency) {
    decide(turn, 'order_ignored', { reason: 'other_currency', order: orderId, currency: given });
    return 'corrected';
  }
  const order = known ?? mentionedOrder(event.occurredAt, given ?? turn.program.workspace.currency);
  const { properties } = event;
  const asked = toMinor(properties.refund ?? properties.total ?? properties.revenue ?? properties.value, order.currency);
  const next = event.name === 'Order Cancelled' || asked === null ? { ...order, cancelled: true } : { ...order, askedMinor: order.askedMinor + Math.abs(asked) };
  keep(turn, orderId, known, withRefunds(next));
  return 'corrected';
}

/**
 * Counts an order no more, because another contact was told it first, unless it was told to several contacts that have
 * become one and another of them holds it. It is remembered, so that telling it again is a repeat.
 */
export function revokeOrder(turn: Turn, orderId: string, claimant: ContactId): void {
  const order = own(turn.contact.orders, orderId);
  if (order === undefined || !order.claimants.includes(claimant)) return;
  const claimants = order.claimants.filter((one) => one !== claimant);
  keep(turn, orderId, order, withRefunds({ ...order, claimants, counted: claimants.length > 0 ? 'here' : 'elsewhere' }));
  if (claimants.length > 0) return;
  decide(turn, 'order_duplicate', { order: orderId });
}

/** Knows another thing of an order from now on; null: nothing any more. */
export function replaceOrder(turn: Turn, orderId: string, after: OrderState | null): void {
  const before = own(turn.contact.orders, orderId);
  if (after !== null) {
    keep(turn, orderId, before, after);
    return;
  }
  if (before === undefined) return;
  delete turn.contact.orders[orderId];
  countChange(turn, before, mentionedOrder(before.at, before.currency));
  turn.effects.push({ kind: 'order', orderId, order: null });
}

/** Takes in an order of a contact that was merged into this one. */
export function absorbOrder(turn: Turn, orderId: string, theirs: OrderState): void {
  const mine = own(turn.contact.orders, orderId);
  if (mine === undefined) {
    put(turn.contact.orders, orderId, theirs);
    report(turn, orderId, theirs);
    return;
  }
  // Theirs was counted while it was theirs; here it ends, within the joined order.
  for (const { thing, metric, value } of contributionsOf(theirs)) if (value !== 0) count(turn, thing, metric, -value);
  if (mine.counted === 'here' && theirs.counted === 'here') decide(turn, 'order_duplicate', { order: orderId });
  keep(turn, orderId, mine, joinOrders(mine, theirs));
}

function keep(turn: Turn, orderId: string, before: OrderState | undefined, after: OrderState): void {
  const { orders } = turn.contact;
  put(orders, orderId, after);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) return;
  countChange(turn, before, after);
  touchSegments(turn, turn.program.dependents.orders);
  report(turn, orderId, after);
  const ids = Object.keys(orders);
  if (ids.length <= ORDER_MEMORY_LIMIT) return;
  ids.sort((a, b) => (orders[a]?.at ?? 0) - (orders[b]?.at ?? 0));
  for (const id of ids.slice(0, ids.length - ORDER_MEMORY_LIMIT)) delete orders[id];
}

function countChange(turn: Turn, before: OrderState | undefined, after: OrderState): void {
  const changes = new Map<string, { thing: string; metric: string; value: number }>();
  const add = (order: OrderState, sign: 1 | -1): void => {
    for (const { thing, metric, value } of contributionsOf(order)) {
      const change = changes.get(`${thing} ${metric}`) ?? { thing, metric, value: 0 };
      changes.set(`${thing} ${metric}`, { ...change, value: change.value + sign * value });
    }
  };
  if (before !== undefined) add(before, -1);
  add(after, 1);
  for (const { thing, metric, value } of changes.values()) if (value !== 0) count(turn, thing, metric, value);
}

function report(turn: Turn, orderId: string, order: OrderState): void {
  const shows = order.counted === 'here' || order.refundedMinor !== 0;
  turn.effects.push({ kind: 'order', orderId, order: shows ? { ...order } : null });
}

function currencyOf(event: TrackedEvent): string | null {
  const given = event.properties.currency;
  return typeof given === 'string' && /^[A-Za-z]{3}$/u.test(given) ? given.toUpperCase() : null;
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
