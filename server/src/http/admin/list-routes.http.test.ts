import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '@samovar/core';
import { TestServer } from '../../testing/test-server.ts';
import { WHO_COUNT_LIMIT } from './list-routes.ts';

const START = Date.UTC(2026, 2, 1, 9);
const FRIENDS = { path: 'segments/friends.yaml', text: 'segment: friends\nname: Friends\nmatch: { trait: plan, is: pro }\n' };

let server: TestServer;
let lists = 0;
let key = '';
let now = START;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish([FRIENDS]);
  for (const user of ['ada', 'bob']) await server.identify(user, { email: `${user}@example.com`, plan: 'basic' });
  await server.settle();
});
afterAll(() => server.close());
beforeEach(async () => {
  lists += 1;
  key = `list-${lists}`;
  await pass();
  await server.done('POST', '/api/lists', { key, name: 'Fair 2026' });
});

/** What is told about one list at the same instant has no order. */
async function pass(): Promise<void> {
  now += MINUTE_MS;
  await server.passTo(now);
}

interface Member { contactId: string; email: string | null; userId: string | null }

async function members(of = key): Promise<string[]> {
  await server.settle();
  return (await server.get<{ items: Member[] }>(`/api/lists/${of}/members`)).items.map(({ userId, email }) => userId ?? email ?? '').sort();
}

async function status(method: string, path: string, body?: unknown): Promise<number> {
  return (await server.call(method, path, body)).status;
}

describe('lists', () => {
  it('are made, found, renamed and deleted', async () => {
    expect(await server.done('PATCH', `/api/lists/${key}`, { description: 'Met at the stand' })).toMatchObject({ key, name: 'Fair 2026', description: 'Met at the stand', members: 0 });
    await server.done('POST', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }] });
    await server.settle();
    expect((await server.get<{ items: object[] }>('/api/lists')).items).toContainEqual({
      key, name: 'Fair 2026', description: 'Met at the stand', createdAt: new Date(now).toISOString(), members: 1,
    });
    const before = now;
    await pass();
    expect(await server.done('DELETE', `/api/lists/${key}`)).toEqual({ removed: 1 });
    expect(await status('GET', `/api/lists/${key}/members`)).toBe(404);
    await server.settle();
    const spans = await server.get<{ items: { segment: string; leftAt: string | null }[] }>(`/api/contacts/${await server.contact('ada')}/segments?segment=list/${key}`);
    expect(spans.items).toMatchObject([{ segment: `list/${key}`, enteredAt: new Date(before).toISOString(), leftAt: new Date(now).toISOString(), leftBy: { kind: 'event', name: 'List Left' } }]);
    await pass();
    await server.done('POST', '/api/lists', { key });
    expect(await members()).toEqual([]);
  });

  it('take people by contact id, user id or address, and let them go', async () => {
    const ada = await server.contact('ada');
    expect(await server.done('POST', `/api/lists/${key}/members`, { members: [{ contactId: ada }, { email: ' BOB@example.com ' }, { userId: 'ada' }] })).toEqual({ added: 3, created: 0 });
    expect(await members()).toEqual(['ada', 'bob']);
    await pass();
    expect(await server.done('DELETE', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }, { email: 'never.seen@example.com' }] })).toEqual({ removed: 1, unknown: [1] });
    expect(await members()).toEqual(['bob']);
    expect((await server.get<{ items: object[] }>('/api/contacts?email=never.seen@example.com')).items).toEqual([]);
    expect((await server.get<{ items: object[] }>(`/api/lists/${key}/members?at=${new Date(now - 1).toISOString()}`)).items).toHaveLength(2);
  });

  it('make contacts of strangers, who have consented to nothing', async () => {
    expect(await server.done('POST', `/api/lists/${key}/members`, { members: [{ email: `New@${key}.example` }] })).toEqual({ added: 1, created: 1 });
    expect(await members()).toEqual([`new@${key}.example`]);
    const [{ id } = { id: '' }] = (await server.get<{ items: { id: string }[] }>(`/api/contacts?email=new@${key}.example`)).items;
    expect(await server.get(`/api/contacts/${id}`)).toMatchObject({ email: `new@${key}.example`, consents: [] });
  });

  it('do not tell the address of somebody who uses another one now', async () => {
    await server.identify('mia', { email: 'mia.old@example.com' });
    await pass();
    await server.identify('mia', { email: 'mia.new@example.com' });
    await pass();
    await server.done('POST', `/api/lists/${key}/members`, { members: [{ email: 'mia.old@example.com' }] });
    expect(await members()).toEqual(['mia']);
    expect(await server.get(`/api/contacts/${await server.contact('mia')}`)).toMatchObject({ email: 'mia.new@example.com' });
  });

  it('are asked for by segments, and start journeys by their events', async () => {
    await server.publish([
      { path: 'segments/invited.yaml', text: `segment: invited\nname: Invited\nmatch: { all: [{ list: ${key} }, { trait: plan, is: basic }] }\n` },
      { path: 'journeys/invite.yaml', text: `journey: invite\nname: Invite\ntrigger: { event: List Joined, where: { list: ${key} } }\nsteps:\n  - tag: invited\n` },
    ]);
    await pass();
    await server.done('POST', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }] });
    const ada = await server.contact('ada');
    expect(await server.get(`/api/segments/invited/contacts/${ada}`)).toMatchObject({ inside: true, spans: [{ enteredBy: { kind: 'event', name: 'List Joined' }, leftAt: null }] });
    expect(await server.get('/api/journeys/invite')).toMatchObject({ figures: { entered: 1 } });
    await pass();
    await server.done('DELETE', `/api/lists/${key}/members`, { members: [{ contactId: ada }] });
    await server.settle();
    expect(await server.get(`/api/segments/invited/contacts/${ada}`)).toMatchObject({ inside: false, spans: [{ leftBy: { kind: 'event', name: 'List Left' } }] });
  });

  it('all or nobody where somebody cannot be meant', async () => {
    const refused = await server.call('POST', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }, { email: 'no address' }, { userId: 'null' }] });
    expect(refused).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ pointer: '/members/1' }, { pointer: '/members/2' }] } });
    const unknown = await server.call('POST', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }, { contactId: '00000000-0000-8000-8000-000000000000' }] });
    expect(unknown).toMatchObject({ status: 400, json: { errors: [{ pointer: '/members/1' }] } });
    expect(await members()).toEqual([]);
  });

  it('refuse what makes no sense', async () => {
    const many = (count: number): object => ({ members: Array.from({ length: count }, () => ({ userId: 'ada' })) });
    expect([
      await status('POST', '/api/lists', { key }), await status('POST', '/api/lists', { key: 'Über uns' }), await status('POST', '/api/lists', { key: 'a/b' }), await status('POST', '/api/lists', { key: 'x', name: 'a\u0000b' }),
      await status('PATCH', '/api/lists/nothing', { name: 'x' }), await status('DELETE', '/api/lists/nothing'), await status('POST', '/api/lists/nothing/members', many(1)),
      await status('POST', `/api/lists/${key}/members`, many(WHO_COUNT_LIMIT)), await status('POST', `/api/lists/${key}/members`, many(WHO_COUNT_LIMIT + 1)), await status('POST', `/api/lists/${key}/members`, { members: [] }),
      await status('POST', `/api/lists/${key}/members`, { members: [{ userId: 'a', email: 'a@b.example' }] }), await status('GET', `/api/lists/${key}/members?at=${new Date(now + 1).toISOString()}`),
    ]).toEqual([409, 400, 400, 400, 404, 404, 404, 202, 400, 400, 400, 400]);
  });
});

interface Import { id: string; state: string; people: number; badLines: number; problems: { line: number; code: string }[]; progress: { done: number; of: number }; failure: string | null }

async function imported(started: Import): Promise<Import> {
  let found = started;
  await expect.poll(async () => {
    found = await server.get<Import & Record<string, unknown>>(`/api/lists/${key}/imports/${started.id}`);
    return found.state;
  }, { timeout: 10_000 }).not.toBe('running');
  return found;
}

const mapping = { email: 'Mail', userId: 'No', traits: { first_name: 'Name', visits: { column: 'Visits', as: 'number' } } };
const csv = '\uFEFFNo,Name,Mail,Visits\nada,Ada,ada@example.com,3\n,"سارا, م",sara@fair.example,1\n,Nobody,,1\n,Tom,tom@fair.example,many\n,Tom,no address,2\nx,y\n';

describe('a file of people', () => {
  it('is tried first: what would happen, line by line, and nothing does', async () => {
    const { lines } = await server.done<{ lines: object[] }>('POST', `/api/lists/${key}/import/try`, { csv, mapping });
    expect(lines).toMatchObject([
      { kind: 'good', line: 2, would: 'add', identifiers: [{ kind: 'user', value: 'ada' }, { kind: 'email', value: 'ada@example.com' }], traits: { first_name: 'Ada', visits: 3 } },
      { kind: 'good', line: 3, would: 'create', traits: { first_name: 'سارا, م', email: 'sara@fair.example' } },
      { kind: 'bad', line: 4, code: 'contact_missing' }, { kind: 'bad', line: 5, code: 'value_invalid' }, { kind: 'bad', line: 6, code: 'value_invalid' }, { kind: 'bad', line: 7, code: 'column_count' },
    ]);
    expect(await members()).toEqual([]);
  });

  it('is read onto the list, its bad lines reported, and again when it is sent again', async () => {
    const started = await server.done<Import>('POST', `/api/lists/${key}/import`, { csv, mapping, file: 'fair.csv' });
    expect(await imported(started)).toMatchObject({
      state: 'done', people: 2, lines: 6, badLines: 4, progress: { done: csv.length, of: csv.length }, failure: null,
      problems: [{ line: 4, code: 'contact_missing' }, { line: 5, code: 'value_invalid' }, { line: 6, code: 'value_invalid' }, { line: 7, code: 'column_count' }],
    });
    expect(await members()).toEqual(['ada', 'sara@fair.example']);
    await pass();
    await server.done('DELETE', `/api/lists/${key}/members`, { members: [{ userId: 'ada' }] });
    await pass();
    const { lines } = await server.done<{ lines: object[] }>('POST', `/api/lists/${key}/import/try`, { csv, mapping });
    expect(lines).toMatchObject([{ would: 'add' }, { would: 'stay' }, {}, {}, {}, {}]);
    await imported(await server.done<Import>('POST', `/api/lists/${key}/import`, { csv, mapping }));
    expect(await members()).toEqual(['ada', 'sara@fair.example']);
    expect((await server.get<{ items: { file: string }[] }>(`/api/lists/${key}/imports`)).items.map(({ file }) => file)).toEqual(['upload.csv', 'fair.csv']);
    expect(await status('DELETE', `/api/lists/${key}/imports/${started.id}`)).toBe(409);
  });

  it('starts nothing unless asked', async () => {
    const journey = { path: 'journeys/hello.yaml', text: 'journey: hello\nname: Hello\ntrigger: { event: List Joined }\nsteps:\n  - tag: greeted\n' };
    await server.publish([journey]);
    const entered = async (): Promise<number> => {
      await server.settle();
      return (await server.get<{ figures: { entered: number } }>('/api/journeys/hello')).figures.entered;
    };
    await imported(await server.done<Import>('POST', `/api/lists/${key}/import`, { csv: 'm\na@quiet.example\n', mapping: { email: 'm' } }));
    expect(await entered()).toBe(0);
    await imported(await server.done<Import>('POST', `/api/lists/${key}/import`, { csv: 'm\nb@loud.example\n', mapping: { email: 'm' }, trigger: true }));
    expect(await entered()).toBe(1);
    await server.done('POST', `/api/lists/${key}/members`, { members: [{ email: 'c@loud.example' }] });
    expect(await entered()).toBe(2);
  });

  it('is refused as a whole when its columns are not there, or when it would tell consent', async () => {
    expect(await server.call('POST', `/api/lists/${key}/import`, { csv, mapping: { email: 'E-mail' } })).toMatchObject({
      status: 400, json: { code: 'validation_failed', detail: expect.stringContaining('its columns are: No, Name, Mail, Visits'), errors: [{ pointer: '/mapping' }] },
    });
    expect([
      await status('POST', `/api/lists/${key}/import`, { csv, mapping: {} }), await status('POST', `/api/lists/${key}/import`, { csv, mapping: { email: 'Mail', traits: { consent: 'Name' } } }),
      await status('POST', `/api/lists/${key}/import`, { csv, mapping: { email: 'Mail', traits: { email: 'Name' } } }), await status('POST', `/api/lists/${key}/import`, { csv: '', mapping }), await status('POST', '/api/lists/nothing/import', { csv, mapping }),
    ]).toEqual([400, 400, 400, 400, 404]);
    expect((await server.get<{ items: object[] }>(`/api/lists/${key}/imports`)).items).toEqual([]);
  });

  it('may hold characters that cannot be kept', async () => {
    const odd = `m,n\na@odd.example,${JSON.parse('"x\\u0000y\\ud800"') as string}\n${JSON.parse('"\\ud800"') as string},"\n`;
    expect(await imported(await server.done<Import>('POST', `/api/lists/${key}/import`, { csv: odd, mapping: { email: 'm', traits: { nick: 'n' } } }))).toMatchObject({ state: 'done', people: 1, badLines: 1 });
  });
});
