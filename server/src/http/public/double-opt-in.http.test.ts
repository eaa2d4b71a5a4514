import fastify from 'fastify';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contactIdOf, DAY_MS, HOUR_MS, type ContactState, type Identifier, type JsonObject } from '@samovar/core';
import { appendRecords, readContactsBehind, suppress } from '@samovar/store';
import { SendingBench, sendingFiles } from '../../testing/sending.ts';
import { publicRoutes } from './public-routes.ts';

const ASK = `
      <mj-section><mj-column><mj-text>{{ contact.first_name }} {{ workspace.name }} <a href="{{ confirm_url }}">Yes</a> <a href="https://shop.example/">Shop</a></mj-text></mj-column></mj-section>`;

const FILES = [
  ...sendingFiles(1_000),
  {
    path: 'journeys/ask.yaml',
    text: 'journey: ask\ntrigger: { event: Subscription Requested, key: email }\nre-entry: always\nsteps:\n  - send: ask\n'
      + '  - wait for: { event: Subscription Confirmed, same: email }\n    up to: 2 days\n    then: [{ exit: confirmed }]\n    otherwise: [{ send: ask }]\n',
  },
  { path: 'templates/ask.yaml', text: `template: ask\nclass: confirmation\nlanguages:\n  en:\n    subject: Was it you?\n    body: |${ASK}\n  fa:\n    subject: شما بودید؟\n    body: |${ASK}\n` },
  { path: 'topics/weekly.yaml', text: 'topic: weekly\nnames: { en: Our weekly letter, fa: نامهٔ هفتگی }\ndouble opt-in: true\n' },
];

const BROWSER = { 'user-agent': 'Firefox', 'accept-language': 'en' };
const VISITOR: Identifier = { kind: 'anonymous', value: 'v1' };

let bench: SendingBench;
let app: FastifyInstance;

beforeEach(async () => {
  bench = await SendingBench.open();
  const { db, shop } = bench;
  await shop.publish(FILES);
  app = fastify({ routerOptions: { maxParamLength: 8_192 } });
  publicRoutes(app, {
    db, clock: shop.clock, shardCount: shop.shardCount, signingKeys: shop.signingKeys, append: (records) => appendRecords(db, records, shop.clock.now(), shop.shardCount),
  });
  await app.ready();
});
afterEach(async () => {
  await app.close();
  await bench.close();
});

/** A browser asks for a subscription. */
async function request(properties: JsonObject, who: Identifier = VISITOR, trusted = false): Promise<void> {
  const { shop } = bench;
  const { record } = shop.event('Subscription Requested', properties, { user: 'x', identifiers: [who], trusted, context: { ip: '203.0.113.9', userAgent: 'Safari' } });
  await shop.append({ contactId: contactIdOf(shop.workspaceId, who), record });
  await shop.decide();
}

async function send(): Promise<void> {
  await bench.sender().drain();
  await bench.shop.decide();
}

async function pass(ms: number): Promise<void> {
  bench.shop.clock.moveTo(bench.shop.clock.now() + ms);
  await bench.shop.decide();
  await send();
}

/** The path of the link in the latest mail, as its reader has it. */
function link(): string {
  const raw = (bench.mails.at(-1)?.raw ?? '').replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
  return /https:\/\/mail\.shop\.example(\/confirm\/[\w-]+)/.exec(raw)?.[1] ?? 'no link';
}

const ask = (url: string, headers = BROWSER): Promise<LightMyRequestResponse> => app.inject({ method: 'GET', url, headers });
const confirm = async (url: string): Promise<LightMyRequestResponse> => {
  const answer = await app.inject({ method: 'POST', url, headers: BROWSER });
  await bench.shop.decide();
  return answer;
};

async function contactOf(who: Identifier): Promise<ContactState | undefined> {
  const id = contactIdOf(bench.shop.workspaceId, who);
  return (await readContactsBehind(bench.db, [id], bench.shop.shardCount)).get(id);
}

describe('double opt-in', () => {
  it('asks the address, keeps both proofs, verifies the address and lets marketing through from then on', async () => {
    await request({ email: 'Sara@Example.com ', topics: ['weekly'], source: 'footer', form: 'newsletter', wording: 'Yes, weekly', wording_version: '3', first_name: 'x' });
    await send();
    expect(bench.mails.map(({ to }) => to)).toEqual(['sara@example.com']);
    // Nothing in it watches its reader, and it offers no list to leave.
    expect(bench.mails[0]?.raw).not.toMatch(/List-Unsubscribe|mail\.shop\.example\/[co]\//);
    expect(bench.mails[0]?.raw).toContain('https://shop.example/');
    await bench.shop.append({ ...bench.shop.event('News', {}, { user: 'x', identifiers: [VISITOR] }), contactId: contactIdOf(bench.shop.workspaceId, VISITOR) });
    await pass(HOUR_MS);
    expect(bench.mails).toHaveLength(1);

    const url = link();
    const page = await ask(url);
    expect([page.statusCode, page.body]).toEqual([200, expect.stringMatching(/<form method="post">/)]);
    expect(page.body).toContain('You chose: Our weekly letter.');
    expect((await ask(url, { ...BROWSER, 'accept-language': 'fa' })).body).toContain('نامهٔ هفتگی');
    expect((await contactOf(VISITOR))?.consents).toEqual({});
    const requestedAt = bench.shop.clock.now() - HOUR_MS;

    expect((await confirm(url)).statusCode).toBe(200);
    const contact = await contactOf(VISITOR);
    const now = bench.shop.clock.now();
    expect(contact?.consents).toEqual({ 'email/weekly': { state: 'granted', at: now, grants: { 'sara@example.com': now }, confirmed: { 'sara@example.com': now } } });
    expect(contact?.traits.email).toMatchObject({ value: 'sara@example.com', verified: true });
    const { rows } = await bench.db.query<{ address: string; proof: object }>('select c.address, c.proof from consents c');
    expect(rows).toEqual([{
      address: 'sara@example.com',
      proof: expect.objectContaining({
        source: 'footer', form: 'newsletter', wording: 'Yes, weekly', wording_version: '3', ip: '127.0.0.1', user_agent: 'Firefox', received_at: now,
        request: { event: expect.any(String), at: requestedAt, received_at: requestedAt, ip: '203.0.113.9', user_agent: 'Safari', trusted: false },
      }),
    }]);
    await bench.shop.append({ ...bench.shop.event('News', {}, { user: 'x', identifiers: [VISITOR] }), contactId: contactIdOf(bench.shop.workspaceId, VISITOR) });
    await pass(1);
    // No reminder follows.
    await pass(3 * DAY_MS);
    expect(bench.mails.map(({ to }) => to)).toEqual(['sara@example.com', 'sara@example.com']);
    expect(bench.mails[1]?.raw).toContain('List-Unsubscribe');
  });

  it('shows no sentence of whoever asked: topics that nobody defined go by their key, if it is one', async () => {
    await request({ email: 'sara@example.com', topics: ['weekly', 'offers', 'You won! Visit evil.example', '\u202emoc.live', "$'"] });
    await send();
    const { body } = await ask(link());
    expect(body).toContain('You chose: Our weekly letter, offers, …, …, and ….');
    expect(body).not.toMatch(/evil|\u202e/);
  });

  it('reminds once, and asks an address twice a week at most, whoever asks', async () => {
    await request({ email: 'sara@example.com' });
    await send();
    await pass(2 * DAY_MS);
    expect(bench.mails).toHaveLength(2);
    await request({ email: 'SARA@example.com' });
    await request({ email: 'sara@example.com' }, { kind: 'anonymous', value: 'another' });
    await send();
    expect(bench.mails).toHaveLength(2);
    expect(await bench.states()).toEqual({ sent: 2, 'cancelled: confirmation_limit': 2 });
    await pass(5 * DAY_MS + 1);
    await request({ email: 'sara@example.com' }, { kind: 'anonymous', value: 'a third' });
    await send();
    expect(bench.mails).toHaveLength(3);
  });

  it('never asks an address that is suppressed, nor what is none', async () => {
    await suppress(bench.db, { workspaceId: bench.shop.workspaceId, channel: 'email', address: 'gone@example.com', reason: 'bounced', at: 0 }, bench.shop.shardCount);
    await request({ email: 'gone@example.com' });
    await request({ email: 'a@b@c' });
    await request({ email: 'evil@example.com>\r\nBcc: all@example.com' });
    await request({});
    await send();
    expect([bench.mails, await bench.states()]).toEqual([[], { 'cancelled: suppressed': 1 }]);
  });

  it('works once, for a time, and only as it was signed; each with a page that says so', async () => {
    await request({ email: 'sara@example.com' });
    await send();
    const url = link();
    const forged = await ask(`${url.slice(0, -3)}AAA`, { ...BROWSER, 'accept-language': 'he' });
    expect([forged.statusCode, forged.body]).toEqual([404, expect.stringContaining('<html lang="he" dir="rtl">')]);
    expect((await confirm(url)).statusCode).toBe(200);
    for (const again of [await ask(url), await confirm(url)]) expect([again.statusCode, again.body]).toEqual([410, expect.stringContaining('This link was used already')]);
    expect((await ask(url, { ...BROWSER, 'accept-language': 'ar' })).body).toContain('سبق استخدام هذا الرابط');
    await bench.shop.append({ ...bench.shop.event('Consent Withdrawn', {}, { user: 'x', identifiers: [VISITOR] }), contactId: contactIdOf(bench.shop.workspaceId, VISITOR) });
    await pass(1);
    await confirm(url);
    expect((await contactOf(VISITOR))?.consents.email?.state).toBe('withdrawn');

    await request({ email: 'late@example.com' }, { kind: 'anonymous', value: 'late' });
    await send();
    const late = link();
    bench.shop.clock.moveTo(bench.shop.clock.now() + 7 * DAY_MS + 1);
    for (const answer of [await ask(late), await confirm(late)]) expect([answer.statusCode, answer.body]).toEqual([410, expect.stringContaining('This link is too old')]);
    expect((await contactOf({ kind: 'anonymous', value: 'late' }))?.consents).toEqual({});
  });

  it('gives nobody the mail of a customer whose user id a stranger knows', async () => {
    await bench.shop.identify('sara', { email: 'sara@example.com', first_name: 'Sara' });
    const sara: Identifier = { kind: 'user', value: 'sara' };
    await request({ email: 'stranger@example.com', topics: ['weekly'] }, sara);
    await send();
    expect(bench.mails[0]?.raw).not.toContain('Sara');
    expect((await confirm(link())).statusCode).toBe(200);
    expect((await contactOf(sara))?.traits.email).toMatchObject({ value: 'sara@example.com' });
    expect((await contactOf(sara))?.consents).toEqual({});
    const stranger = await contactOf({ kind: 'email', value: 'stranger@example.com' });
    expect([stranger?.traits.email?.value, Object.keys(stranger?.consents ?? {})]).toEqual(['stranger@example.com', ['email/weekly']]);
    // Her own address she may confirm herself, and a server may ask for any.
    bench.shop.clock.moveTo(bench.shop.clock.now() + 1);
    await request({ email: 'sara@example.com' }, sara);
    await send();
    await confirm(link());
    expect((await contactOf(sara))?.consents).toMatchObject({ email: { state: 'granted' } });
  });

  it('is what a topic may demand: no other grant counts for it', async () => {
    await bench.shop.identify('sara', { email: 'sara@example.com', consent: { topics: { weekly: true, other: true } } });
    expect(Object.keys((await contactOf({ kind: 'user', value: 'sara' }))?.consents ?? {})).toEqual(['email/other']);
    await bench.shop.identify('sara', { consent: { topics: { weekly: true }, source: 'old list', confirmed_at: '2024-05-01T10:00:00Z' } });
    expect(Object.keys((await contactOf({ kind: 'user', value: 'sara' }))?.consents ?? {})).toEqual(['email/other', 'email/weekly']);
  });
});

describe('a withdrawal', () => {
  it('is for the address, also of another contact, also for what is queued already, until somebody grants it for the address again', async () => {
    await bench.shop.publish(sendingFiles(1_000));
    for (const user of ['one', 'two']) await bench.shop.identify(user, { email: 'shared@example.com', consent: true });
    await bench.shop.track('one', 'News');
    await bench.shop.track('two', 'News');
    bench.shop.clock.moveTo(bench.shop.clock.now() + 1);
    await bench.shop.track('two', 'Consent Withdrawn', { source: 'phone' });
    await send();
    expect([bench.mails, await bench.states()]).toEqual([[], { 'cancelled: unsubscribed': 2 }]);
    bench.shop.clock.moveTo(bench.shop.clock.now() + 1);
    await bench.shop.track('one', 'Consent Granted', { source: 'shop' });
    await bench.shop.track('one', 'News');
    await bench.shop.track('two', 'News');
    await send();
    expect(bench.mails.map(({ to }) => to)).toEqual(['shared@example.com']);
  });

  it('by a link acts before any worker hears of it', async () => {
    await bench.shop.publish(sendingFiles(1_000));
    for (const user of ['one', 'two']) await bench.shop.identify(user, { email: 'shared@example.com', consent: true });
    await bench.shop.track('one', 'News');
    await send();
    const raw = (bench.mails[0]?.raw ?? '').replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
    await bench.shop.track('two', 'News');
    const url = /https:\/\/mail\.shop\.example(\/u\/[\w-]+)/.exec(raw)?.[1] ?? '';
    expect((await app.inject({ method: 'POST', url, payload: 'scope=all', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).statusCode).toBe(200);
    await bench.sender().drain();
    expect([bench.mails.length, await bench.states()]).toEqual([1, { sent: 1, 'cancelled: unsubscribed': 1 }]);
  });
});
