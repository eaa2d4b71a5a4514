import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '@samovar/core';
import type { BookedCart } from '../shop/books.ts';
import type { Message } from '../story/admin-answers.ts';
import type { Record } from './record.ts';

/** The recipe's promise: an hour after the cart was left, but not at night where the customer lives. */
const DELAY_MS = HOUR_MS;
const QUIET = { from: 21, to: 8 };
/** The mail server may have asked to come again. */
const TOLERANCE_MS = 3 * MINUTE_MS;
/** The workspace's frequency cap. */
const CAP = { messages: 4, windowMs: 7 * DAY_MS };

export interface CartAudit {
  readonly reminders: number;
  readonly problems: readonly string[];
}

/** Each cart that was left by somebody who may be reminded was reminded of at the promised time, once, and none that was bought. */
export function auditCarts(record: Record): CartAudit {
  const problems: string[] = [];
  const reminders = new Map<string, Message[]>();
  for (const message of record.messages.values()) {
    if (message.template === 'cart-1' && message.sentAt !== null) reminders.set(message.contactId, [...(reminders.get(message.contactId) ?? []), message]);
  }
  const times = [...reminders.values()].flat().map(({ sentAt }) => Date.parse(sentAt ?? ''));
  const contactOf = new Map(record.contacts.map((contact) => [contact.userId ?? '', contact.id]));
  const explained = new Set<string>();
  for (const cart of record.books.carts.values()) {
    const due = dueAt(cart);
    const sent = (reminders.get(contactOf.get(cart.person.userId) ?? '') ?? []).filter(({ sentAt }) => isNear(Date.parse(sentAt ?? ''), due));
    for (const { id } of sent) explained.add(id);
    if (cart.boughtAt !== null && cart.boughtAt < due && sent.length > 0 && !hasOther(record, cart, due)) problems.push(`${cart.cartId} was bought in time and reminded of all the same`);
    if (mustRemind(record, cart, due) && sent.length === 0) problems.push(`${cart.cartId} was left and nobody was reminded at ${new Date(due).toISOString()}`);
  }
  for (const message of [...reminders.values()].flat()) if (!explained.has(message.id)) problems.push(`a reminder left at ${message.sentAt ?? ''}, when no cart was due`);
  return { reminders: times.length, problems };
}

const isNear = (at: Millis, due: Millis): boolean => at >= due - 1000 && at <= due + TOLERANCE_MS;

/** When the reminder is due: worked out here once more, from the wall clock where the customer lives. */
export function dueAt({ leftAt, person }: Pick<BookedCart, 'leftAt' | 'person'>): Millis {
  let at = leftAt + DELAY_MS;
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: person.timezone });
  const [hour = 0, minute = 0, second = 0] = clock.format(at).split(':').map(Number);
  if (hour < QUIET.from && hour >= QUIET.to) return at;
  const hours = hour >= QUIET.from ? 24 + QUIET.to - hour : QUIET.to - hour;
  at += hours * HOUR_MS - minute * MINUTE_MS - second * 1000 - (at % 1000);
  // A night on which the clocks change is an hour shorter or longer.
  const [found = QUIET.to] = clock.format(at).split(':').map(Number);
  return at + (QUIET.to - found) * HOUR_MS;
}

/** Another cart of the same person that was due at the same moment: in the morning several are. */
function hasOther({ books }: Record, cart: BookedCart, due: Millis): boolean {
  return [...books.carts.values()].some((other) => other !== cart && other.person === cart.person && Math.abs(dueAt(other) - due) <= TOLERANCE_MS);
}

/** Whether nothing at all stands against reminding; where something might, Samovar says which. */
function mustRemind(record: Record, cart: BookedCart, due: Millis): boolean {
  const { books, messages, now, contacts } = record;
  const { person } = cart;
  const goneAt = books.goodbyes.find((one) => one.person === person)?.at ?? Infinity;
  const contact = contacts.find((one) => one.userId === person.userId);
  const before = [...messages.values()].filter((one) => one.contactId === contact?.id && one.class === 'marketing' && Date.parse(one.decidedAt) > due - CAP.windowMs && Date.parse(one.decidedAt) <= due);
  return person.consents && !person.unreachable && goneAt > due && due + TOLERANCE_MS < now && (cart.boughtAt === null || cart.boughtAt > due)
    && before.length < CAP.messages && contact?.tags.includes('needs-support') === false;
}
