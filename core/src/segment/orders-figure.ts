import type { OrderState } from '../contact/contact-state.ts';
import { minorDigits } from '../order/money.ts';
import type { Scope } from '../program/scope.ts';
import type { Predicate } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { testValue } from './test-value.ts';

type OrdersPredicate = Extract<Predicate, { kind: 'orders' }>;

/** Most instants looked at ahead; beyond, the contact looks again then. */
const LOOK_AHEAD_LIMIT = 16;

/**
 * What the orders of the period come to, by when they were first told; those taken back as a whole are none. Orders in
 * other currencies than the workspace's are counted, but have no amount that could be added. null: none to average or compare.
 */
export function ordersFigure({ figure, period }: OrdersPredicate, { contact, now, workspace: { currency } }: Scope): number | null {
  const orders = Object.values(contact.orders).filter((order) => order.counted === 'here' && !order.cancelled && isWithin(order.at, period, now));
  if (figure === 'count') return orders.length;
  const unit = 10 ** minorDigits(currency);
  const amounts = orders.filter((order) => order.currency === currency).map(netOf);
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  if (figure === 'value') return sum / unit;
  if (amounts.length === 0) return null;
  return (figure === 'average' ? sum / amounts.length : Math.max(...amounts)) / unit;
}

function netOf({ totalMinor, refundedMinor }: OrderState): number {
  return totalMinor - refundedMinor;
}

function isWithin(at: Millis, period: OrdersPredicate['period'], now: Millis): boolean {
  switch (period.kind) {
    case 'ever': return true;
    case 'within': return at >= now - period.ms;
    case 'ago': return at <= now - period.toMs && (period.fromMs === null || at >= now - period.fromMs);
    case 'dates': return (period.from === null || at >= period.from) && (period.until === null || at < period.until);
  }
}

/** When the passing of time alone next changes the answer, or may; Infinity: never. */
export function nextOrdersChange(predicate: OrdersPredicate, scope: Scope): Millis {
  const { period } = predicate;
  if (period.kind === 'ever' || period.kind === 'dates') return Infinity;
  const { fromMs, toMs } = period.kind === 'within' ? { fromMs: period.ms, toMs: 0 } : period;
  const edges = new Set<Millis>();
  for (const { at } of Object.values(scope.contact.orders)) {
    if (at + toMs > scope.now) edges.add(at + toMs);
    if (fromMs !== null && at + fromMs + 1 > scope.now) edges.add(at + fromMs + 1);
  }
  const changes = [...edges].sort((a, b) => a - b);
  const answer = testValue(predicate.test, ordersFigure(predicate, scope));
  for (const at of changes.slice(0, LOOK_AHEAD_LIMIT)) if (testValue(predicate.test, ordersFigure(predicate, { ...scope, now: at })) !== answer) return at;
  return changes[LOOK_AHEAD_LIMIT] ?? Infinity;
}
