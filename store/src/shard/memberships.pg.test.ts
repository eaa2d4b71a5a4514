import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactIdOf, type Cause, type ContactId } from '@samovar/core';
import { createShards, createWorkspace, readMembers, readMembershipSpans, writeMemberships, type MembershipChange } from '../index.ts';
import { testDatabase, type TestDatabase } from '../testing/index.ts';

const SHARDS = 1;
let db: TestDatabase;
let workspaceId = 0;
let contacts = 0;

beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  workspaceId = (await createWorkspace(db, 'shop', 1)).workspaceId;
});
afterAll(() => db.close());

async function newContact(): Promise<ContactId> {
  contacts += 1;
  const id = contactIdOf(workspaceId, { kind: 'user', value: `u${contacts}` });
  await db.query(
    `insert into contacts (shard, contact_id, workspace_id, redirect_to, user_id, email, created_at_ms, state) values (0, $1, $2, null, null, null, 1, '{}'::bytea)`, [id, workspaceId],
  );
  return id;
}

async function write(contactId: ContactId, changes: readonly MembershipChange[]): Promise<void> {
  await db.transaction(async (tx) => writeMemberships(tx, 0, changes.map((value) => ({ workspaceId, contactId, value }))));
}

const TIME: Cause = { kind: 'time' };
const enters = (at: number, cause: Cause = TIME, segment = 's'): MembershipChange => ({ segment, entered: true, at, cause });
const leaves = (at: number, cause: Cause = TIME, segment = 's'): MembershipChange => ({ segment, entered: false, at, cause });

async function spans(id: ContactId, segment: string | null = 's'): Promise<[number, number | null][]> {
  return (await readMembershipSpans(db, [id], { segment, after: null, limit: 100 }, SHARDS)).map(({ enteredAt, leftAt }): [number, number | null] => [enteredAt, leftAt]).reverse();
}

async function insideAt(id: ContactId, at: number | null): Promise<boolean> {
  return (await readMembers(db, workspaceId, { segment: 's', at }, { shard: 0, key: null }, 500, SHARDS)).some((member) => member.contactId === id);
}

describe('memberships', () => {
  it('are spans with what began and ended them', async () => {
    const id = await newContact();
    await write(id, [enters(10, { kind: 'event', name: 'Order Completed', id: '\u0000' })]);
    await write(id, [leaves(20), enters(30)]);
    expect(await readMembershipSpans(db, [id], { segment: null, after: null, limit: 10 }, SHARDS)).toEqual([
      { contactId: id, segment: 's', enteredAt: 30, enteredBy: TIME, leftAt: null, leftBy: null },
      { contactId: id, segment: 's', enteredAt: 10, enteredBy: { kind: 'event', name: 'Order Completed', id: '\u0000' }, leftAt: 20, leftBy: TIME },
    ]);
  });

  it('end right however often they change within one batch and one millisecond', async () => {
    const id = await newContact();
    await write(id, [enters(10), leaves(10), enters(10), leaves(10), enters(10)]);
    expect(await spans(id)).toEqual([[10, null]]);
    await write(id, [leaves(10), enters(10), leaves(12), enters(12), leaves(12)]);
    expect(await spans(id)).toEqual([[10, 12], [12, 12]]);
    await write(id, [enters(12)]);
    expect(await spans(id)).toEqual([[10, 12], [12, null]]);
  });

  it('are asked for at any moment, the end left out', async () => {
    const id = await newContact();
    await write(id, [enters(10)]);
    await write(id, [leaves(20)]);
    await write(id, [enters(30)]);
    const asked = [9, 10, 19, 20, 29, 30, 1_000, null];
    const found: boolean[] = [];
    for (const at of asked) found.push(await insideAt(id, at));
    expect(found).toEqual([false, true, true, false, false, true, true, true]);
  });

  it('say at every moment what the changes said, in whatever batches they came', async () => {
    // Steps in time, and whether a batch ends after them; entering and leaving take turns.
    const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.boolean()), { maxLength: 12 });
    await fc.assert(fc.asyncProperty(story, async (steps) => {
      const id = await newContact();
      const states = new Map<number, boolean>();
      let [at, inside] = [10, false];
      const batch: MembershipChange[] = [];
      for (const [later, ends] of steps) {
        at += later;
        inside = !inside;
        states.set(at, inside);
        batch.push(inside ? enters(at) : leaves(at));
        if (ends) await write(id, batch.splice(0));
      }
      await write(id, batch);
      expect(await insideAt(id, null)).toBe(inside);
      let known = false;
      for (let moment = 9; moment <= at + 1; moment += 1) {
        known = states.get(moment) ?? known;
        expect([moment, await insideAt(id, moment)]).toEqual([moment, known]);
      }
    }), { numRuns: 25 });
  });

  it('are paged, the latest entry first, over segments that were entered at once', async () => {
    const id = await newContact();
    await write(id, ['a', 'b', 'c', 'B'].flatMap((segment) => [enters(10, TIME, segment), leaves(11, TIME, segment), enters(12, TIME, segment)]));
    const pages: string[] = [];
    let after: Parameters<typeof readMembershipSpans>[2]['after'] = null;
    do {
      const page = await readMembershipSpans(db, [id], { segment: null, after, limit: 3 }, SHARDS);
      pages.push(page.map(({ segment, enteredAt }) => `${segment}${enteredAt}`).join(' '));
      after = page.length < 3 ? null : page.at(-1)!;
    } while (after !== null);
    expect(pages).toEqual(['c12 b12 a12', 'B12 c10 b10', 'a10 B10']);
  });
});
