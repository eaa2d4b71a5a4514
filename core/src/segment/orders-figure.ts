import type { OrderState } from '../contact/contact-state.ts';
import { spanEdges } from '../leaf/span-edges.ts';
import { minorDigits } from '../order/money.ts';
import type { Scope } from '../program/scope.ts';
import type { Predicate } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { nextFlip } from './next-flip.ts';
import { isInPeriod } from './period.ts';
import { testValue } from './test-value.ts';

type OrdersPredicate = Extract<Predicate, { kind: 'orders' }>;

/**
 * What the orders of the period come to, by when they were first told; those taken back as a whole are none. Orders in
 * other currencies than the workspace's are counted, but have no amount that could be added. null: none to average or compare.
 */
export function ordersFigure({ figure, period }: OrdersPredicate, { contact, now, workspace: { currency } }: Scope): number | null {
  const orders = Object.values(contact.orders).filter((order) => order.counted === 'here' && !order.cancelled && isInPeriod(order.at, period, now));
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

/** When the passing of time alone next changes the answer, or may; Infinity: never. */
export function nextOrdersChange(predicate: OrdersPredicate, scope: Scope): Millis {
  const { period } = predicate;
  if (period.kind === 'ever' || period.kind === 'dates') return Infinity;
  const { fromMs, toMs } = period.kind === 'within' ? { fromMs: period.ms, toMs: 0 } : period;
  const edges = spanEdges(Object.values(scope.contact.orders).map(({ at }) => at), fromMs, toMs, scope.now);
  return nextFlip(edges, scope.now, (now) => testValue(predicate.test, ordersFigure(predicate, { ...scope, now })));
}
