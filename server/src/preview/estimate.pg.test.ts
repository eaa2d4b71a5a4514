import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactIdOf, type Identifier } from '@samovar/core';
import type { Database } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { ManualClock } from '../clock/manual-clock.ts';
import { TestShop } from '../testing/outbox.ts';
import { estimate, type Estimate } from './estimate.ts';
import type { Question } from './members-among.ts';
import { PREVIEW_JOB_LIMIT, PreviewJobs, type PreviewJob } from './preview-jobs.ts';
import { previewProgram, type PreviewSource } from './preview-program.ts';

const START = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 1_200;
const SOURCE: PreviewSource = { kind: 'definition', text: 'segment: keen\nname: Keen\nmatch: { event: Viewed, times: at least 2 }\n' };
/** Every third. */
const KEEN = PEOPLE / 3;

let db: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START });
  const people = Array.from({ length: PEOPLE }, (_, n) => `u${n}`);
  // Half of those who are keen were seen as a visitor before, so that their history lies in two places.
  const wasVisitor = (n: number): boolean => n % 6 === 0;
  const visitor = (user: string): Identifier => ({ kind: 'anonymous', value: `a-${user}` });
  await shop.append(...people.flatMap((user, n) => Array.from({ length: n % 3 === 0 && !wasVisitor(n) ? 2 : 1 }, () => shop.event('Viewed', {}, { user }))));
  await shop.append(...people.filter((_, n) => wasVisitor(n)).map((user) => {
    const { record } = shop.event('Viewed', {}, { user });
    return { contactId: contactIdOf(shop.workspaceId, visitor(user)), record: { ...record, identifiers: [visitor(user)] } };
  }));
  await shop.decide();
  await shop.append(...people.filter((_, n) => wasVisitor(n)).map((user) => {
    const { contactId, record } = shop.event('Identify', {}, { user, type: 'identify' });
    return { contactId, record: { ...record, identifiers: [...record.identifiers, visitor(user)] } };
  }));
  await shop.decide();
});
afterAll(() => db.close());

async function question(): Promise<Question> {
  const compiled = await previewProgram(db, shop.workspaceId, SOURCE);
  if (compiled.kind !== 'program') throw new Error('the definition should compile');
  return { program: compiled.program, key: compiled.key, shardCount: shop.shardCount, now: shop.clock.now() };
}

describe('an estimate', () => {
  it('is exact where everybody can be asked', async () => {
    expect(await estimate(db, await question(), { examples: 0, countForMs: 60_000 })).toMatchObject({ sampled: PEOPLE, hits: KEEN, members: KEEN, low: KEEN, high: KEEN, population: PEOPLE, counted: true });
  });

  it('comes from contacts drawn at random, and its interval holds the truth', async () => {
    const asked = await question();
    const estimates: Estimate[] = [];
    for (let round = 0; round < 20; round += 1) estimates.push(await estimate(db, asked, { examples: 2, sampleLimit: 150, sampleForMs: 60_000, countForMs: 60_000 }));
    expect(estimates.every(({ sampled }) => sampled >= 150 && sampled < 250)).toBe(true);
    expect(new Set(estimates.map(({ examples }) => examples[0]?.id)).size).toBeGreaterThan(5);
    // Of 20 intervals of 95 %, one is expected not to hold it; five would be once in 400 runs of three thousand.
    expect(estimates.filter(({ low, high }) => low <= KEEN && KEEN <= high).length).toBeGreaterThan(15);
    const mean = estimates.reduce((sum, { members }) => sum + members, 0) / estimates.length;
    expect(Math.abs(mean - KEEN)).toBeLessThan(KEEN * 0.15);
  });

  it('makes do with what was asked in time', async () => {
    const hurried = await estimate(db, await question(), { examples: 1, sampleLimit: 1_000, sampleForMs: 0, countForMs: 0 });
    expect(hurried.counted).toBe(false);
    expect([hurried.sampled > 0, hurried.sampled < 1_000, hurried.population > PEOPLE / 2, hurried.low <= hurried.members, hurried.members <= hurried.high]).toEqual([true, true, true, true, true]);
  });
});

describe('a count', () => {
  const jobs = (): PreviewJobs => new PreviewJobs({ db, clock: new ManualClock(START), shardCount: shop.shardCount, onTrouble: (message, error) => { throw new Error(message, { cause: error }); } });

  it('is taken up by another process, and its result is kept', async () => {
    const first = jobs();
    const started = (await first.start(shop.workspaceId, SOURCE, await question()))!;
    await first.close();
    const second = jobs();
    expect((await second.find(shop.workspaceId, started.id))?.state).not.toBe('done');
    await second.settled();
    expect(await second.find(shop.workspaceId, started.id)).toMatchObject({ state: 'done', progress: { members: KEEN, contacts: { done: PEOPLE, of: PEOPLE } } });
    const third = jobs();
    expect(await third.find(shop.workspaceId, started.id)).toMatchObject({ state: 'done', progress: { members: KEEN } });
    expect(await third.find(shop.workspaceId + 1, started.id)).toBeNull();
  });

  it('waits for the one before, and is refused when too many wait', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => { release = resolve; });
    const held: Database = { ...db, query: async (statement, parameters) => {
      if (typeof statement !== 'string' && statement.name === 'shard_count_sweep') await gate;
      return db.query(statement, parameters);
    } };
    const one = new PreviewJobs({ db: held, clock: new ManualClock(START), shardCount: shop.shardCount, onTrouble: () => {} });
    const asked = await question();
    const started: (PreviewJob | null)[] = [];
    for (let n = 0; n < PREVIEW_JOB_LIMIT; n += 1) started.push(await one.start(shop.workspaceId, SOURCE, asked));
    expect(started.map((job) => job?.state)).toEqual(['counting', ...Array.from({ length: PREVIEW_JOB_LIMIT - 1 }, () => 'waiting')]);
    expect(await one.start(shop.workspaceId, SOURCE, asked)).toBeNull();
    expect(await one.cancel(shop.workspaceId, started[5]!.id)).toBe(true);
    expect(await one.start(shop.workspaceId, SOURCE, asked)).not.toBeNull();
    release();
    await one.close();
  });
});
