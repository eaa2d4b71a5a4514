import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@samovar/server';
import type { RunningServer } from '@samovar/server';
import { mapOf } from './place.ts';
import type { Fields } from './place.ts';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 20;

/** A server of its own with a manual clock and an embedded Postgres in a temporary directory, spoken to as users do. */
export class Stage {
  readonly #server: RunningServer;

  private constructor(server: RunningServer) {
    this.#server = server;
  }

  static async start(startAt: number): Promise<Stage> {
    const dataDir = join(tmpdir(), `samovar-segment-cases-${randomUUID()}`);
    const clock = { kind: 'manual' as const, startAt };
    return new Stage(await startServer({ dataDir, databaseUrl: null, host: '127.0.0.1', port: 0, clock, role: 'all', smtpUrl: null, publicUrl: null, temporary: true, log: () => {} }));
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async now(): Promise<number> {
    return Date.parse(String((await this.#admin('GET', '/api/clock')).now));
  }

  /** Moves the clock; everything that is due by then has happened when it answers. */
  async moveTo(at: number): Promise<void> {
    await this.#admin('POST', '/api/clock', { to: new Date(at).toISOString() });
  }

  /** Publishes files and waits until what they say holds for all contacts that are there. */
  async publish(files: readonly { path: string; text: string }[], enterExisting: readonly string[]): Promise<void> {
    await this.#admin('PUT', '/api/definitions', { files, enterExisting, prune: true });
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      await this.moveTo(await this.now());
      const { items } = await this.#admin('GET', '/api/segments');
      if (Array.isArray(items) && items.every((item: unknown) => mapOf(item, 'segment').state === 'current')) return;
      if (performance.now() > deadline) throw new Error(`segments were still being applied after ${DEADLINE_MS} ms: ${JSON.stringify(items)}`);
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
  }

  /** Posts events as a server would; all of them must be taken. */
  async track(batch: readonly Fields[]): Promise<void> {
    const { serverKey = '' } = this.#server.credentials ?? {};
    const answer = await this.#call('POST', '/v1/batch', `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`, { batch });
    const rejected = answer.rejected ?? answer.errors;
    if (Array.isArray(rejected) && rejected.length > 0) throw new Error(`events were refused: ${JSON.stringify(answer)}`);
  }

  /** Keys of the segments that the user is in; a user of whom nothing is known is in none. */
  async segmentsOf(userId: string): Promise<Set<string>> {
    const { items } = await this.#admin('GET', `/api/contacts?${new URLSearchParams({ userId }).toString()}`);
    const [found]: unknown[] = Array.isArray(items) ? items : [];
    if (found === undefined) return new Set();
    const contact = await this.#admin('GET', `/api/contacts/${String(mapOf(found, 'contact').id)}`);
    return new Set((Array.isArray(contact.segments) ? contact.segments : []).map((one: unknown) => String(mapOf(one, 'segment').segment)));
  }

  /** How often the journey was entered, by whomever. */
  async entriesOf(journey: string): Promise<number> {
    let count = 0;
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { items, next } = await this.#admin('GET', `/api/journeys/${journey}/enrollments?limit=100${query}`);
      count += Array.isArray(items) ? items.length : 0;
      cursor = typeof next === 'string' ? next : null;
    } while (cursor !== null);
    return count;
  }

  #admin(method: string, path: string, body?: unknown): Promise<Fields> {
    return this.#call(method, path, `Bearer ${this.#server.credentials?.adminKey ?? ''}`, body);
  }

  async #call(method: string, path: string, authorization: string, body?: unknown): Promise<Fields> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(`${this.#server.url}${path}`, { method, headers, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return mapOf(JSON.parse(text), path);
  }
}
