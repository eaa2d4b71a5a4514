import { afterEach, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { fakeAdminApi } from './testing/fake-admin-api.ts';
import type { Exchange, FakeAdminApi } from './testing/fake-admin-api.ts';
import { recordedIo } from './testing/recorded-io.ts';
import type { RecordedIo } from './testing/recorded-io.ts';

const ID = '17368759-1568-88fe-80f5-e74c6f2c40cf';
const RECEIPT = { id: 'e1', at: '2026-03-01T09:00:00.000Z', removed: { event_log: 7 }, kept: [{ what: 'Counters', why: 'They name nobody.' }], backups: 'Backups made before …' };

let api: FakeAdminApi;
afterEach(() => api.close());

/** Knows sara, whose erasure is done when it is looked at for the second time. */
function answer({ method, path }: Exchange): { status: number; body: unknown } {
  if (path.startsWith('/api/contacts?')) return { status: 200, body: { items: path.includes('sara') ? [{ id: ID, userId: 'sara', email: 'sara@example.com' }] : [] } };
  if (method === 'POST') return { status: 202, body: { ...RECEIPT, status: 'running' } };
  return { status: 200, body: { ...RECEIPT, status: 'done' } };
}

async function contact(io: (env: Record<string, string>) => RecordedIo, ...argv: string[]): Promise<{ code: number; io: RecordedIo }> {
  api = await fakeAdminApi(answer);
  const recorded = io({ SAMOVAR_URL: api.url, SAMOVAR_KEY: 'smv_admin_x' });
  return { code: await main(['contact', ...argv], recorded), io: recorded };
}

describe('samovar contact erase', () => {
  it('asks first, then prints the receipt', async () => {
    const { code, io } = await contact((env) => recordedIo('.', { env, answers: ['erase'] }), 'erase', 'sara@example.com', '--reason', 'asked by letter');
    expect({ code, asked: io.written.asked }).toEqual({ code: 0, asked: [expect.stringContaining('Erase sara@example.com, sara')] });
    expect(api.exchanges.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/contacts?email=sara%40example.com', null], ['POST', `/api/contacts/${ID}/erase`, { reason: 'asked by letter' }], ['GET', '/api/erasures/e1', null],
    ]);
    expect(io.written.out).toMatch(/^Erased\.\nReceipt e1[\s\S]*event_log +7[\s\S]*Counters\. They name nobody\./);
  });

  it('does nothing without a yes, and needs one where nobody can be asked', async () => {
    const refused = await contact((env) => recordedIo('.', { env, answers: ['no'] }), 'erase', 'sara', '--reason', 'x');
    expect({ code: refused.code, posts: api.exchanges.filter(({ method }) => method === 'POST') }).toEqual({ code: 1, posts: [] });
    await api.close();
    const silent = await contact((env) => recordedIo('.', { env }), 'erase', 'sara', '--reason', 'x');
    expect({ code: silent.code, err: silent.io.written.err }).toMatchObject({ code: 2, err: expect.stringContaining('say --yes') });
    await api.close();
    expect(await contact((env) => recordedIo('.', { env }), 'erase', 'sara', '--reason', 'x', '--yes', '--by', 'Mina', '--json')).toMatchObject({ code: 0 });
    expect(api.exchanges.find(({ method }) => method === 'POST')?.body).toEqual({ reason: 'x', by: 'Mina' });
  });

  it('says who is not there, and what is missing', async () => {
    const nobody = await contact((env) => recordedIo('.', { env }), 'erase', 'omid', '--reason', 'x', '--yes');
    expect({ code: nobody.code, err: nobody.io.written.err }).toEqual({ code: 1, err: 'There is no contact omid.\n' });
    await api.close();
    expect((await contact((env) => recordedIo('.', { env }), 'erase', 'sara', '--yes')).io.written.err).toContain('--reason is missing');
  });
});
