import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { fakeAdminApi, type FakeAdminApi } from './testing/fake-admin-api.ts';
import { recordedIo } from './testing/recorded-io.ts';

let api: FakeAdminApi | null = null;
let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'samovar-cli-')); });
afterEach(async () => {
  await api?.close();
  await rm(directory, { recursive: true, force: true });
});

async function samovar(args: string[], answers: Record<string, unknown>, refusals: Record<string, { status: number; body: unknown }> = {}): Promise<{ code: number; out: string; err: string }> {
  api = await fakeAdminApi(({ method, path }) => {
    const body = answers[`${method} ${path}`];
    const refusal = refusals[`${method} ${path}`];
    if (refusal !== undefined) return refusal;
    return body === undefined ? { status: 404, body: { code: 'not_found', detail: 'There is none.' } } : { status: 200, body };
  });
  const io = recordedIo(directory, { env: { SAMOVAR_URL: api.url, SAMOVAR_KEY: 'k' } });
  const code = await main(args, io);
  return { code, ...io.written };
}

const DEVICE = 'aaaaaaaa-0000-8000-8000-000000000001';
const ADA = {
  'GET /api/contacts?userId=ada': { items: [{ id: 'ada-id', userId: 'ada', email: null }], next: null },
  'GET /api/contacts/ada-id/parts': { parts: [{ id: DEVICE, identifier: { kind: 'anonymous', value: 'device' }, joinedTo: 'ada-id', hasHistory: true }], keptApart: [] },
  'POST /api/contacts/ada-id/unmerge': { contact: 'ada-id', mergedId: DEVICE },
};

describe('samovar contact unmerge', () => {
  it('lists what was merged', async () => {
    expect(await samovar(['contact', 'unmerge', 'ada'], ADA)).toMatchObject({ code: 0, out: `${DEVICE}  anonymous  device\n` });
  });

  it('takes a part out, and says why', async () => {
    const answer = await samovar(['contact', 'unmerge', 'ada', 'device', '--reason', 'Her son', '--by', 'Eve'], ADA);
    expect(answer).toMatchObject({ code: 0, out: expect.stringContaining('device is taken out of ada') });
    expect(api?.exchanges.at(-1)).toMatchObject({ method: 'POST', body: { mergedId: DEVICE, reason: 'Her son', by: 'Eve' } });
  });

  it('tells which part of a request the server refuses', async () => {
    const errors = [{ pointer: '/reason', message: 'Too big' }, { pointer: '', message: 'Unrecognized key: "x"' }, { pointer: '', message: 'The body does not have the right form.' }];
    const refusal = { status: 400, body: { code: 'validation_failed', detail: 'The body does not have the right form.', errors } };
    const answer = await samovar(['contact', 'unmerge', 'ada', 'device', '--reason', 'x'.repeat(501)], ADA, { 'POST /api/contacts/ada-id/unmerge': refusal });
    expect(answer).toMatchObject({ code: 1, err: expect.stringMatching(/right form\.\n  \/reason: Too big\n  Unrecognized key: "x"\n$/u) });
  });

  it('knows what is no part', async () => {
    expect(await samovar(['contact', 'unmerge', 'ada', 'other'], ADA)).toMatchObject({ code: 1, err: expect.stringContaining('other is no part of ada') });
  });
});

describe('samovar schema', () => {
  const size = {
    name: 'size', declared: null, types: [{ type: 'number', contacts: 12 }, { type: 'text', contacts: 1 }], refused: [], conflict: true, examples: [{ type: 'text', refused: false, contactId: DEVICE }],
  };
  const plan = { name: 'plan', declared: { type: 'text', values: ['free', 'pro'], description: null, personal: false }, types: [{ type: 'text', contacts: 9 }], refused: [], conflict: false, examples: [] };
  const answers = { 'GET /api/schema': { items: [size, plan], others: 0 } };

  it('counts what was refused', async () => {
    const refused = [{ type: 'text', times: 1 }, { type: 'list', times: 2 }];
    expect(await samovar(['schema'], { 'GET /api/schema': { items: [{ ...plan, refused }], others: 0 } })).toMatchObject({ out: expect.stringContaining('declared text; refused: text once, list 2 times\n') });
  });

  it('shows types, and where they disagree', async () => {
    expect(await samovar(['schema', '--exit-code'], answers)).toMatchObject({
      code: 1, out: `! size                     number 12, text 1\n      text: ${DEVICE}\n  plan                     text 9; declared text\n`,
    });
    expect(await samovar(['schema'], answers)).toMatchObject({ code: 0 });
  });

  it('writes a proposal, and never over a file', async () => {
    expect(await samovar(['schema', '--write', 'schema.yaml'], answers)).toMatchObject({ code: 0 });
    expect(await readFile(join(directory, 'schema.yaml'), 'utf8')).toBe('schema: contacts\ntraits:\n  size: number\n  plan:\n    type: text\n    values:\n      - free\n      - pro\n');
    expect(await samovar(['schema', '--write', 'schema.yaml'], answers)).toMatchObject({ code: 1, err: expect.stringContaining('cannot be written') });
  });
});
