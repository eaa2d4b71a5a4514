import { afterAll, beforeAll, expect, it } from 'vitest';
import { contactIdOf, shardOf, type ContactId, type Identifier, type TrackedEvent } from '@samovar/core';
import { appendErasures, appendRecords, readContactsBehind, readErasure } from '@samovar/store';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import { findText } from '../testing/find-text.ts';
import { TestShop } from '../testing/outbox.ts';
import { takeShardTurn } from '../worker/shard-turn.ts';

const START = Date.UTC(2026, 2, 1, 12);
const STORIES = 12 * Number(process.env['SAMOVAR_FUZZ_RUNS'] ?? 1);
const SEED = Number(process.env['SAMOVAR_FUZZ_SEED'] ?? 20_261_122);

let db: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  db = await testDatabase();
  shop = await TestShop.open(db, { now: START, shardCount: 4 });
  await shop.publish([
    { path: 'segments/buyers.yaml', text: 'segment: buyers\nmatch: { event: Order Completed }\n' },
    { path: 'journeys/hello.yaml', text: 'journey: hello\ntrigger: { event: Seen }\nre-entry: always\nsteps:\n  - wait: 1 hour\n  - tag: old\n' },
  ]);
});
afterAll(() => db.close());

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A person tells things under all names, workers come to some shards, somebody erases the person, and what was under way goes on. */
async function play(seed: number): Promise<string[]> {
  const below = numbers(seed);
  const mark = `zz${seed}mark`;
  const people: Identifier[] = [
    { kind: 'user', value: `${mark}-user` }, { kind: 'anonymous', value: `${mark}-phone` }, { kind: 'anonymous', value: `${mark}-desk` }, { kind: 'email', value: `${mark}@example.com` },
  ];
  const dependencies = { db, programs: shop.programs, shardCount: shop.shardCount };
  const idOf = (identifier: Identifier): ContactId => contactIdOf(shop.workspaceId, identifier);
  let told = 0;
  const tell = async (identifiers: Identifier[], at = shop.clock.now()): Promise<void> => {
    told += 1;
    const name = ['Seen', 'Order Completed', 'Identify'][below(3)]!;
    const record: TrackedEvent = {
      kind: 'event', type: name === 'Identify' ? 'identify' : 'track', name, messageId: `${mark}-${told}`, receivedAt: shop.clock.now(), occurredAt: at, identifiers,
      properties: name === 'Order Completed' ? { order_id: `${mark}-order-${below(3)}`, total: 5 } : { page: mark }, traits: name === 'Identify' ? { first_name: mark, consent: true } : {},
      context: { ip: mark }, trusted: true, historical: false,
    };
    await appendRecords(db, [{ workspaceId: shop.workspaceId, contactId: idOf(identifiers[0]!), record }], shop.clock.now(), shop.shardCount);
  };
  const work = async (): Promise<unknown> => takeShardTurn(dependencies, below(shop.shardCount), shop.clock.now());
  // Everybody is said to be the user once, in any order, with other things in between.
  const links = [1, 2, 3].map((other) => [people[0]!, people[other]!]);
  while (links.length > 0) {
    if (below(3) === 0) await tell(links.splice(below(links.length), 1)[0]!);
    else if (below(2) === 0) await tell([people[below(people.length)]!]);
    else await work();
    shop.clock.moveTo(shop.clock.now() + 1);
  }
  await takeShardTurn(dependencies, shardOf(idOf(people[0]!), shop.shardCount), shop.clock.now());
  const contact = (await readContactsBehind(db, [idOf(people[0]!)], shop.shardCount)).get(idOf(people[0]!));
  if (contact === undefined) throw new Error('the person is nowhere');
  const at = shop.clock.now();
  const erasure = `00000000-0000-4000-8000-${String(seed).padStart(12, '0').slice(-12)}`;
  await appendErasures(db, [{ workspaceId: shop.workspaceId, erasure, contactId: contact.id, at, reason: 'asked', by: 'test' }], at, shop.shardCount);
  for (let step = 0; step < 10; step += 1) {
    shop.clock.moveTo(shop.clock.now() + 1);
    if (below(2) === 0) await tell([people[below(people.length)]!], at - below(1_000));
    else await work();
  }
  await shop.decide();
  const receipt = await readErasure(db, shop.workspaceId, erasure);
  return [...await findText(db, mark), ...(receipt?.done === true ? [] : ['the receipt is never done'])];
}

it('leaves no word in any table, wherever workers are when it comes', async () => {
  for (let story = 0; story < STORIES; story += 1) expect([SEED + story, await play(SEED + story)]).toEqual([SEED + story, []]);
});
