import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { keepRejected } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { TestShop } from '../testing/outbox.ts';
import { Housekeeper } from './housekeeper.ts';

const START = Date.UTC(2026, 2, 1, 12);
const WORKSPACE = `workspace: Shop
retention:
  default: 365 days
  events: { Page Viewed: 10 days, Order Completed: forever }
  decisions: 20 days
`;
const SEGMENT = 'segment: viewers\nmatch: { event: Page Viewed, times: at least 3 }\n';

let db: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START });
  await shop.publish([{ path: 'workspace.yaml', text: WORKSPACE }, { path: 'segments/viewers.yaml', text: SEGMENT }]);
});
afterAll(() => db.close());

function housekeeper(): Housekeeper {
  const onTrouble = (message: string, error: unknown): never => {
    throw new Error(message, { cause: error });
  };
  return new Housekeeper({ db, clock: shop.clock, shardCount: shop.shardCount, onTrouble });
}

async function kept(): Promise<Record<string, number>> {
  const { rows } = await db.query<{ name: string; n: number }>('select e.name, count(*) as n from event_log e where e.kind = 1 group by e.name order by e.name');
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

async function tell(...names: string[]): Promise<void> {
  for (const user of ['ada', 'bob']) await shop.append(...names.map((name) => shop.event(name, { order_id: `${user}-${name}`, total: 1 }, { user })));
}

describe('the housekeeper', () => {
  it('removes each event at its time, and only what was read', async () => {
    await tell('Page Viewed', 'Page Viewed', 'Page Viewed', 'Order Completed', 'Seen');
    await shop.decide();
    await keepRejected(db, [{ workspaceId: shop.workspaceId, receivedAt: START, code: 'x', message: 'no', pointer: '', payload: {} }], shop.shardCount);
    const keeper = housekeeper();
    shop.clock.moveTo(START + 10 * DAY_MS);
    await keeper.tidy({ inHaste: true });
    expect(await kept()).toEqual({ 'Order Completed': 2, 'Page Viewed': 6, Seen: 2 });
    await tell('Page Viewed');
    shop.clock.moveTo(START + 21 * DAY_MS);
    await keeper.tidy({ inHaste: true });
    // The last two were never read by a worker.
    expect(await kept()).toEqual({ 'Order Completed': 2, 'Page Viewed': 2, Seen: 2 });
    const counted = async (table: string): Promise<number> => (await db.query(`select from ${table}`)).rowCount;
    expect(await counted('rejected_events')).toBe(1);
    expect(await counted('decisions')).toBe(0);
    shop.clock.moveTo(START + 366 * DAY_MS);
    await shop.decide();
    expect(await keeper.tidy({ inHaste: true })).toBeGreaterThan(0);
    expect(await keeper.tidy({ inHaste: true })).toBe(0);
    expect(await kept()).toEqual({ 'Order Completed': 2 });
    expect(await counted('rejected_events')).toBe(0);
  });

  it('takes nothing from what contacts know', async () => {
    const { rows } = await db.query('select from memberships m where m.left_at_ms is null');
    expect(rows).toHaveLength(2);
    await tell('Page Viewed');
    await shop.decide();
    expect((await db.query('select from memberships m where m.left_at_ms is null')).rowCount).toBe(2);
  });

  it('looks again at what was passed over when the rules change', async () => {
    await shop.publish([{ path: 'workspace.yaml', text: WORKSPACE.replace('forever', '30 days') }, { path: 'segments/viewers.yaml', text: SEGMENT }]);
    await housekeeper().tidy({ inHaste: true });
    expect(await kept()).toEqual({ 'Page Viewed': 2 });
  });
});
