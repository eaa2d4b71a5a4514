import type { Demo } from '../demo.ts';
import type { Contact, Contacts, Message, Messages, Stats } from '../story/admin-answers.ts';
import { auditCarts } from './audit-carts.ts';
import { auditMoney } from './audit-money.ts';
import { auditMails } from './audit-mails.ts';
import type { Record } from './record.ts';

/** What a told story came to, and what was wrong with it. */
export interface Audit {
  readonly mails: number;
  readonly orders: number;
  readonly earnedOrders: number;
  readonly carts: number;
  readonly reminders: number;
  readonly unsubscribed: number;
  readonly revenue: readonly { readonly currency: string; readonly all: number; readonly earned: number }[];
  readonly problems: readonly string[];
}

const PAGE = 500;

/** Compares what Samovar says with what the shop and the mailbox know by themselves. */
export async function auditOf(demo: Pick<Demo, 'samovar' | 'shop' | 'mailbox' | 'startAt' | 'now'>): Promise<Audit> {
  const record = await readRecord(demo);
  const carts = auditCarts(record);
  const money = auditMoney(record);
  return {
    mails: record.mails.length, orders: record.books.orders.size, carts: record.books.carts.size, unsubscribed: record.books.goodbyes.length,
    reminders: carts.reminders, earnedOrders: money.earnedOrders, revenue: money.revenue,
    problems: [...auditMails(record), ...carts.problems, ...money.problems],
  };
}

async function readRecord({ samovar, shop, mailbox, startAt, now }: Pick<Demo, 'samovar' | 'shop' | 'mailbox' | 'startAt' | 'now'>): Promise<Record> {
  const all = async <T>(path: string): Promise<T[]> => {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: readonly T[]; next: string | null } = await samovar.read(`${path}?limit=${PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  };
  const messages = await all<Messages['items'][number]>('/api/messages');
  const contacts: Contact[] = [];
  for (const { id, userId } of await all<Contacts['items'][number]>('/api/contacts')) {
    if (userId !== null) contacts.push(await samovar.read<Contact>(`/api/contacts/${id}`));
  }
  return {
    startAt, now, books: shop.books, mails: mailbox.list('', Infinity), contacts,
    messages: new Map(messages.map((one: Message) => [one.id, one])),
    figures: (await samovar.read<Stats>('/api/stats')).items.map((one) => one.figures),
    personOf: (address) => shop.personByEmail(address),
  };
}
