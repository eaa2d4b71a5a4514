import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  for (const user of ['ada', 'bob']) await server.identify(user, { email: `${user}@example.com`, consent: true });
  await server.track('ada', 'Order Completed', { order_id: 'o1', total: 5, currency: 'EUR' });
});
afterAll(() => server.close());

interface Receipt { id: string; status: string; removed: Record<string, number> }

describe('forgetting a contact', () => {
  it('answers with a receipt that fills up, and names nobody', async () => {
    const ada = await server.contact('ada');
    const asked = await server.done<Receipt>('POST', `/api/contacts/${ada}/erase`, { reason: 'asked by letter', by: 'Mina' });
    expect(asked).toMatchObject({ status: 'running', reason: 'asked by letter', by: 'Mina', removed: {} });
    await server.settle();
    const receipt = await server.get<Receipt>(`/api/erasures/${asked.id}`);
    expect(receipt).toMatchObject({ status: 'done', removed: { contacts: 3, event_log: 2, orders: 1, consents: 1 }, kept: expect.any(Array), backups: expect.stringContaining('samovar erasures apply') });
    expect(JSON.stringify(receipt)).not.toMatch(new RegExp(`ada|o1|${ada}`));
    expect(await server.call('GET', `/api/contacts/${ada}`)).toMatchObject({ status: 404 });
    expect(await server.get('/api/contacts?userId=ada')).toEqual({ items: [], next: null });
    expect(await server.get('/api/contacts')).toMatchObject({ items: [{ userId: 'bob' }] });
  });

  it('needs a reason, and a contact', async () => {
    const bob = await server.contact('bob');
    expect(await server.call('POST', `/api/contacts/${bob}/erase`, { reason: ' ' })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ pointer: '/reason' }] } });
    expect(await server.call('POST', '/api/contacts/00000000-0000-8000-8000-000000000000/erase', { reason: 'x' })).toMatchObject({ status: 404 });
  });

  it('lists receipts, the latest first, a page at a time', async () => {
    await server.passTo(START + 1_000);
    const bob = await server.contact('bob');
    await server.done('POST', `/api/contacts/${bob}/erase`, { reason: 'second' });
    await server.settle();
    const first = await server.get<{ items: { reason: string }[]; next: string }>('/api/erasures?limit=1');
    const second = await server.get<{ items: { reason: string }[] }>(`/api/erasures?limit=1&cursor=${first.next}`);
    expect([first.items[0]!.reason, second.items[0]!.reason]).toEqual(['second', 'asked by letter']);
    expect(first.items[0]).toMatchObject({ by: expect.any(String), status: 'done' });
  });
});
