import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM_FORMAT, contactIdOf, type Identifier, type TrackedEvent } from '@samovar/core';
import { appendRecords, createShards, createWorkspace, readContactsBehind, readLatestManifest } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { settleShards } from '../testing/settle.ts';
import { applyFiles } from './apply-files.ts';
import { ProgramCache } from './program-cache.ts';
import { republishOutdated } from './republish.ts';

const SHARDS = 4;
const START = Date.UTC(2026, 2, 1, 12);
const SARA: Identifier = { kind: 'user', value: 'sara' };
const BUYERS = 'segment: buyers\nname: Buyers\nmatch:\n  - event: Order Completed\n    within: 30 days\n  - trait: plan\n    is: pro\n';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
});
afterAll(() => db.close());

it('brings contacts up from their history to what an earlier version of Samovar had published in its own form', async () => {
  const { workspaceId } = await createWorkspace(db, 'old', START);
  const clock = { now: () => START };
  await applyFiles({ db, clock, onPublished: () => undefined }, { workspaceId, files: [{ path: 'buyers.yaml', text: BUYERS }], enterExisting: [], decided: 'all', dryRun: false, prune: false });
  const event: TrackedEvent = {
    kind: 'event', type: 'track', name: 'Order Completed', messageId: 'm1', receivedAt: START, occurredAt: START, identifiers: [SARA], properties: { order_id: '1', total: 5 }, traits: {}, context: {}, trusted: true, historical: false,
  };
  const id = contactIdOf(workspaceId, SARA);
  await appendRecords(db, [event, { ...event, type: 'identify' as const, name: 'Identify', messageId: 'm2', traits: { plan: 'pro' }, properties: {} }].map((record) => ({ workspaceId, contactId: id, record })), START, SHARDS);
  const settle = (): Promise<unknown> => settleShards({ db, programs: new ProgramCache(), shardCount: SHARDS }, START);
  await settle();

  // As the first format had it: conditions without `period` and `held`, leaves under other names.
  await db.query(`update definitions d set body = '{"kind":"segment","key":"buyers","name":"Buyers","description":null,"match":{"kind":"all","of":[
    {"kind":"event","event":"Order Completed","where":[],"times":{"op":"at-least","count":1},"withinMs":2592000000,"since":"ever"},{"kind":"trait","path":"plan","test":{"op":"is","value":"pro"}}]}}' where d.kind = 'segment'`);
  await db.query(`update programs p set manifest = p.manifest - 'format' - 'keptSince' || '{"leafSince":{"aaaaaaaaaaaa":1}}'`);

  expect(await republishOutdated(db, START)).toEqual([workspaceId]);
  expect(await republishOutdated(db, START)).toEqual([]);
  expect((await readLatestManifest(db, workspaceId))?.manifest).toMatchObject({ format: PROGRAM_FORMAT, sweep: true });
  await settle();
  const contact = (await readContactsBehind(db, [id], SHARDS)).get(id);
  expect([contact?.programVersion, Object.keys(contact?.segments ?? {}), Object.keys(contact?.leaves ?? {}).length]).toEqual([2, ['buyers'], 1]);
});
