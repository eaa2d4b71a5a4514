import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { testDatabase, type TestDatabase } from '../testing/test-database.ts';
import { createWorkspace } from '../workspaces/workspaces.ts';
import { createShards } from '../log/shards.ts';
import { readAddressWithdrawals, writeAddressConsents, type AddressConsent } from './address-consents.ts';
import { CONFIRMATION_WINDOW_MS, drawConfirmations } from './confirmations.ts';

const SHARDS = 8;
const NOW = Date.UTC(2026, 2, 1);

let db: TestDatabase;
let workspaceId: number;

beforeAll(async () => {
  db = await testDatabase();
  await createShards(db, SHARDS);
  ({ workspaceId } = await createWorkspace(db, 'shop', NOW));
});
afterAll(() => db.close());

const draw = (now: number, ...addresses: string[]): Promise<boolean[]> =>
  db.transaction((tx) => drawConfirmations(tx, addresses.map((address) => ({ workspaceId, address })), now, SHARDS), { idempotent: false });

describe('asking an address to confirm', () => {
  it('is allowed twice in any seven days, however the address is written', async () => {
    expect(await draw(NOW, 'a@example.com')).toEqual([true]);
    expect(await draw(NOW + DAY_MS, ' A@Example.com', 'b@example.com')).toEqual([true, true]);
    expect(await draw(NOW + CONFIRMATION_WINDOW_MS - 1, 'a@example.com')).toEqual([false]);
    expect(await draw(NOW + CONFIRMATION_WINDOW_MS, 'a@example.com')).toEqual([true]);
    expect(await draw(NOW + CONFIRMATION_WINDOW_MS + DAY_MS - 1, 'a@example.com')).toEqual([false]);
    expect(await draw(NOW + CONFIRMATION_WINDOW_MS + DAY_MS, 'a@example.com')).toEqual([true]);
  });

  it('is allowed twice when many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => draw(NOW, 'crowd@example.com')));
    expect(answers.flat().filter((allowed) => allowed)).toHaveLength(2);
    expect(await draw(NOW, 'twice@example.com', 'twice@example.com')).toEqual([true, false]);
  });
});

describe('what was withdrawn for an address', () => {
  const word = (state: AddressConsent['state'], topic: string | null, at: number, confirmed = false): AddressConsent => ({ workspaceId, channel: 'email', topic, address: 'sara@example.com', state, confirmed, at });
  const say = (...words: AddressConsent[]): Promise<void> => db.transaction(async (tx) => writeAddressConsents(tx, words, SHARDS), { idempotent: true });
  const withdrawn = async (): Promise<boolean[]> => readAddressWithdrawals(db, [null, 'news', 'sale'].map((topic) => ({ workspaceId, address: 'Sara@example.com', topic })), SHARDS);

  it('stays until it is granted later, whatever the order in which it is told', async () => {
    expect(await withdrawn()).toEqual([false, false, false]);
    await say(word('withdrawn', 'news', 10));
    expect(await withdrawn()).toEqual([false, true, false]);
    await say(word('withdrawn', null, 20), word('granted', 'news', 15));
    expect(await withdrawn()).toEqual([true, true, true]);
    await say(word('withdrawn', null, 12));
    await say(word('granted', null, 20));
    expect(await withdrawn()).toEqual([true, true, true]);
    // A topic that the owner confirmed after it stands; one that somebody else says so does not.
    await say(word('granted', 'sale', 25), word('granted', 'news', 30, true));
    expect(await withdrawn()).toEqual([true, false, true]);
    await say(word('granted', null, 40));
    expect(await withdrawn()).toEqual([false, false, false]);
  });
});
