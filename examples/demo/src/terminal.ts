import type { Demo } from './demo.ts';
import type { State } from './story/feed.ts';

/** Where to look, and what there is to see. */
export function greeting({ page, samovar }: Pick<Demo, 'page' | 'samovar'>): string[] {
  return [
    '',
    '  The samovar is on. A small shop has opened, and people are coming in.',
    '',
    `    Watch it        ${page.url}`,
    `    Read the mail   ${page.url}/mailbox`,
    `    The API         ${samovar.url}/api/openapi.json`,
    `    and its key     ${samovar.adminKey}`,
    '',
    '  Everybody here is invented, and no mail leaves this machine. Ctrl-C ends it without a trace.',
    '',
  ];
}

/** The day in a line. */
export function totalsLine({ now, totals, money }: State): string {
  const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(now);
  const earned = money.filter((one) => one.earned > 0).map(({ currency, earned: amount }) => `${currency} ${new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(amount)}`);
  return `  ${date.padEnd(11)} ${count(totals.inside, 'person', 'people')} on their way, ${count(totals.mails, 'letter', 'letters')} sent, `
    + `${totals.earnedOrders} of ${count(totals.orders, 'order', 'orders')} by letter${earned.length === 0 ? '' : ` (${earned.join(', ')})`}`;
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
