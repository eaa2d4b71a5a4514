import { MINUTE_MS, type Millis } from '@samovar/core';
import type { Mail } from '../mailbox/mail.ts';
import { linksOf, picturesOf } from '../mailbox/mail.ts';
import type { Call, Item } from '../shop/call.ts';
import type { Letter } from '../shop/letter.ts';
import type { Shop } from '../shop/shop.ts';
import type { SamovarClient } from './samovar-client.ts';

/** Time never jumps further than this, so that mails are answered about when they come. */
const STRIDE_MS = 10 * MINUTE_MS;

/** Lets the shop and Samovar live through the same time: what people do goes out, what comes into their mailboxes goes in. */
export class Driver {
  readonly #shop: Shop;
  readonly #samovar: SamovarClient;
  #now: Millis;
  #arrived: Mail[] = [];
  #waiting: { key: 'browser' | 'server'; item: Item }[] = [];

  readonly #onCall: (call: Call) => void;

  constructor(shop: Shop, samovar: SamovarClient, startAt: Millis, onCall: (call: Call) => void) {
    this.#shop = shop;
    this.#samovar = samovar;
    this.#now = startAt;
    this.#onCall = onCall;
  }

  get now(): Millis {
    return this.#now;
  }

  /** A mail came; its recipient finds it once the clock stands still. */
  take(mail: Mail): void {
    this.#arrived.push(mail);
  }

  /** Lives on until a time; stops earlier when told to. */
  async liveUntil(until: Millis, signal: AbortSignal): Promise<void> {
    while (this.#now < until && !signal.aborted) await this.#stride(Math.min(until, this.#now + STRIDE_MS));
  }

  async #stride(until: Millis): Promise<void> {
    for (let calls = this.#shop.step(until); calls !== null; calls = this.#shop.step(until)) {
      for (const call of calls) await this.#make(call);
    }
    await this.#flush();
    await this.#moveClock(until);
  }

  async #make(call: Call): Promise<void> {
    this.#onCall(call);
    if (call.kind === 'item') {
      this.#waiting.push(call);
      if (!call.prompt) return;
    }
    await this.#moveClock(call.at);
    await this.#flush();
    if (call.kind === 'item') return;
    const location = await this.#samovar.visit(call);
    if (location === null || call.landed === null) return;
    call.landed(location);
    for (const next of this.#shop.takeCalls()) await this.#make(next);
  }

  /** Tells what has happened so far, in the order in which it did. */
  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length;) {
      const key = waiting[from]?.key ?? 'server';
      const end = waiting.findIndex((one, index) => index > from && one.key !== key);
      const group = waiting.slice(from, end === -1 ? waiting.length : end);
      await this.#samovar.track(key, group.map(({ item }) => item), this.#now);
      from += group.length;
    }
  }

  async #moveClock(to: Millis): Promise<void> {
    if (to > this.#now) {
      await this.#samovar.moveClock(to);
      this.#now = to;
    }
    const mails = this.#arrived.toSorted((a, b) => a.date - b.date || (a.messageId < b.messageId ? -1 : 1));
    this.#arrived = [];
    for (const mail of mails) this.#shop.receive(this.#letterOf(mail), this.#now);
  }

  #letterOf({ messageId, to, html, text, step, unsubscribeUrl }: Mail): Letter {
    const { url } = this.#samovar;
    return {
      messageId, to, step, text, unsubscribeUrl,
      links: linksOf(html).filter((link) => link.startsWith(`${url}/c/`)),
      openUrl: picturesOf(html).find((picture) => picture.startsWith(`${url}/o/`)) ?? null,
    };
  }
}
