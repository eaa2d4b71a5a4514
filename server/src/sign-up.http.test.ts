import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSink, type Sink } from '@samovar/channels/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const DAY_MS = 86_400_000;

/** What a shop would publish: the recipe of the double opt-in, a topic, and a first letter that uses what the form asked. */
async function files(): Promise<{ path: string; text: string }[]> {
  const recipe = async (path: string): Promise<{ path: string; text: string }> => ({ path, text: await readFile(new URL(`../../recipes/${path}`, import.meta.url), 'utf8') });
  return [
    ...await Promise.all(['journeys/double-opt-in.yaml', 'templates/confirm-subscription.yaml', 'templates/confirm-subscription-reminder.yaml'].map(recipe)),
    { path: 'workspace.yaml', text: 'workspace: Tea Shop\nfrom: "Tea Shop <tea@shop.example>"\n' },
    { path: 'topics/tea-news.yaml', text: 'topic: tea-news\nnames: { en: News about tea, fa: خبرهای چای }\ndouble opt-in: true\n' },
    { path: 'segments/readers.yaml', text: 'segment: readers\nmatch: { consent: email, topic: tea-news }\n' },
    { path: 'journeys/first.yaml', text: 'journey: first\ntrigger: { enters: readers }\nwho: { trait: gender, is: female }\nsteps: [{ send: first }]\n' },
    {
      path: 'templates/first.yaml',
      text: 'template: first\nclass: marketing\ntopic: tea-news\nlanguages:\n  en:\n    subject: "For lovers of {{ contact.interests | join: \\", \\" }}"\n    body: |\n'
        + '      <mj-section><mj-column><mj-text>{{ contact.name }} <a href="{{ unsubscribe_url }}">Stop</a></mj-text></mj-column></mj-section>\n',
    },
  ];
}

let directory = '';
let sink: Sink;
let server: RunningServer;
const mails: { to: string; raw: string }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-sign-up-'));
  sink = await startSink({ onMessage: ({ to }, raw) => { mails.push({ to: to[0] ?? '', raw: raw.toString('utf8') }); } });
  server = await startServer({
    dataDir: directory, databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'manual', startAt: START }, role: 'all', smtpUrl: sink.url, publicUrl: null, temporary: true, log: () => {},
  });
  await admin('PUT', '/api/definitions', { files: await files(), enterExisting: [] });
});
afterAll(async () => {
  await server.stop();
  await sink.stop();
  await rm(directory, { recursive: true, force: true });
});

async function admin<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${server.url}${path}`, {
    method, headers: { authorization: `Bearer ${server.credentials!.adminKey}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([path, response.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)]);
  return await response.json() as T;
}

async function tell(key: 'browserKey' | 'serverKey', item: object): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${server.credentials![key]}:`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json', 'user-agent': 'Firefox', 'x-forwarded-for': '203.0.113.9' };
  expect((await fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch: [item] }) })).status).toBe(200);
}

const passTo = (at: number): Promise<unknown> => admin('POST', '/api/clock', { to: new Date(at).toISOString() });

interface Contact {
  id: string;
  traits: Record<string, unknown>;
  consents: object[];
  segments: { segment: string }[];
  jurisdiction: object;
}

async function contactBy(query: string): Promise<Contact> {
  const { items } = await admin<{ items: { id: string }[] }>('GET', `/api/contacts?${query}`);
  return admin<Contact>('GET', `/api/contacts/${items[0]?.id ?? ''}`);
}

describe('signing up', () => {
  it('in a browser asks the owner of the address, whose press of a button counts, with proof of both', async () => {
    await tell('browserKey', {
      type: 'track', messageId: 'r1', anonymousId: 'v1', event: 'Subscription Requested',
      properties: { email: 'Sara@Example.com', topics: ['tea-news'], language: 'fa', source: 'footer', form: 'f3', wording_version: '3' },
    });
    await tell('browserKey', { type: 'identify', messageId: 'i1', anonymousId: 'v1', traits: { gender: 'female', interests: ['green', 'oolong'], name: 'Sara' } });
    await passTo(START + 60_000);
    expect(mails.map(({ to }) => to)).toEqual(['sara@example.com']);
    const raw = (mails[0]?.raw ?? '').replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
    expect(raw).toContain('dir="rtl"');
    const link = /https?:\/\/[^"\s]+\/confirm\/[\w-]+/.exec(raw)?.[0] ?? '';
    expect(await (await fetch(link, { headers: { 'accept-language': 'fa' } })).text()).toContain('خبرهای چای');
    expect(mails).toHaveLength(1);
    expect((await fetch(link, { method: 'POST', headers: { 'user-agent': 'Mobile' } })).status).toBe(200);
    await passTo(START + 120_000);

    const contact = await contactBy('anonymousId=v1');
    expect(contact.traits).toMatchObject({ email: 'sara@example.com', gender: 'female', interests: ['green', 'oolong'] });
    expect(contact.consents).toMatchObject([{ purpose: 'marketing', channel: 'email', topic: 'tea-news', state: 'granted', holds: true, addresses: ['sara@example.com'], confirmedAt: expect.any(String) }]);
    expect(contact.jurisdiction).toMatchObject({ country: null, group: 'unknown', profiling: 'opt-in', mayProfile: true });
    const { items } = await admin<{ items: object[] }>('GET', `/api/contacts/${contact.id}/consents`);
    expect(items).toMatchObject([{
      topic: 'tea-news', state: 'granted', address: 'sara@example.com',
      proof: { source: 'footer', form: 'f3', wording_version: '3', ip: '127.0.0.1', user_agent: 'Mobile', request: { at: START, ip: '127.0.0.1', user_agent: 'Firefox', trusted: false } },
    }]);
    // What the form asked is there for the first letter; no reminder follows.
    await passTo(START + 4 * DAY_MS);
    expect(mails.map(({ to }) => to)).toEqual(['sara@example.com', 'sara@example.com']);
    expect(mails[1]?.raw).toContain('Subject: For lovers of green, oolong');
  });

  it('on a server stores check boxes as topics and traits, in one call', async () => {
    await tell('serverKey', {
      type: 'identify', messageId: 'i2', userId: 'ida', traits: {
        email: 'ida@example.com', gender: 'female', interests: ['black'], country: 'DE',
        consent: { topics: { sales: true, 'tea-news': false }, profiling: false, source: 'sign-up', form: 'f3', wording: 'Yes, write to me', wording_version: '3', by: 'Ida', ip: '198.51.100.7' },
      },
    });
    await passTo(START + 5 * DAY_MS);
    const contact = await contactBy('userId=ida');
    expect(contact.traits).toMatchObject({ gender: 'female', interests: ['black'] });
    expect(contact.consents).toMatchObject([{ topic: 'sales', state: 'granted', holds: true }, { topic: 'tea-news', state: 'withdrawn' }, { purpose: 'profiling', channel: null, state: 'withdrawn' }]);
    expect(contact.jurisdiction).toMatchObject({ country: 'DE', group: 'europe', marketing: 'opt-in', mayProfile: false, whyNot: 'withdrawn' });
    const first = await admin<{ items: object[]; next: string | null }>('GET', `/api/contacts/${contact.id}/consents?limit=2`);
    const rest = await admin<{ items: object[]; next: string | null }>('GET', `/api/contacts/${contact.id}/consents?limit=2&cursor=${first.next ?? ''}`);
    expect([...first.items, ...rest.items]).toMatchObject([{ purpose: 'profiling' }, { topic: 'tea-news' }, { topic: 'sales', proof: { by: 'Ida', wording: 'Yes, write to me', ip: '198.51.100.7', form: 'f3' } }]);
    expect(rest.next).toBeNull();
  });
});
