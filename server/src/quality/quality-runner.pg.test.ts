import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyTally } from '@samovar/core';
import { appendRecords, beginRun, listFindings, moveRun, readLatestRun } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { TestShop } from '../testing/outbox.ts';
import type { MailResolver } from './mail-resolver.ts';
import { QualityRunner } from './quality-runner.ts';
import { newReportProgress, type ReportProgress, type ReportQuestions } from './report-progress.ts';

const START = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 600;
const QUESTIONS: ReportQuestions = { expectedTraits: ['first_name'], countryTraits: ['country'], categoryTraits: ['plan'], checkDomains: true };

let db: TestDatabase;
let shop: TestShop;
const troubles: string[] = [];

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START });
  await shop.publish([{ path: 'workspace.yaml', text: 'workspace: Shop\n' }]);
  await shop.append(...Array.from({ length: PEOPLE }, (_, n) => shop.event('Identify', {}, {
    user: `u${n}`, type: 'identify', traits: { email: n % 3 === 0 ? `twin${Math.floor(n / 6)}@shop.com` : `u${n}@shop${n % 7}.com`, country: n % 2 === 0 ? 'UK' : 'GB', plan: n % 5 === 0 ? 'gold' : 'Gold' },
  })));
  await shop.decide();
});
afterAll(() => db.close());

const answering: MailResolver = { exchanges: async (domain) => ({ kind: 'found', records: [{ exchange: `mail.${domain}`, priority: 1 }] }), hosts: async () => ({ kind: 'none' }) };

function runner(resolver: MailResolver = answering): QualityRunner {
  return new QualityRunner({
    db, clock: shop.clock, shardCount: shop.shardCount, resolver,
    append: (records) => appendRecords(db, records, shop.clock.now(), shop.shardCount), onTrouble: (message) => void troubles.push(message),
  });
}

async function begin(): Promise<number> {
  const { runId } = await beginRun(db, { workspaceId: shop.workspaceId, kind: 'report', questions: QUESTIONS, progress: newReportProgress(), now: START });
  return runId;
}

const latest = async (): Promise<{ status: string; step: number }> => {
  const run = await readLatestRun(db, shop.workspaceId, 'report');
  return { status: run?.status ?? 'none', step: run?.step ?? 0 };
};
const done = (): Promise<unknown> => expect.poll(async () => (await latest()).status, { timeout: 40_000 }).toBe('done');

/** What a report must say, whatever happened while it was made. */
async function expectWhole(runId: number): Promise<void> {
  const run = await readLatestRun(db, shop.workspaceId, 'report');
  const { tally, groups, values } = run!.progress as ReportProgress;
  expect(run!.runId).toBe(runId);
  expect(tally).toMatchObject({ contacts: PEOPLE, figures: { 'address-reachable': PEOPLE, 'missing:first_name': PEOPLE, 'duplicate-email': 200 } });
  expect({ groups, values }).toEqual({ groups: { email: 100 }, values: { country: 2, plan: 2 } });
  const found = await listFindings(db, { workspaceId: shop.workspaceId, runId }, { key: 'duplicate-email', values: null }, { shard: 0, key: null }, 1_000, shop.shardCount);
  expect(found.length).toBe(200);
  const { rows } = await db.query<{ contacts: number }>('select v.contacts from quality_values v where v.run_id = $1 and v.value = $2', [runId, 'UK']);
  expect(rows).toEqual([{ contacts: PEOPLE / 2 }]);
  expect((await db.query<{ keys: number }>('select count(*) as keys from quality_keys')).rows).toEqual([{ keys: 200 }]);
}

describe('a report', () => {
  it('goes on where it stood when the process that made it ends', async () => {
    const runId = await begin();
    let steps = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      const one = runner();
      one.start();
      await expect.poll(async () => (await latest()).step, { timeout: 20_000 }).toBeGreaterThan(steps);
      await one.stop();
      steps = (await latest()).step;
    }
    const last = runner();
    last.start();
    await done();
    await last.stop();
    await expectWhole(runId);
  });

  it('is made once by several processes', async () => {
    const runId = await begin();
    const several = [runner(), runner(), runner()];
    for (const one of several) one.start();
    await done();
    for (const one of several) await one.stop();
    await expectWhole(runId);
    expect(troubles).toEqual([]);
  });

  it('tries again what failed', async () => {
    const runId = await begin();
    await db.query('delete from mail_domains');
    let failures = 1;
    const one = runner({ ...answering, exchanges: async (domain) => {
      failures -= 1;
      if (failures >= 0) throw new Error('the network is down');
      return answering.exchanges(domain);
    } });
    one.start();
    await done();
    await one.stop();
    await expectWhole(runId);
    expect(troubles.splice(0)).toEqual(['a part of the data quality report failed']);
  });

  it.each<[string, Partial<MailResolver>]>([
    ['nobody answers', { exchanges: async () => ({ kind: 'failed' }) }],
    ['no name is said to exist', { exchanges: async () => ({ kind: 'no-name' }) }],
    ['every name is said to exist', { hosts: async () => ({ kind: 'found', records: ['192.0.2.1'] }) }],
  ])('asks no further where %s, and says so', async (_what, resolver) => {
    await begin();
    await db.query('delete from mail_domains');
    const one = runner({ ...answering, ...resolver });
    one.start();
    await done();
    await one.stop();
    expect((await readLatestRun(db, shop.workspaceId, 'report'))!.progress).toMatchObject({ domainsGivenUp: true, tally: { figures: { 'address-unchecked': PEOPLE } } });
    expect((await db.query<{ domains: number }>('select count(*) as domains from mail_domains')).rows).toEqual([{ domains: 0 }]);
  });

  it('gives up asking when answers stop coming', async () => {
    await begin();
    await db.query('delete from mail_domains');
    let asked = 0;
    const one = runner({ ...answering, exchanges: async (domain) => {
      if (domain === 'gmail.com') return answering.exchanges(domain);
      asked += 1;
      return { kind: 'failed' };
    } });
    one.start();
    await done();
    await one.stop();
    const run = await readLatestRun(db, shop.workspaceId, 'report');
    expect(run!.progress).toMatchObject({ domainsGivenUp: true, tally: { figures: { 'address-unchecked': PEOPLE } } });
    expect(asked).toBeGreaterThanOrEqual(16);
    expect(asked).toBeLessThan(16 + 8);
  });

  it('leaves nothing of older ones behind but their sums, and begins once', async () => {
    const rows = await db.query<{ runs: number }>('select count(distinct f.run_id) as runs from quality_findings f');
    expect(rows.rows).toEqual([{ runs: 1 }]);
    const run = { workspaceId: shop.workspaceId, kind: 'report' as const, questions: QUESTIONS, progress: { ...newReportProgress(), tally: emptyTally() }, now: START };
    for (let round = 0; round < 40; round += 1) {
      const begun = await Promise.all(Array.from({ length: 6 }, () => beginRun(db, run)));
      expect(new Set(begun.map(({ runId }) => runId)).size).toBe(1);
      expect(begun.filter((one) => one.begun)).toHaveLength(1);
      const running = await readLatestRun(db, shop.workspaceId, 'report', 'running');
      expect(running !== null && await moveRun(db, running, { progress: {}, status: 'done', now: START })).toBe(true);
    }
  });
});
