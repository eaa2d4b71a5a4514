import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '@samovar/core';
import type { MailExchange, NameAnswer } from '@samovar/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../server.ts';

const START = Date.UTC(2026, 0, 1, 9);
const NOW = START + 120 * DAY_MS;
const PEOPLE = 400;

/** A person as the test makes them up, with what the report should say: counted again below without any of its rules. */
interface Person {
  id: string;
  email: string | null;
  address: string;
  extra: string | null;
  country: string | null;
  code: string | null;
  plan: string;
  city: string | null;
  subscribedDay: number | null;
  leftDay: number | null;
}

const ADDRESSES: [kind: string, of: (n: number) => string | null, extra?: string][] = [
  ['missing', () => null], ['invalid', (n) => `person${n}@`], ['invalid', (n) => `person ${n}@good.shop`], ['reachable', (n) => `person${n}@good.shop`], ['reachable', (n) => `person${n}@GOOD.shop`],
  ['reachable', (n) => `person${n}@host-only.shop`], ['unreachable', (n) => `person${n}@refuses.shop`], ['unreachable', (n) => `person${n}@gone.shop`], ['unchecked', (n) => `person${n}@slow.shop`],
  ['suppressed', (n) => `bounced${n}@good.shop`], ['reachable', (n) => `sales+${n}@good.shop`, 'role'], ['reachable', (n) => `person${n}@mailinator.com`, 'disposable'],
];
const COUNTRIES: [string | null, string | null][] = [
  [null, null], ['IR', 'IR'], ['ایران', 'IR'], ['ايران', 'IR'], ['Iran ', 'IR'], ['GB', 'GB'], ['United Kingdom', 'GB'], ['UK', 'GB'], ['ישראל', 'IL'], ['Atlantis', null], ['المملكة العربية السعودية', 'SA'],
];
const PLANS = ['Gold', 'Gold', 'Gold', 'gold', ' GOLD', 'silver', 'کتابی', 'کتابی', 'كتابي'];
const RIGHT_PLANS = new Set(['Gold', 'silver', 'کتابی']);

let seed = 20_260_101;
const pick = <T>(from: readonly T[]): T => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return from[Math.floor(seed / 65_536) % from.length]!;
};

const people: Person[] = Array.from({ length: PEOPLE }, (_, n) => {
  const [address, of, extra = null] = pick(ADDRESSES);
  const [country, code] = pick(COUNTRIES);
  const subscribedDay = pick([null, 0, 20, 80, 100]);
  return {
    id: `p${n}`, email: of(n), address, extra, country, code, plan: pick(PLANS), city: pick([null, 'Shiraz', ' ']), subscribedDay,
    leftDay: subscribedDay === null ? null : pick([null, null, subscribedDay + 10, subscribedDay + 50]),
  };
}).map((person) => (person.leftDay !== null && START + person.leftDay * DAY_MS >= NOW ? { ...person, leftDay: null } : person));

const questions: string[] = [];
const answer = (domain: string): NameAnswer<MailExchange> => {
  if (domain === 'gmail.com' || domain === 'outlook.com') return { kind: 'found', records: [{ exchange: `mail.${domain}`, priority: 0 }] };
  questions.push(domain);
  if (domain === 'slow.shop') return { kind: 'failed' };
  if (domain === 'gone.shop') return { kind: 'no-name' };
  if (domain === 'host-only.shop') return { kind: 'none' };
  return { kind: 'found', records: [{ exchange: domain === 'refuses.shop' ? '' : `mail.${domain}`, priority: 0 }] };
};

let directory = '';
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-quality-'));
  server = await startServer({
    dataDir: directory, databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'manual', startAt: START }, role: 'all', smtpUrl: null, publicUrl: null,
    temporary: true, log: () => {},
    mailResolver: { exchanges: async (domain) => answer(domain), hosts: async (domain) => (domain === 'host-only.shop' ? { kind: 'found', records: ['192.0.2.1'] } : { kind: 'no-name' }) },
  });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<{ status: number; json: T }> {
  const response = await fetch(`${server.url}${path}`, {
    method, headers: { authorization: `Bearer ${server.credentials!.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as T };
}

async function tell(batch: object[], { key = server.credentials!.serverKey, userAgent = 'shop' }: { key?: string; userAgent?: string } = {}): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json', 'user-agent': userAgent };
  expect((await fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) })).status).toBe(200);
}

const timestamp = (day: number): string => new Date(START + day * DAY_MS).toISOString();
const passDays = (days: number): Promise<unknown> => admin('POST', '/api/clock', { advanceMs: days * DAY_MS });

interface Report {
  report: {
    id: number; contacts: number; warnings: string[]; figures: { key: string; contacts: number; of: number; share: number | null; groups: number | null }[];
    cohorts: { month: string; subscribed: number; after: { days: number; of: number; stayed: number }[] }[]; sources: { source: string; name: string; silent: boolean; events: number }[];
  } | null;
  running: { share: number } | null;
  failed: { reason: string } | null;
}

async function makeReport(body: object = {}): Promise<NonNullable<Report['report']>> {
  const { status, json } = await admin<{ id: number }>('POST', '/api/quality', body);
  expect(status).toBe(202);
  await expect.poll(async () => {
    const { report, failed } = (await admin<Report>('GET', '/api/quality')).json;
    return failed?.reason ?? report?.id;
  }, { timeout: 30_000 }).toBe(json.id);
  return (await admin<Report>('GET', '/api/quality')).json.report!;
}

const figuresOf = (report: NonNullable<Report['report']>): Record<string, number> => Object.fromEntries(report.figures.map(({ key, contacts }) => [key, contacts]));

async function contactsOf(figure: string, query = ''): Promise<{ userId: string; email: string | null; detail: string | null }[]> {
  const all: { userId: string; email: string | null; detail: string | null }[] = [];
  let cursor: string | null = null;
  do {
    const { status, json }: { status: number; json: { items: typeof all; next: string | null } } =
      await admin('GET', `/api/quality/${encodeURIComponent(figure)}/contacts?limit=37${query}${cursor === null ? '' : `&cursor=${cursor}`}`);
    expect([figure, status]).toEqual([figure, 200]);
    all.push(...json.items);
    cursor = json.next;
  } while (cursor !== null);
  return all;
}

const ids = (some: readonly Person[]): string[] => some.map(({ id }) => id).sort();
const namesOf = async (figure: string): Promise<string[]> => (await contactsOf(figure)).map(({ userId }) => userId).filter((id) => id.startsWith('p')).sort();

describe('the data quality report', () => {
  it('says that there is none yet', async () => {
    expect((await admin('GET', '/api/quality')).json).toEqual({ report: null, running: null, failed: null });
    expect(await admin('GET', '/api/quality/address-invalid/contacts')).toMatchObject({ status: 404, json: { code: 'not_found', detail: expect.stringContaining('POST /api/quality') } });
    expect(await admin('GET', '/api/quality/values/country')).toMatchObject({ status: 404 });
  });

  it('counts what a recount by hand counts, and leads from each figure to its contacts', async () => {
    for (let day = 0; day < 14; day += 1) {
      await tell([{ type: 'track', messageId: `beat-${day}`, userId: 'shop-system', event: 'Stock Told' }]);
      await passDays(1);
    }
    await passDays(106);
    const told = people.flatMap((person, n) => [
      { type: 'identify', messageId: `i${n}`, userId: person.id, traits: { ...(person.email === null ? {} : { email: person.email }), ...(person.country === null ? {} : { country: person.country }), plan: person.plan, ...(person.city === null ? {} : { address: { city: person.city } }) } },
      ...(person.subscribedDay === null ? [] : [{ type: 'track', messageId: `s${n}`, userId: person.id, event: 'Consent Granted', timestamp: timestamp(person.subscribedDay), properties: { source: 'form' } }]),
      ...(person.leftDay === null ? [] : [{ type: 'track', messageId: `l${n}`, userId: person.id, event: 'Consent Withdrawn', timestamp: timestamp(person.leftDay) }]),
    ]);
    for (let from = 0; from < told.length; from += 200) await tell(told.slice(from, from + 200));
    for (const person of people) if (person.address === 'suppressed') await admin('POST', '/api/suppressions', { address: person.email });
    await passDays(0);
    expect((await admin('PUT', '/api/quality/settings', { expectedTraits: ['address.city', 'plan'], categoryTraits: ['plan'] })).status).toBe(200);
    const report = await makeReport();
    const figures = figuresOf(report);
    expect(report.contacts).toBe(PEOPLE + 1);
    for (const kind of ['invalid', 'reachable', 'unreachable', 'unchecked', 'suppressed', 'missing']) {
      const expected = ids(people.filter(({ address }) => address === kind));
      expect([kind, await namesOf(`address-${kind}`)]).toEqual([kind, expected]);
      expect([kind, figures[`address-${kind}`]]).toEqual([kind, expected.length + (kind === 'missing' ? 1 : 0)]);
    }
    for (const extra of ['role', 'disposable']) expect([extra, await namesOf(`address-${extra}`)]).toEqual([extra, ids(people.filter((person) => person.extra === extra))]);
    expect(await namesOf('missing:address.city')).toEqual(ids(people.filter(({ city }) => city === null || city.trim() === '')));
    expect(figures['missing:plan']).toBe(1);
    expect(await namesOf('value:country')).toEqual(ids(people.filter(({ country, code }) => country !== null && country !== code)));
    expect(await namesOf('value:plan')).toEqual(ids(people.filter(({ plan }) => !RIGHT_PLANS.has(plan))));
    expect(report.figures.find(({ key }) => key === 'value:country')).toMatchObject({ of: people.filter(({ country }) => country !== null).length });
  });

  it('counts subscribers who stayed, by the month in which they came', async () => {
    const { report } = (await admin<Report>('GET', '/api/quality')).json;
    const figures = figuresOf(report!);
    const ever = people.filter(({ subscribedDay }) => subscribedDay !== null);
    const eligible = (days: number): Person[] => ever.filter(({ subscribedDay }) => subscribedDay! + days <= 120);
    const stayed = (days: number): Person[] => eligible(days).filter(({ subscribedDay, leftDay }) => leftDay === null || leftDay > subscribedDay! + days);
    expect(await namesOf('subscribed')).toEqual(ids(ever.filter(({ leftDay }) => leftDay === null)));
    for (const days of [30, 90, 365]) expect([days, figures[`stayed-${days}`], figures[`left-${days}`]]).toEqual([days, stayed(days).length, eligible(days).length - stayed(days).length]);
    const january = ever.filter(({ subscribedDay }) => subscribedDay! < 31);
    expect(report!.cohorts.find(({ month }) => month === '2026-01')).toEqual({
      month: '2026-01', subscribed: january.length,
      after: [30, 90].map((days) => ({ days, of: january.length, stayed: stayed(days).filter((person) => january.includes(person)).length })),
    });
  });

  it('asks about each domain once, remembers the answers, and does not ask when told not to', async () => {
    const asked = new Set(questions);
    expect([...asked].sort()).toEqual(['gone.shop', 'good.shop', 'host-only.shop', 'mailinator.com', 'refuses.shop', 'slow.shop']);
    expect(questions.filter((domain) => domain !== 'slow.shop').length).toBe(asked.size - 1);
    questions.length = 0;
    await makeReport();
    expect(new Set(questions)).toEqual(new Set(['slow.shop']));
    questions.length = 0;
    const report = await makeReport({ checkDomains: false });
    expect(questions).toEqual([]);
    expect(figuresOf(report)).toMatchObject({ 'address-reachable': 0, 'address-unreachable': 0 });
    expect(report.warnings.join()).toContain('not checked');
    await makeReport();
  });

  it('warns of a daily source that fell silent', async () => {
    const { report } = (await admin<Report>('GET', '/api/quality')).json;
    expect(report!.sources.find(({ name }) => name === 'Stock Told')).toMatchObject({ source: 'server', events: 14, silent: true });
    expect(report!.sources.find(({ name }) => name === 'Identify')).toMatchObject({ silent: false, events: PEOPLE });
    expect(report!.warnings.join()).toContain('Stock Told from server came daily');
  });

  it('tells bots from people, and neither where it cannot', async () => {
    const key = (await admin<{ key: string }>('POST', '/api/keys', { kind: 'browser', label: 'site' })).json.key;
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const page = (who: string, n = 0, context: object = { library: { name: 'analytics.js' } }): object => ({ type: 'page', messageId: `${who}-${n}`, anonymousId: who, context });
    await tell([page('person-1')], { key, userAgent: firefox });
    await tell([page('bot-1')], { key, userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' });
    await tell([page('bot-2')], { key, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36' });
    await tell(Array.from({ length: 30 }, (_, n) => page('bot-3', n)), { key, userAgent: firefox });
    await tell([page('unclear-1', 0, {})], { key, userAgent: firefox });
    await passDays(0);
    const report = await makeReport();
    const figures = report.figures.filter(({ key: name }) => name.startsWith('visitor-')).map(({ key: name, contacts, of }) => [name, contacts, of]);
    expect(figures).toEqual([['visitor-person', 1, 5], ['visitor-bot', 3, 5], ['visitor-unclear', 1, 5]]);
    expect((await contactsOf('visitor-bot')).map(({ detail }) => detail ?? '').sort()).toEqual(['program', 'program', 'too-fast']);
    expect(report.sources).toContainEqual(expect.objectContaining({ source: 'browser analytics.js', name: 'Page Viewed' }));
  });

  it('finds duplicates as groups and makes one contact of them', async () => {
    await tell([
      { type: 'identify', messageId: 'd1', userId: 'd1', traits: { email: 'ada.love@gmail.com', phone: '+98 912 345 6789', name: 'علي رضايي', city: 'شیراز' } },
      { type: 'identify', messageId: 'd2', userId: 'd2', traits: { email: 'AdaLove+shop@googlemail.com' } },
      { type: 'identify', messageId: 'd3', userId: 'd3', traits: { phone: '۰۹۱۲۳۴۵۶۷۸۹', country: 'IR', first_name: 'علی', last_name: 'رضایی', address: { city: 'شيراز' } } },
    ]);
    await passDays(0);
    const report = await makeReport();
    const groups = report.figures.filter(({ key }) => key.startsWith('duplicate-')).map(({ key, contacts, groups: count }) => [key, contacts, count]);
    expect(groups).toEqual([['duplicate-email', 2, 1], ['duplicate-phone', 2, 1], ['duplicate-name-birthday', 0, 0], ['duplicate-name-city', 2, 1]]);
    const { items } = (await admin<{ items: { id: string; contacts: number; members: { userId: string; contactId: string }[] }[] }>('GET', '/api/quality/duplicates/email')).json;
    expect(items.map(({ members }) => members.map(({ userId }) => userId).sort())).toEqual([['d1', 'd2']]);
    expect((await contactsOf('duplicate-email')).map(({ detail }) => detail)).toEqual([items[0]!.id, items[0]!.id]);
    const into = items[0]!.members.find(({ userId }) => userId === 'd2')!.contactId;
    expect(await admin('POST', `/api/quality/duplicates/email/${'0'.repeat(32)}/merge`, {})).toMatchObject({ status: 404 });
    expect((await admin('POST', `/api/quality/duplicates/email/${items[0]!.id}/merge`, { into })).status).toBe(202);
    await passDays(0);
    const merged = (await admin<{ items: { id: string }[] }>('GET', '/api/contacts?userId=d1')).json.items[0]!.id;
    expect((await admin<{ items: { id: string }[] }>('GET', '/api/contacts?userId=d2')).json.items[0]!.id).toBe(merged);
    expect(figuresOf(await makeReport())['duplicate-email']).toBe(0);
  });

  it('shows values with proposals, keeps what people decide, and writes it with what was told before', async () => {
    interface Value { value: string; contacts: number; proposed: string | null; choice: string; canonical: string | null; wrong: boolean }
    const { items } = (await admin<{ items: Value[] }>('GET', '/api/quality/values/country?limit=100')).json;
    const count = (country: string): number => people.filter((person) => person.country === country).length;
    expect(items.find(({ value }) => value === 'ایران')).toEqual({ value: 'ایران', contacts: count('ایران'), proposed: 'IR', choice: 'open', canonical: 'IR', wrong: true });
    expect(items.find(({ value }) => value === 'Atlantis')).toMatchObject({ proposed: null, wrong: true });
    expect(items.find(({ value }) => value === 'GB')).toMatchObject({ proposed: 'GB', wrong: false });
    const put = (body: object, trait = 'country'): Promise<{ status: number; json: object }> => admin('PUT', `/api/quality/values/${trait}`, body);
    expect(await put({ value: 'Narnia', choice: 'accepted' })).toMatchObject({ status: 404, json: { detail: expect.stringContaining('Narnia') } });
    expect(await put({ value: 'Atlantis', choice: 'accepted' })).toMatchObject({ status: 409 });
    expect(await put({ value: 'Atlantis', choice: 'replaced', canonical: 'Greece' })).toMatchObject({ status: 400, json: { errors: [expect.objectContaining({ pointer: '/canonical' })] } });
    expect(await put({ value: 'UK', choice: 'accepted', canonical: 'GB' })).toMatchObject({ status: 400 });
    expect(await put({ value: 'x', choice: 'rejected' }, 'hair')).toMatchObject({ status: 404 });
    expect(await admin('POST', '/api/quality/values/country/apply')).toMatchObject({ status: 409 });
    expect(await put({ value: 'Atlantis', choice: 'replaced', canonical: 'GR' })).toMatchObject({ status: 200, json: { canonical: 'GR', choice: 'replaced' } });
    expect(await put({ value: 'ایران', choice: 'accepted' })).toMatchObject({ status: 200, json: { canonical: 'IR' } });
    expect(await put({ value: 'UK', choice: 'rejected' })).toMatchObject({ status: 200, json: { canonical: 'UK', wrong: false } });
    expect((await contactsOf('value:country')).some(({ detail }) => detail === 'UK')).toBe(false);
    expect((await contactsOf('value:country', '&value=UK')).length).toBe(count('UK'));

    expect((await admin('POST', '/api/quality/values/country/apply')).status).toBe(202);
    await expect.poll(async () => (await admin('GET', '/api/quality/applications/latest')).json, { timeout: 30_000 }).toMatchObject({ status: 'done', written: count('Atlantis') + count('ایران'), share: 1 });
    await passDays(0);
    const persian = people.find(({ country }) => country === 'ایران')!;
    const { id } = (await admin<{ items: { id: string }[] }>('GET', `/api/contacts?userId=${persian.id}`)).json.items[0]!;
    expect((await admin('GET', `/api/contacts/${id}`)).json).toMatchObject({ traits: { country: 'IR', country_raw: 'ایران', plan: persian.plan } });
    expect(figuresOf(await makeReport())['value:country']).toBe(['ايران', 'Iran ', 'United Kingdom', 'ישראל', 'المملكة العربية السعودية'].reduce((sum, country) => sum + count(country), 0));
  });

  it('looks at properties of events, and does not rewrite them', async () => {
    await tell(['Tea', 'Tea', 'tea', 'Coffee'].map((category, n) => ({ type: 'track', messageId: `v${n}`, userId: `p${n}`, event: 'Product Viewed', properties: { category } })));
    await passDays(0);
    expect((await admin('PUT', '/api/quality/settings', { categoryTraits: ['Product Viewed/category'] })).status).toBe(200);
    expect(figuresOf(await makeReport())).toMatchObject({ 'value:Product Viewed/category': 1 });
    expect(await contactsOf('value:Product Viewed/category')).toMatchObject([{ userId: 'p2', detail: 'tea' }]);
    const path = `/api/quality/values/${encodeURIComponent('Product Viewed/category')}`;
    expect((await admin('PUT', path, { value: 'tea', choice: 'accepted' })).status).toBe(200);
    expect(await admin('POST', `${path}/apply`)).toMatchObject({ status: 409, json: { detail: expect.stringContaining('not rewritten') } });
  });

  it('refuses what it does not know', async () => {
    expect(await admin('GET', '/api/quality/address-green/contacts')).toMatchObject({ status: 404, json: { detail: expect.stringContaining('address-reachable') } });
    expect(await admin('GET', '/api/quality/address-invalid/contacts?value=x')).toMatchObject({ status: 400 });
    expect(await admin('GET', '/api/quality/duplicates/hair')).toMatchObject({ status: 400 });
    expect(await admin('PUT', '/api/quality/settings', { expected: [] })).toMatchObject({ status: 400 });
    expect(await admin('POST', '/api/quality', { checkDomains: 'yes' })).toMatchObject({ status: 400 });
  });
});
