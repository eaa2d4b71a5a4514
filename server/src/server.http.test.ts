import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSink, type Sink } from '@samovar/channels/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './server.ts';

const START = Date.UTC(2026, 2, 1, 9);

const FILES = [
  { path: 'journeys/cart.yaml', text: `
journey: cart
name: Cart
trigger: { event: Checkout Started, key: cart_id }
exit: [{ event: Order Completed, same: cart_id, reason: bought }]
steps: [{ wait: 1 hour }, { send: cart }, { wait: 1 day }, { send: cart }]
` },
  { path: 'templates/cart.yaml', text: `
template: cart
name: Cart
class: marketing
from: "Shop <shop@example.com>"
languages:
  en:
    subject: "{{ contact.name }}, your cart {{ event.cart_id }}"
    body: |
      <mj-section><mj-column><mj-text><a href="https://shop.example/cart">Cart</a> <a href="{{ unsubscribe_url }}">Stop</a></mj-text></mj-column></mj-section>
  fa:
    subject: "سبد شما"
    body: |
      <mj-section><mj-column><mj-text><a href="https://shop.example/cart">سبد</a> <a href="{{ unsubscribe_url }}">لغو</a></mj-text></mj-column></mj-section>
` },
];

let directory = '';
let sink: Sink;
let server: RunningServer;
const mails: { to: string; raw: string }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-server-'));
  sink = await startSink({ onMessage: ({ to }, raw) => { mails.push({ to: to[0] ?? '', raw: raw.toString('utf8') }); } });
  server = await startServer({
    dataDir: directory, databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'manual', startAt: START }, role: 'all', smtpUrl: sink.url, publicUrl: null,
    temporary: true, log: () => {},
  });
});
afterAll(async () => {
  await server.stop();
  await sink.stop();
  await rm(directory, { recursive: true, force: true });
});

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${server.url}${path}`, {
    method, headers: { authorization: `Bearer ${server.credentials!.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

async function track(body: object): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${server.credentials!.serverKey}:`).toString('base64')}`;
  return (await fetch(`${server.url}/v1/batch`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ batch: [body] }) })).status;
}

const passTo = (at: number): Promise<unknown> => admin('POST', '/api/clock', { to: new Date(at).toISOString() });

describe('a server with a manual clock', () => {
  it('takes events, decides at the turned time, sends over SMTP, follows the links, and stops when told', async () => {
    expect((await admin('PUT', '/api/definitions', { files: FILES, enterExisting: [] })).status).toBe(200);
    for (const [id, language] of [['sara', 'fa'], ['tom', 'en'], ['ida', 'en']]) {
      expect(await track({ type: 'identify', messageId: `i-${id}`, userId: id, traits: { email: `${id}@example.com`, name: id, language, consent: true } })).toBe(200);
      expect(await track({ type: 'track', messageId: `c-${id}`, userId: id, event: 'Checkout Started', properties: { cart_id: `c-${id}` } })).toBe(200);
    }
    await passTo(START + 3_599_999);
    expect(mails).toEqual([]);
    await passTo(START + 3_600_000);
    expect(mails.map((mail) => mail.to).sort()).toEqual(['ida@example.com', 'sara@example.com', 'tom@example.com']);
    expect(mails.find((mail) => mail.to.startsWith('sara'))?.raw).toContain('dir=3D"rtl"');

    const ida = mails.find((mail) => mail.to.startsWith('ida'))?.raw ?? '';
    const unsubscribe = /^List-Unsubscribe: <([^>]+)>/mu.exec(ida)?.[1] ?? '';
    expect((await fetch(unsubscribe)).status).toBe(200);
    expect((await fetch(unsubscribe, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })).status).toBe(200);
    await track({ type: 'track', messageId: 'o-tom', userId: 'tom', event: 'Order Completed', properties: { cart_id: 'c-tom', order_id: 'o1', total: 30, currency: 'EUR' } });

    await passTo(START + 3 * 86_400_000);
    expect(mails.slice(3).map((mail) => mail.to)).toEqual(['sara@example.com']);
    const journeys = JSON.stringify((await admin('GET', '/api/journeys/cart')).json);
    expect(journeys).toContain('entered');
  });

  it('refuses to turn its clock back', async () => {
    expect((await admin('POST', '/api/clock', { to: new Date(START).toISOString() })).status).toBe(409);
  });
});
