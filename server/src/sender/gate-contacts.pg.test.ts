import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { contactIdOf, shardOf, type Identifier, type JsonObject, type TrackedEvent } from '@samovar/core';
import { takeShardTurn } from '../worker/shard-turn.ts';
import { SendingBench } from '../testing/sending.ts';

let bench: SendingBench;
const open: SendingBench[] = [];
beforeEach(async () => {
  bench = await SendingBench.open();
  open.push(bench);
});
afterAll(async () => {
  for (const one of open) await one.close();
});

/** Tells something under any identifier, and nobody decides it yet. */
async function tell(by: Identifier, name: string, traits: JsonObject, more: Partial<TrackedEvent> = {}): Promise<void> {
  const { shop } = bench;
  const { record } = shop.event(name, {}, { user: 'unused', traits, identifiers: [by], ...more });
  await shop.append({ contactId: contactIdOf(shop.workspaceId, by), record });
}

const U0: Identifier = { kind: 'user', value: 'u0' };

describe('the last gate, while workers lag', () => {
  it.each<[string, Identifier, string, JsonObject]>([
    ['by its event', U0, 'Consent Withdrawn', {}],
    ['as a trait', U0, 'Identify', { consent: false }],
    ['under the address alone, which lives in another shard', { kind: 'email', value: 'u0@example.com' }, 'Consent Withdrawn', {}],
  ])('lets nothing through after a consent was taken back %s', async (_how, by, name, traits) => {
    const names = await bench.subscribers(1);
    await bench.news(...names);
    await tell(by, name, traits, name === 'Identify' ? { type: 'identify' } : {});
    await bench.sender().drain();
    expect(await bench.states()).toEqual({ 'cancelled: unsubscribed': 1 });
    expect(bench.mails).toEqual([]);
  });

  it('lets through what was agreed to again, and what a browser has no say in', async () => {
    const names = await bench.subscribers(2);
    await bench.news(...names);
    await tell(U0, 'Identify', { consent: false }, { type: 'identify' });
    bench.shop.clock.moveTo(bench.shop.clock.now() + 10);
    await tell(U0, 'Identify', { consent: true }, { type: 'identify' });
    await tell({ kind: 'user', value: 'u1' }, 'Consent Withdrawn', {}, { trusted: false });
    await bench.sender().drain();
    expect(await bench.states()).toEqual({ sent: 2 });
  });

  it('waits for what is on its way from another shard', async () => {
    const { shop } = bench;
    const names = await bench.subscribers(1);
    await bench.news(...names);
    const by: Identifier = { kind: 'email', value: 'u0@example.com' };
    const shard = shardOf(contactIdOf(shop.workspaceId, by), shop.shardCount);
    expect(shard).not.toBe(shop.shardOf('u0'));
    await tell(by, 'Consent Withdrawn', {});
    await takeShardTurn({ db: shop.db, programs: shop.programs, shardCount: shop.shardCount }, shard, shop.clock.now());
    const sender = bench.sender();
    await sender.drain();
    expect(await bench.states()).toEqual({ queued: 1 });
    await shop.decide();
    shop.clock.moveTo(await sender.nextDueAt());
    await sender.drain();
    expect(await bench.states()).toEqual({ 'cancelled: unsubscribed': 1 });
  });
});
