import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS, HOUR_MS, type ContactState } from '@samovar/core';
import { appendRecords, readContactsBehind, type NewRecord } from '@samovar/store';
import { messageLinks } from '../../sender/message-links.ts';
import type { MessageLinks } from '../../sender/message-links.ts';
import { SendingBench, START } from '../../testing/sending.ts';
import { publicRoutes } from './public-routes.ts';
import type { PublicRoutes } from './public-routes.ts';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };

let bench: SendingBench;
let app: FastifyInstance;
let routes: PublicRoutes;
let links: MessageLinks;
let takes = true;

const path = (url: string): string => new URL(url).pathname;

beforeAll(async () => {
  bench = await SendingBench.open();
  const { db, shop } = bench;
  const append = async (records: readonly NewRecord[]): Promise<unknown> => {
    if (!takes) throw new Error('the database is away');
    return appendRecords(db, records, shop.clock.now(), shop.shardCount);
  };
  app = fastify({ routerOptions: { maxParamLength: 8_192 } });
  routes = publicRoutes(app, { db, clock: shop.clock, shardCount: shop.shardCount, signingKeys: shop.signingKeys, append });
  await app.ready();
  await bench.subscribers(2);
  await bench.news('u0', 'u1');
  await bench.sender().drain();
  await shop.decide();
  const [message] = await bench.messages();
  const [key] = shop.signingKeys;
  links = messageLinks(key!, 'https://mail.shop.example', {
    workspaceId: shop.workspaceId, messageId: message!.message_id as never, contactId: shop.user('u0'), topic: 'weekly', address: 'u0@example.com', topics: ['weekly'], wordingVersion: '3',
    confirmUntil: START + 7 * 24 * HOUR_MS,
  });
});
afterAll(async () => {
  await app.close();
  await bench.close();
});

async function contact(name: string): Promise<ContactState> {
  const { db, shop } = bench;
  const id = shop.user(name);
  return (await readContactsBehind(db, [id], shop.shardCount)).get(id)!;
}

describe('links and pixels', () => {
  it('lead on without the database, and are told to the log a moment later', async () => {
    const { shop } = bench;
    const before = (await bench.outcomes()).length;
    takes = false;
    shop.clock.moveTo(START + MINUTE_MS);
    const clicked = await app.inject({ method: 'GET', url: path(links.trackLink('https://shop.example/tee?größe=1&x=%20', 3)), headers: BROWSER });
    expect(clicked.statusCode).toBe(302);
    expect(clicked.headers.location).toBe('https://shop.example/tee?gr%C3%B6%C3%9Fe=1&x=%20');
    const opened = await app.inject({ method: 'GET', url: path(links.openPixelUrl), headers: BROWSER });
    expect(opened.headers['content-type']).toBe('image/gif');
    await app.inject({ method: 'GET', url: path(links.openPixelUrl), headers: { 'user-agent': 'Mozilla/5.0' } });
    await routes.flush();
    takes = true;
    await routes.flush();
    expect((await bench.outcomes()).slice().sort()).toEqual(['clicked', 'opened', 'opened', 'sent', 'sent']);
    expect(before).toBe(2);
    await shop.decide();
    const [row] = (await bench.db.query('select m.opened_at_ms, m.machine_opened_at_ms, m.clicked_at_ms from messages m where m.address = $1', ['u0@example.com'])).rows;
    expect(row).toEqual({ opened_at_ms: START + MINUTE_MS, machine_opened_at_ms: START + MINUTE_MS, clicked_at_ms: START + MINUTE_MS });
  });

  it('count what scanners do right after sending as done by machines', async () => {
    const [, message] = await bench.messages();
    const [key] = bench.shop.signingKeys;
    const sentAt = (await bench.db.query<{ sent_at_ms: number }>('select m.sent_at_ms from messages m where m.message_id = $1', [message!.message_id])).rows[0]!.sent_at_ms;
    expect(sentAt).toBe(START);
    const other = messageLinks(key!, 'https://mail.shop.example', {
      workspaceId: bench.shop.workspaceId, messageId: message!.message_id as never, contactId: bench.shop.user('u1'), topic: null, address: 'u1@example.com', topics: [], wordingVersion: null, confirmUntil: sentAt,
    });
    await bench.db.query('update messages m set sent_at_ms = $2 where m.message_id = $1', [message!.message_id, bench.shop.clock.now() - 100]);
    await app.inject({ method: 'GET', url: path(other.trackLink('https://shop.example/', 0)), headers: BROWSER });
    await routes.flush();
    const { rows } = await bench.db.query<{ body: Buffer }>(`select e.body from event_log e where e.name = 'clicked' and e.contact_id = $1`, [bench.shop.user('u1')]);
    expect(JSON.parse(rows[0]!.body.toString())).toMatchObject({ machine: true });
  });

  it('never lead where nobody signed for, and explain themselves', async () => {
    const token = path(links.trackLink('https://shop.example/', 0)).slice(3);
    for (const bad of ['x', `${token.slice(0, -2)}AA`, `${token}A`, 'https:%2F%2Fevil.example', path(links.openPixelUrl).slice(3)]) {
      const answer = await app.inject({ method: 'GET', url: `/c/${bad}`, headers: { 'accept-language': 'fa-IR,fa;q=0.9' } });
      expect(answer.statusCode).toBe(404);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).toContain('<html lang="fa" dir="rtl">');
    }
    expect((await app.inject({ method: 'GET', url: '/o/nonsense.gif' })).statusCode).toBe(200);
  });
});

describe('unsubscribing', () => {
  it('changes nothing when a scanner looks at the page', async () => {
    const logged = async (): Promise<number> => (await bench.db.query('select e.seq from event_log e')).rowCount;
    const before = await logged();
    expect((await app.inject({ method: 'GET', url: path(links.unsubscribeUrl), headers: BROWSER })).body).toContain('<form method="post">');
    expect((await app.inject({ method: 'HEAD', url: path(links.unsubscribeUrl), headers: BROWSER })).statusCode).toBe(200);
    expect(await logged()).toBe(before);
  });

  it('speaks the language of the contact, else of the browser', async () => {
    const get = async (language: string): Promise<string> => (await app.inject({ method: 'GET', url: path(links.unsubscribeUrl), headers: { 'accept-language': language } })).body;
    expect(await get('de, ar;q=0.5')).toContain('<html lang="ar" dir="rtl">');
    expect(await get('he-IL')).toContain('<html lang="he" dir="rtl">');
    expect(await get('de')).toContain('Would you like to stop receiving e-mail from Shop?');
    bench.shop.clock.moveTo(bench.shop.clock.now() + 1);
    await bench.shop.identify('u0', { language: 'fa' });
    expect(await get('he-IL')).toContain('<html lang="fa" dir="rtl">');
  });

  it('by one click withdraws the topic, committed before the answer', async () => {
    const answer = await app.inject({
      method: 'POST', url: path(links.unsubscribeUrl), headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Gmail' }, payload: 'List-Unsubscribe=One-Click',
    });
    expect(answer.statusCode).toBe(200);
    await bench.shop.decide();
    expect((await contact('u0')).consents).toMatchObject({ 'email/weekly': { state: 'withdrawn' }, email: { state: 'granted' } });
    const { rows } = await bench.db.query<{ proof: object }>(`select c.proof from consents c where c.state = 'withdrawn'`);
    expect(rows[0]!.proof).toMatchObject({ source: 'one-click', user_agent: 'Gmail', ip: '127.0.0.1', message_id: expect.any(String) });
    const counted = await bench.db.query<{ value: number }>(`select sum(c.value)::int8 as value from counters c where c.metric = 'unsubscribed' and c.thing = 'journey:news'`);
    expect(counted.rows[0]!.value).toBe(1);
  });

  it('by the page withdraws everything when asked to', async () => {
    const boundary = '--b\r\nContent-Disposition: form-data; name="scope"\r\n\r\nall\r\n--b--\r\n';
    const answer = await app.inject({ method: 'POST', url: path(links.unsubscribeUrl), headers: { 'content-type': 'multipart/form-data; boundary=b' }, payload: boundary });
    expect(answer.statusCode).toBe(200);
    await bench.shop.decide();
    expect((await contact('u0')).consents).toMatchObject({ email: { state: 'withdrawn' } });
  });

  it('does not claim to have worked when it was not committed', async () => {
    takes = false;
    const answer = await app.inject({ method: 'POST', url: path(links.unsubscribeUrl), payload: 'scope=all', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    takes = true;
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('60');
  });
});
