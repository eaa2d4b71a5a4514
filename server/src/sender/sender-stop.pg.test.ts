import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '@samovar/store';
import { SendingBench } from '../testing/sending.ts';
import type { MailProvider } from './mail-provider.ts';
import { DEFAULT_SENDER_CONFIG, createSender, type Sender } from './sender.ts';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.open();
});
afterAll(() => bench.close());

/** Takes everything, and tells when it did. */
function takingAll(onTaken: () => void): MailProvider {
  return {
    name: 'taking-all', hardTimeoutMs: 1_000, concurrency: 1,
    send: async () => {
      onTaken();
      return { kind: 'accepted', response: '250 taken' };
    },
  };
}

/** A database that does nothing more once `isHeld`, until it is let go. */
function heldDatabase(db: Database, isHeld: () => boolean, letGo: Promise<void>): Database {
  return {
    serverVersion: db.serverVersion, query: (text, parameters) => db.query(text, parameters), close: () => db.close(),
    transaction: async (fn, options) => {
      if (isHeld()) await letGo;
      return db.transaction(fn, options);
    },
  };
}

function sendingThrough(db: Database, provider: MailProvider): Sender {
  const { clock, shardCount, signingKeys } = bench.shop;
  return createSender({ db, clock, shardCount, provider, signingKeys }, { ...DEFAULT_SENDER_CONFIG, publicUrl: 'https://mail.shop.example', hostname: 'shop.example' });
}

describe('a sender that is told to stop', () => {
  it('ends also when all mail has left and only the last ends are still being written', async () => {
    const [name = ''] = await bench.subscribers(1);
    await bench.news(name);
    let taken = false;
    let letGo: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const sender = sendingThrough(heldDatabase(bench.db, () => taken, released), takingAll(() => {
      taken = true;
    }));
    sender.start();
    await expect.poll(() => taken && sender.health().inFlight === 0).toBe(true);
    const stopped = sender.stop().then(() => 'stopped');
    // Everything that stopping does at once is behind it before the database goes on.
    await new Promise((resolve) => setImmediate(resolve));
    letGo();
    expect(await stopped).toBe('stopped');
    expect(await bench.states()).toEqual({ sent: 1 });
  }, 10_000);
});
