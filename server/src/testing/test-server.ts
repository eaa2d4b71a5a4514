import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../server.ts';

export interface Answer {
  status: number;
  json: unknown;
}

/** A whole server with a clock that its test turns, spoken to over HTTP alone. */
export class TestServer {
  readonly #server: RunningServer;
  readonly #directory: string;
  readonly startAt: number;
  #now: number;
  #items = 0;

  constructor(server: RunningServer, directory: string, startAt: number) {
    this.#server = server;
    this.#directory = directory;
    this.startAt = startAt;
    this.#now = startAt;
  }

  static async open({ startAt }: { startAt: number }): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), 'samovar-server-'));
    const server = await startServer({
      dataDir: directory, databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'manual', startAt }, role: 'all', smtpUrl: null, publicUrl: null,
      temporary: true, log: () => {},
    });
    return new TestServer(server, directory, startAt);
  }

  async close(): Promise<void> {
    await this.#server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#server.url}${path}`, {
      method, headers: { authorization: `Bearer ${this.#server.credentials?.adminKey ?? ''}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? null : JSON.parse(text) };
  }

  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    return this.done<T>('GET', path);
  }

  /** What is not JSON, as it is. */
  async text(path: string): Promise<{ type: string; text: string }> {
    const response = await fetch(`${this.#server.url}${path}`, { headers: { authorization: `Bearer ${this.#server.credentials?.adminKey ?? ''}` } });
    return { type: response.headers.get('content-type') ?? '', text: await response.text() };
  }

  /** A call that has to succeed. */
  async done<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, json } = await this.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} answers ${status}: ${JSON.stringify(json)}`);
    return json as T;
  }

  async publish(files: { path: string; text: string }[], { prune = false, enterExisting = [] }: { prune?: boolean; enterExisting?: string[] } = {}): Promise<void> {
    await this.done('PUT', '/api/definitions', { files, enterExisting, prune });
    await this.settle();
  }

  async identify(userId: string, traits: object): Promise<void> {
    await this.send({ type: 'identify', userId, traits });
  }

  async track(userId: string, event: string, properties: object = {}): Promise<void> {
    await this.send({ type: 'track', userId, event, properties });
  }

  /** Lets time pass, and all that is due by then be decided. */
  async passTo(at: number): Promise<void> {
    await this.done('POST', '/api/clock', { to: new Date(at).toISOString() });
    this.#now = at;
  }

  async settle(): Promise<void> {
    await this.passTo(this.#now);
  }

  async contact(userId: string): Promise<string> {
    await this.settle();
    const [found] = (await this.get<{ items: { id: string }[] }>(`/api/contacts?userId=${encodeURIComponent(userId)}`)).items;
    if (found === undefined) throw new Error(`there is no contact ${userId}`);
    return found.id;
  }

  /** Any item of the tracking API, with a server key. */
  async send(item: object): Promise<void> {
    this.#items += 1;
    const authorization = `Basic ${Buffer.from(`${this.#server.credentials?.serverKey ?? ''}:`).toString('base64')}`;
    const response = await fetch(`${this.#server.url}/v1/batch`, {
      method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ batch: [{ messageId: `item-${this.#items}`, ...item }] }),
    });
    if (response.status !== 200) throw new Error(`the item was refused: ${await response.text()}`);
  }
}
