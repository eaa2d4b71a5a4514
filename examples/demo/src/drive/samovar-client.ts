import type { Millis } from '@samovar/core';
import type { Item, LinkCall } from '../shop/call.ts';

export interface Keys {
  readonly adminKey: string;
  readonly serverKey: string;
  readonly browserKey: string;
}

/** Items in one request; the tracking API takes more, a browser would never send as many. */
const BATCH_LIMIT = 200;

/** The only way in which the demo talks to Samovar: its public HTTP interface. */
export class SamovarClient {
  readonly url: string;
  readonly #keys: Keys;

  constructor(url: string, keys: Keys) {
    this.url = url;
    this.#keys = keys;
  }

  get adminKey(): string {
    return this.#keys.adminKey;
  }

  /** What is live from now on. */
  async publish(files: readonly { path: string; text: string }[]): Promise<void> {
    await this.#send('PUT', '/api/definitions', this.#keys.adminKey, { files });
  }

  /** What happened before Samovar was there: it is remembered, and nothing is sent because of it. */
  async importHistory(items: readonly Item[], now: Millis): Promise<void> {
    for (let from = 0; from < items.length; from += BATCH_LIMIT) await this.#batch('/v1/import', 'server', items.slice(from, from + BATCH_LIMIT), now);
  }

  async track(key: 'browser' | 'server', items: readonly Item[], now: Millis): Promise<void> {
    for (let from = 0; from < items.length; from += BATCH_LIMIT) await this.#batch('/v1/batch', key, items.slice(from, from + BATCH_LIMIT), now);
  }

  /** Lets time pass; answers when everything that is due by then has been done. */
  async moveClock(to: Millis): Promise<void> {
    await this.#send('POST', '/api/clock', this.#keys.adminKey, { to: new Date(to).toISOString() });
  }

  async read<T>(path: string): Promise<T> {
    return (await this.#send('GET', path, this.#keys.adminKey, null)) as T;
  }

  /** Fetches an address out of a mail as whoever reads the mail would. Answers where it led. */
  async visit({ kind, url, userAgent }: LinkCall): Promise<string | null> {
    const request = { redirect: 'manual', headers: { 'user-agent': userAgent } } as const;
    const response = kind === 'unsubscribe'
      ? await fetch(url, { ...request, method: 'POST', headers: { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })
      : await fetch(url, request);
    await response.arrayBuffer();
    if (response.status >= 400) throw new Error(`${kind} of a link in a mail was answered with ${response.status}`);
    return response.headers.get('location');
  }

  async #batch(path: string, key: 'browser' | 'server', items: readonly Item[], now: Millis): Promise<void> {
    const writeKey = key === 'browser' ? this.#keys.browserKey : this.#keys.serverKey;
    await this.#send('POST', path, null, { batch: items, sentAt: new Date(now).toISOString() }, `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`);
  }

  async #send(method: string, path: string, bearer: string | null, body: unknown, authorization = `Bearer ${bearer ?? ''}`): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method, headers: { authorization, ...(body === null ? {} : { 'content-type': 'application/json' }) }, ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 2_000)}`);
    return text === '' ? null : JSON.parse(text);
  }
}
