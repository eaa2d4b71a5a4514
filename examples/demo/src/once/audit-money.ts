import type { Record } from './record.ts';

export interface MoneyAudit {
  readonly earnedOrders: number;
  readonly revenue: readonly { readonly currency: string; readonly all: number; readonly earned: number }[];
  readonly problems: readonly string[];
}

/** Orders of the time before the story are none of its business. */
const isOfStory = (orderId: string): boolean => orderId.startsWith('T');

const round = (value: number): number => Math.round(value * 100) / 100;

/** Samovar knows each order of the shop once, for its price, and credits to letters no more and no less than those it names. */
export function auditMoney({ books, contacts, figures }: Record): MoneyAudit {
  const problems: string[] = [];
  const known = contacts.flatMap(({ orders }) => orders).filter(({ orderId }) => isOfStory(orderId));
  const seen = new Map(known.map((order) => [order.orderId, order]));
  if (seen.size !== known.length) problems.push(`${known.length - seen.size} orders are counted twice`);
  for (const { orderId, total, refunded, currency } of books.orders.values()) {
    const order = seen.get(orderId);
    if (order === undefined) problems.push(`order ${orderId} is not known`);
    else if (order.currency !== currency || round(order.total) !== round(total) || round(order.refunded) !== round(refunded)) {
      problems.push(`order ${orderId} is ${total} ${currency} less ${refunded} in the shop, ${order.total} ${order.currency} less ${order.refunded} in Samovar`);
    }
  }
  for (const orderId of seen.keys()) if (!books.orders.has(orderId)) problems.push(`order ${orderId} is not one of the shop's`);
  const credited = known.filter(({ journey }) => journey !== null);
  const revenue = [...books.turnover()].map(([currency, { total, refunded }]) => {
    const own = round(credited.filter((one) => one.currency === currency).reduce((sum, one) => sum + one.total - one.refunded, 0));
    const counted = round(figures.flatMap((one) => one.revenue).filter((one) => one.currency === currency).reduce((sum, one) => sum + one.amount - one.refunded, 0));
    if (own !== counted) problems.push(`letters earned ${own} ${currency} by the orders, ${counted} by the counters`);
    return { currency, all: round(total - refunded), earned: counted };
  });
  const converted = figures.reduce((sum, one) => sum + one.converted, 0);
  if (converted !== credited.length) problems.push(`${credited.length} orders name a letter, ${converted} are counted`);
  return { earnedOrders: credited.length, revenue: revenue.toSorted((a, b) => (a.currency < b.currency ? -1 : 1)), problems };
}
