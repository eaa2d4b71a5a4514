import { HOUR_MS, MINUTE_MS, type Millis } from '@samovar/core';
import type { SamovarClient } from '../drive/samovar-client.ts';
import type { Mail } from '../mailbox/mail.ts';
import type { Call } from '../shop/call.ts';
import type { Person } from '../shop/person.ts';
import type { Shop } from '../shop/shop.ts';
import type { Contact, Contacts, Message, Messages, Stats, Timeline } from './admin-answers.ts';
import { decisionsIn } from './decisions.ts';
import type { News } from './feed.ts';
import type { Newsroom } from './newsroom.ts';
import { countsOf } from './state.ts';

/** Contacts asked about in one round; the rest waits for the next. */
const ROUND_LIMIT = 6;
/** Questions kept; who waits longer is not news any more. */
const QUESTION_LIMIT = 60;
/** What is older is no news. */
const NEWS_AGE_MS = 6 * HOUR_MS;
/** When an hour has passed since the till, it shows whether a letter leaves, and if not, why. */
const AFTER_TILL_MS = HOUR_MS + 2 * MINUTE_MS;
const MESSAGE_PAGE = 100;

type Draft = Omit<News, 'id'>;

interface Question {
  readonly at: Millis;
  readonly person: Person;
  /** An order of which to ask whether a letter led to it. */
  readonly orderId: string | null;
}

/** Finds out over the admin API what Samovar decided, and tells the newsroom in time. */
export class Reporter {
  readonly #samovar: SamovarClient;
  readonly #shop: Shop;
  readonly #newsroom: Newsroom;
  readonly #contactIds = new Map<string, string>();
  readonly #toldUntil = new Map<string, Millis>();
  #questions: Question[] = [];
  #mails: Mail[] = [];
  #drafts: Draft[] = [];

  constructor(samovar: SamovarClient, shop: Shop, newsroom: Newsroom) {
    this.#samovar = samovar;
    this.#shop = shop;
    this.#newsroom = newsroom;
  }

  noteMail(mail: Mail): void {
    this.#mails.push(mail);
  }

  /** Something was told to Samovar; what it made of it will be asked. */
  noteCall(call: Call): void {
    if (call.kind === 'unsubscribe') this.#drafts.push(draft(call.person, { at: call.at, kind: 'unsubscribed' }));
    if (call.kind !== 'item' || !call.prompt || call.item.userId === undefined) return;
    const person = this.#shop.personByUserId(call.item.userId);
    if (person === undefined) return;
    const { event } = call.item;
    if (call.key === 'browser' && event === 'Order Completed') return;
    const orderId = event === 'Order Completed' ? call.item.properties?.order_id : null;
    this.#ask({ at: call.at, person, orderId: typeof orderId === 'string' ? orderId : null });
    if (event === 'Checkout Started') this.#ask({ at: call.at + AFTER_TILL_MS, person, orderId: null });
  }

  /** One look at everything. */
  async round(now: Millis, mails: number): Promise<ReturnType<typeof countsOf>> {
    await this.#askAboutContacts(now);
    await this.#askAboutMails();
    const news = this.#drafts.toSorted((a, b) => a.at - b.at);
    this.#drafts = [];
    this.#newsroom.report(news);
    const [journeys, steps] = await Promise.all([this.#samovar.read<Stats>('/api/stats'), this.#samovar.read<Stats>('/api/stats?by=step')]);
    return countsOf(journeys, steps, this.#shop.books, mails);
  }

  #ask(question: Question): void {
    this.#questions.push(question);
    if (this.#questions.length > QUESTION_LIMIT) this.#questions = this.#questions.toSorted((a, b) => a.at - b.at).slice(-QUESTION_LIMIT);
  }

  async #askAboutContacts(now: Millis): Promise<void> {
    const due = this.#questions.filter(({ at }) => at <= now).slice(0, ROUND_LIMIT);
    this.#questions = this.#questions.filter((one) => !due.includes(one));
    for (const question of due) await this.#askAbout(question, now);
  }

  async #askAbout({ person, at, orderId }: Question, now: Millis): Promise<void> {
    const id = await this.#contactId(person);
    if (id === null) return;
    if (orderId !== null) await this.#askAboutOrder(person, id, orderId, at);
    const after = this.#toldUntil.get(person.userId) ?? at - 1;
    const told = decisionsIn(await this.#samovar.read<Timeline>(`/api/contacts/${id}/timeline?limit=30`), after);
    this.#toldUntil.set(person.userId, told.reduce((latest, one) => Math.max(latest, one.at), after));
    this.#drafts.push(...told.filter((one) => one.at > now - NEWS_AGE_MS).map((one) => draft(person, one)));
  }

  async #askAboutOrder(person: Person, id: string, orderId: string, at: Millis): Promise<void> {
    const { orders } = await this.#samovar.read<Contact>(`/api/contacts/${id}`);
    const order = orders.find((one) => one.orderId === orderId);
    if (order === undefined) return;
    const money = { currency: order.currency, amount: order.total };
    this.#drafts.push(draft(person, { at, kind: order.journey === null ? 'bought' : 'earned', journey: order.journey, money }));
  }

  async #contactId({ userId }: Person): Promise<string | null> {
    const known = this.#contactIds.get(userId);
    if (known !== undefined) return known;
    const [found] = (await this.#samovar.read<Contacts>(`/api/contacts?userId=${encodeURIComponent(userId)}`)).items;
    if (found === undefined) return null;
    this.#contactIds.set(userId, found.id);
    return found.id;
  }

  /** The mails themselves do not all say which journey sent them; Samovar does. */
  async #askAboutMails(): Promise<void> {
    const mails = this.#mails;
    this.#mails = [];
    if (mails.length === 0) return;
    const { items } = await this.#samovar.read<Messages>(`/api/messages?limit=${MESSAGE_PAGE}`);
    const byId = new Map<string, Message>(items.map((one) => [one.id, one]));
    for (const mail of mails) {
      const message = byId.get(mail.messageId.split('@')[0] ?? '');
      const person = this.#shop.personByEmail(mail.to);
      if (message === undefined || person === undefined) continue;
      const { journey, step, template } = message;
      this.#drafts.push(draft(person, { at: mail.date, kind: 'mail', journey, step, template, mail: mail.number }));
    }
  }
}

function draft(person: Person, about: Pick<Draft, 'at' | 'kind'> & Partial<Draft>): Draft {
  return { journey: null, step: null, template: null, reason: null, money: null, mail: null, ...about, person: { name: person.firstName, language: person.language } };
}
