import type { DemoOptions } from '../options.ts';
import type { Audit } from './audit.ts';

/** Problems shown; the first ones tell. */
const SHOWN_LIMIT = 20;

/** The audit for somebody who reads. */
export function auditLines(audit: Audit, { days, people, seed }: Pick<DemoOptions, 'days' | 'people' | 'seed'>): string[] {
  const { mails, orders, earnedOrders, carts, reminders, unsubscribed, revenue, problems } = audit;
  const money = (amount: number): string => new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(amount);
  return [
    '', `  ${days} days of a shop with ${people} people and the seed "${seed}":`, '',
    `    letters sent          ${mails}`,
    `    carts left            ${carts}, reminded of ${reminders}`,
    `    orders                ${orders}, of which ${earnedOrders} by letter`,
    ...revenue.map(({ currency, all, earned }) => `    revenue in ${currency}        ${money(all)}, of which ${money(earned)} by letter`),
    `    wanted no more mail   ${unsubscribed}`, '',
    ...(problems.length === 0 ? ['  Everything agrees with the shop\'s own books.'] : [`  ${problems.length} things are wrong:`, ...problems.slice(0, SHOWN_LIMIT).map((problem) => `    ${problem}`)]), '',
  ];
}
