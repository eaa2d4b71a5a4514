import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { applyFiles } from '../definitions/apply-files.ts';
import { TestShop } from '../testing/outbox.ts';
import { Worker } from './worker.ts';

const START = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 80;
const KEEN = { path: 'segments/keen.yaml', text: 'segment: keen\nname: Keen\nmatch: { event: Viewed, times: at least 2 }\n' };

let db: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START });
  await shop.append(...Array.from({ length: PEOPLE }, (_, n) => shop.event('Viewed', {}, { user: `u${n}` })));
  await shop.decide();
});
afterAll(() => db.close());

describe('a worker', () => {
  it('decides what has happened before it looks at contacts for a new segment, and then does that to the end', async () => {
    await applyFiles({ db, clock: shop.clock, onPublished: () => {} }, { workspaceId: shop.workspaceId, files: [KEEN], enterExisting: [], decided: 'all', dryRun: false, prune: false });
    await shop.append(...Array.from({ length: PEOPLE / 2 }, (_, n) => shop.event('Viewed', {}, { user: `u${2 * n}` })));
    const turns: { records: number; swept: number }[] = [];
    let failure: unknown = null;
    const worker = new Worker({
      db, clock: shop.clock, programs: shop.programs, shardCount: shop.shardCount, concurrency: 1, onTurn: ({ records, swept }) => turns.push({ records, swept }), onError: (error) => { failure = error; },
    });
    worker.start();
    while (await worker.settle());
    await worker.stop();
    expect(failure).toBeNull();
    const lastRecords = turns.findLastIndex(({ records }) => records > 0);
    // A turn may begin when the last of the others is under way.
    expect(turns.slice(0, lastRecords).filter(({ swept }) => swept > 0).length).toBeLessThanOrEqual(1);
    expect(turns.reduce((sum, { records }) => sum + records, 0)).toBe(PEOPLE / 2);
    expect(turns.reduce((sum, { swept }) => sum + swept, 0)).toBe(PEOPLE);
    const { rows } = await db.query<{ n: number }>(`select count(*) as n from memberships m where m.segment = 'keen' and m.left_at_ms is null`);
    expect(rows[0]?.n).toBe(PEOPLE / 2);
  });
});
