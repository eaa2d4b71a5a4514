import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactIdOf, shardOf } from '@samovar/core';
import type { TrackedEvent } from '@samovar/core';
import { createShards, listRejected, openDatabase } from '@samovar/store';
import type { NewRecord } from '@samovar/store';
import { testDatabase } from '@samovar/store/testing';
import type { TestDatabase } from '@samovar/store/testing';
import { Collector, CollectorError } from './collector.ts';

const SHARDS = 16;
const NOW = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => NOW };

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
});
afterAll(() => db.close());

function record(workspaceId: number, user: string, messageId: string, more: Partial<TrackedEvent> = {}): NewRecord {
  const identifiers = [{ kind: 'user' as const, value: user }];
  return {
    workspaceId,
    contactId: contactIdOf(workspaceId, identifiers[0]!),
    record: {
      kind: 'event', type: 'track', name: 'E', messageId, receivedAt: NOW, occurredAt: NOW, identifiers,
      properties: {}, traits: {}, context: {}, trusted: true, historical: false, ...more,
    },
  };
}

async function storedIds(workspaceId: number): Promise<string[]> {
  const { rows } = await db.query<{ body: Buffer }>('select body from event_log where workspace_id = $1', [workspaceId]);
  return rows.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);
}

describe('Collector', () => {
  it('lets many requests share few commits, and answers each for itself', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => collector.accept({ records: [record(1, `u${i}`, `m${i % 150}`), record(1, `u${i}`, `n${i}`)] })));
    expect(answers.every((answer) => answer.length === 2)).toBe(true);
    expect(collector.counts).toMatchObject({ appended: 400, duplicates: 0, queuedRecords: 0, queuedBytes: 0 });
    expect(collector.counts.commits).toBeLessThan(10);
    expect(await collector.accept({ records: [record(1, 'u0', 'm0'), record(1, 'u0', 'new')] })).toEqual(['duplicate', 'appended']);
    expect((await storedIds(1)).length).toBe(401);
    await collector.close();
  });

  it('wakes listeners with the shards that got something new', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS });
    const woken: number[][] = [];
    const off = collector.onAppended((shards) => woken.push([...shards]));
    const one = record(2, 'x', 'x1');
    await collector.accept({ records: [one] });
    await collector.accept({ records: [one] });
    off();
    await collector.accept({ records: [record(2, 'x', 'x2')] });
    expect(woken).toEqual([[shardOf(one.contactId, SHARDS)]]);
    await collector.close();
  });

  it('keeps rejected items in the same commit', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS });
    const rejected = { workspaceId: 3, receivedAt: NOW, code: 'type_unknown', message: 'no', pointer: '/type', payload: { a: 1 } };
    expect(await collector.accept({ records: [], rejected: [rejected] })).toEqual([]);
    expect(await collector.accept({ records: [record(3, 'a', 'a')], rejected: [rejected] })).toEqual(['appended']);
    expect((await listRejected(db, 3)).map(({ code }) => code)).toEqual(['type_unknown']);
    await collector.close();
  });

  it('refuses what would overfill its queue, and loses nothing that it took', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS, limits: { queuedRecords: 10, groupRecords: 5 } });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => collector.accept({ records: [record(4, `u${i}`, `m${i}`)] })));
    const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as CollectorError] : []));
    expect(taken).toBe(10);
    expect(refused.every((error) => error instanceof CollectorError && error.code === 'overloaded' && error.retryAfterSeconds > 0)).toBe(true);
    expect((await storedIds(4)).length).toBe(10);
    expect(await collector.accept({ records: [record(4, 'later', 'later')] })).toEqual(['appended']);
    await collector.close();
  });

  it('counts bytes too, but takes a large submission when nothing else waits', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS, limits: { queuedBytes: 50_000 } });
    const large = (id: string): NewRecord => record(5, id, id, { properties: { text: 'x'.repeat(40_000) } });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((id) => collector.accept({ records: [large(id)] })));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await collector.close();
  });

  it('does not let one record that cannot be stored harm the others', async () => {
    const collector = new Collector({ db, clock, shardCount: SHARDS });
    const outcomes = await Promise.allSettled([
      collector.accept({ records: [record(6, 'a', 'a')] }),
      collector.accept({ records: [record(6, 'b', 'b', { occurredAt: 1.5 })] }),
      collector.accept({ records: [record(6, 'c', 'c')] }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await storedIds(6)).sort()).toEqual(['a', 'c']);
    await collector.close();
  });

  it('says that it cannot store when the database is away', async () => {
    const away = await openDatabase({ connection: db.connection });
    const collector = new Collector({ db: away, clock, shardCount: SHARDS, limits: { retryForMs: 0 } });
    await away.close();
    const failure = collector.accept({ records: [record(7, 'a', 'a')] });
    await expect(failure).rejects.toMatchObject({ code: 'unavailable' });
    await collector.close();
    await expect(collector.accept({ records: [] })).rejects.toMatchObject({ code: 'closed' });
  });

  it('stores once what it acknowledged while connections are being killed', async () => {
    const own = await openDatabase({ connection: db.connection, maxConnections: 3 });
    const { rows } = await own.query<{ name: string }>('select current_database() as name');
    const collector = new Collector({ db: own, clock, shardCount: SHARDS, limits: { groupRecords: 20 } });
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    let kills = 0;
    const deadline = performance.now() + 30_000;
    const killing = (async () => {
      while (kills < 15 && performance.now() < deadline) {
        kills += (await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and state <> 'idle' and pid <> pg_backend_pid()`, [rows[0]!.name])).rowCount;
      }
    })();
    const acceptUntilStored = async (one: NewRecord): Promise<void> => {
      for (;;) {
        const failure = await collector.accept({ records: [one] }).then(() => null, (error: unknown) => error ?? 'failed');
        if (failure === null) return;
        failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: 8 }, async (_, client) => {
      for (let i = 0; i < 20 || (kills < 15 && performance.now() < deadline); i += 1) {
        const id = `k${client}-${i}`;
        await acceptUntilStored(record(8, `u${client}`, id));
        acknowledged.push(id);
      }
    }));
    await killing;
    expect(kills).toBeGreaterThanOrEqual(15);
    expect(failures.filter((failure) => !(failure instanceof CollectorError && failure.code === 'unavailable'))).toEqual([]);
    expect((await storedIds(8)).sort()).toEqual(acknowledged.sort());
    await collector.close();
    await own.close();
  });
});
