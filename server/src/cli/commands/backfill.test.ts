import { afterEach, describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { fakeAdminApi, type FakeAdminApi } from '../testing/fake-admin-api.ts';
import { recordedIo } from '../testing/recorded-io.ts';

let api: FakeAdminApi | null = null;
afterEach(async () => { await api?.close(); });

const running = { state: 'running', pausedSince: null, version: 2, restores: null, contacts: { done: 1_200, of: 4_000 }, shards: { done: 20, of: 64 }, startedAt: null, segments: ['keen'] };

async function backfill(args: string[], answers: { status: number; body: unknown }[]): Promise<{ code: number; out: string; err: string; asked: string[] }> {
  api = await fakeAdminApi(() => answers.length > 1 ? answers.shift()! : answers[0]!);
  const io = recordedIo('.', { env: { SAMOVAR_URL: api.url, SAMOVAR_KEY: 'k' } });
  const code = await main(['backfill', ...args], io);
  return { code, ...io.written, asked: api.exchanges.map(({ method, path }) => `${method} ${path}`) };
}

describe('samovar backfill', () => {
  it('says how far it is, in words and as JSON', async () => {
    expect(await backfill([], [{ status: 200, body: running }])).toMatchObject({
      code: 0, asked: ['GET /api/backfill'],
      out: 'Contacts are being brought up to what was published: 1,200 of 4,000 (30 %). Not all members are known yet of: keen.\n',
    });
    expect(JSON.parse((await backfill(['--json'], [{ status: 200, body: running }])).out)).toMatchObject({ state: 'running', contacts: { done: 1_200, of: 4_000 } });
  });

  it('pauses, resumes and cancels', async () => {
    expect(await backfill(['pause'], [{ status: 200, body: { ...running, state: 'paused' } }])).toMatchObject({ code: 0, asked: ['POST /api/backfill/pause'], out: expect.stringMatching(/^Paused\. /u) });
    expect(await backfill(['resume'], [{ status: 200, body: running }])).toMatchObject({ code: 0, asked: ['POST /api/backfill/resume'] });
    const changes = [{ kind: 'segment', key: 'keen', change: 'removed', version: 1 }, { kind: 'segment', key: 'buyers', change: 'unchanged', version: 1 }];
    expect(await backfill(['cancel'], [{ status: 200, body: { ...running, restores: 1, changes } }])).toMatchObject({
      code: 0, out: expect.stringMatching(/^segment keen removed\nWhat was cancelled is being taken back: /u),
    });
  });

  it('waits until it is done, and not while it is paused', async () => {
    const complete = { ...running, state: 'complete', segments: [] };
    expect(await backfill(['--wait'], [{ status: 200, body: running }, { status: 200, body: complete }])).toMatchObject({ code: 0, out: 'Everybody has been looked at: all segments are current.\n' });
    expect(await backfill(['--wait'], [{ status: 200, body: { ...running, state: 'paused' } }])).toMatchObject({ code: 1, err: expect.stringMatching(/Paused\. Contacts .* Go on with: samovar backfill resume\n$/u) });
  });

  it('says that it is paused where there is nothing to do yet', async () => {
    const idle = { ...running, state: 'complete', pausedSince: '2026-03-15T10:00:00.000Z', segments: [] };
    expect(await backfill(['pause'], [{ status: 200, body: idle }])).toMatchObject({ code: 0, out: expect.stringContaining('current. Paused: what is published now waits') });
    expect(JSON.parse((await backfill(['--json'], [{ status: 200, body: idle }])).out)).toMatchObject({ pausedSince: '2026-03-15T10:00:00.000Z' });
  });

  it('fails with what the server says, and answers wrong calls with 2', async () => {
    const refused = { status: 409, body: { code: 'conflict', detail: 'Everybody has been looked at.' } };
    expect(await backfill(['cancel'], [refused])).toMatchObject({ code: 1, err: expect.stringContaining('Everybody has been looked at.') });
    expect(await backfill(['stop'], [refused])).toMatchObject({ code: 2, err: expect.stringContaining('There is no backfill stop') });
  });
});
