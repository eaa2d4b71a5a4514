import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactIdOf, type Identifier } from '@samovar/core';
import { pauseBackfill, readBackfill, readMembershipSpans, resumeBackfill, type BackfillProgress } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { applyFiles } from '../definitions/apply-files.ts';
import { liveDefinitions } from '../definitions/live.ts';
import { takeBack } from '../definitions/take-back.ts';
import { fillingSegments } from '../segments/filling-segments.ts';
import { TestShop } from '../testing/outbox.ts';
import { takeShardTurn } from './shard-turn.ts';

const START = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 40;
const BUYERS = { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch: { event: Order Completed }\n' };
const KEEN = { path: 'segments/keen.yaml', text: 'segment: keen\nname: Keen\nmatch: { event: Viewed, times: at least 2 }\n' };
const CLOSE = { path: 'segments/close.yaml', text: 'segment: close\nname: Close\nmatch: { all: [{ segment: keen }, { segment: buyers }] }\n' };
const GREET = { path: 'journeys/greet.yaml', text: 'journey: greet\nname: Greet\ntrigger: { enters: keen }\nsteps:\n  - tag: greeted\n' };

let db: TestDatabase;
let shop: TestShop;
let shops = 0;

beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

/** Forty people: all looked at something, every second twice, every fourth bought. */
beforeEach(async () => {
  shops += 1;
  shop = await TestShop.open(db, { now: START + shops * 1_000_000, name: `shop ${shops}` });
  await shop.publish([BUYERS]);
  const people = Array.from({ length: PEOPLE }, (_, n) => `u${n}`);
  await shop.append(...people.flatMap((user, n) => [
    shop.event('Viewed', {}, { user }), ...(n % 2 === 0 ? [shop.event('Viewed', {}, { user })] : []), ...(n % 4 === 0 ? [shop.event('Order Completed', { order_id: `o${n}` }, { user })] : []),
  ]));
  await shop.decide();
});

async function publish(files: { path: string; text: string }[]): Promise<void> {
  const request = { workspaceId: shop.workspaceId, files, enterExisting: [], decided: 'all' as const, dryRun: false, prune: false };
  expect(await applyFiles({ db, clock: shop.clock, onPublished: () => {} }, request)).toMatchObject({ kind: 'applied' });
}

/** Lets some shards read that there is a new program and look at their contacts. */
async function sweep(shards: number): Promise<void> {
  for (let shard = 0; shard < shards; shard += 1) for (let turn = 0; turn < 2; turn += 1) await takeShardTurn({ db, programs: shop.programs, shardCount: shop.shardCount }, shard, shop.clock.now());
}

async function progress(): Promise<BackfillProgress> {
  return (await readBackfill(db, shop.workspaceId, shop.shardCount))!;
}

async function filling(): Promise<string[]> {
  const live = await liveDefinitions(db, shop.workspaceId);
  return [...(await fillingSegments(db, shop.workspaceId, await progress(), live?.live ?? []))].sort();
}

async function members(segment: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*) as n from memberships m where m.workspace_id = $1 and m.segment = $2 and m.left_at_ms is null', [shop.workspaceId, segment]);
  return rows[0]?.n ?? 0;
}

async function greeted(): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*) as n from enrollments e where e.workspace_id = $1 and e.journey = 'greet'`, [shop.workspaceId]);
  return rows[0]?.n ?? 0;
}

const cancel = (): ReturnType<typeof takeBack> => takeBack({ db, clock: shop.clock, shardCount: shop.shardCount, onPublished: () => {} }, shop.workspaceId);

describe('a backfill', () => {
  it('says how far it is and which segments are not complete, and starts no journeys for those it finds inside', async () => {
    expect([(await progress()).shards, await filling()]).toEqual([{ done: 8, of: 8 }, []]);
    await publish([KEEN, CLOSE, GREET]);
    expect([(await progress()).shards, (await progress()).contacts, await filling()]).toEqual([{ done: 0, of: 8 }, { done: 0, of: 0 }, ['close', 'keen']]);
    await sweep(4);
    const half = await progress();
    expect([half.shards, half.completeVersion, await filling()]).toEqual([{ done: 4, of: 8 }, 1, ['close', 'keen']]);
    expect(half.contacts.done).toBeGreaterThan(5);
    expect(half.contacts.of).toBe(half.contacts.done * 2);
    await shop.decide();
    const done = await progress();
    expect([done.shards, done.contacts, done.completeVersion, await filling()]).toEqual([{ done: 8, of: 8 }, { done: PEOPLE, of: PEOPLE }, 2, []]);
    expect([await members('keen'), await members('close'), await greeted()]).toEqual([20, 10, 0]);
  });

  it('finds what somebody did before it was known who that is, in whatever shard', async () => {
    const visitor = (n: number): Identifier => ({ kind: 'anonymous', value: `visitor-${n}` });
    const visits = Array.from({ length: 20 }, (_, n) => {
      const { record } = shop.event('Viewed', {}, { user: 'nobody' });
      return { contactId: contactIdOf(shop.workspaceId, visitor(n)), record: { ...record, identifiers: [visitor(n)] } };
    });
    await shop.append(...visits);
    await shop.decide();
    // The odd ones looked once by their name; ten of them become keen by what they did as visitors.
    await shop.append(...visits.map((_, n) => {
      const { contactId, record } = shop.event('Identify', {}, { user: `u${2 * n + 1}`, type: 'identify' });
      return { contactId, record: { ...record, identifiers: [...record.identifiers, ...(n % 2 === 0 ? [visitor(n)] : [])] } };
    }));
    await shop.decide();
    await publish([KEEN]);
    await shop.decide();
    expect(await members('keen')).toBe(30);
  });

  it('is held and goes on where it was, while what people do counts at once and starts journeys', async () => {
    await publish([KEEN, GREET]);
    await sweep(2);
    await pauseBackfill(db, shop.workspaceId, shop.clock.now());
    await shop.decide();
    const held = await progress();
    expect([held.shards, held.pausedAt]).toEqual([{ done: 2, of: 8 }, shop.clock.now()]);
    const waiting = Array.from({ length: PEOPLE / 2 }, (_, n) => `u${2 * n + 1}`).find((user) => shop.shardOf(user) >= 2)!;
    await shop.track(waiting, 'Viewed');
    expect(await greeted()).toBe(1);
    await publish([CLOSE]);
    await shop.decide();
    expect((await progress()).shards.done).toBe(0);
    await resumeBackfill(db, shop.workspaceId);
    await shop.decide();
    expect([(await progress()).shards.done, await members('keen'), await members('close'), await greeted()]).toEqual([8, 21, 10, 1]);
  });

  it('is taken back with everything published since, and nobody notices', async () => {
    await publish([KEEN, GREET]);
    await sweep(4);
    await publish([{ ...BUYERS, text: 'segment: buyers\nname: Buyers\nmatch: { event: Order Completed, times: at least 9 }\n' }]);
    await sweep(4);
    expect(await members('keen')).toBeGreaterThan(0);
    const late = `u${[1, 3, 5, 7, 9].find((n) => shop.shardOf(`u${n}`) >= 4)!}`;
    await shop.append(shop.event('Viewed', {}, { user: late }));
    expect(await cancel()).toMatchObject({
      kind: 'taken-back', version: 4, restores: 1,
      changes: [{ kind: 'segment', key: 'buyers', change: 'changed', version: 1 }, { key: 'greet', change: 'removed' }, { key: 'keen', change: 'removed' }],
    });
    expect(await cancel()).toEqual({ kind: 'under-way' });
    // It means what it meant before, and yet some left it meanwhile.
    expect(await filling()).toEqual(['buyers']);
    await shop.decide();
    expect([await members('keen'), await members('buyers'), await filling()]).toEqual([0, 10, []]);
    expect(await cancel()).toEqual({ kind: 'complete' });
    const spans = await readMembershipSpans(db, [shop.user('u0')], { segment: 'buyers', after: null, limit: 9 }, shop.shardCount);
    expect(spans[0]).toMatchObject({ leftAt: null });
    // What was learnt meanwhile is not lost: the same definitions again find everybody.
    await publish([KEEN]);
    await shop.decide();
    expect(await members('keen')).toBe(21);
  });

  it('of the very first definitions is taken back to none', async () => {
    shop = await TestShop.open(db, { now: START + 500_000_000, name: 'new shop' });
    await shop.append(shop.event('Viewed', {}, { user: 'u1' }));
    await publish([KEEN]);
    expect(await cancel()).toMatchObject({ kind: 'taken-back', version: 2, restores: 0, changes: [{ kind: 'segment', key: 'keen', change: 'removed' }] });
    await shop.decide();
    expect((await liveDefinitions(db, shop.workspaceId))?.live).toEqual([]);
    expect(await cancel()).toEqual({ kind: 'complete' });
  });
});
