import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '@samovar/core';
import { createEmailProvider } from '@samovar/channels';
import { readSuppressions } from '@samovar/store';
import { SendingBench, START, sendingFiles } from '../testing/sending.ts';
import type { MailProvider } from './mail-provider.ts';
import { createSender, DEFAULT_SENDER_CONFIG } from './sender.ts';

let bench: SendingBench;
beforeEach(async () => {
  bench = await SendingBench.open();
});
afterEach(() => bench.close());

describe('a sender whose provider misbehaves', () => {
  it('tries again later after a temporary refusal, under the same Message-ID, and gives up in the end', async () => {
    await bench.subscribers(1);
    await bench.news('u0');
    bench.behave = (step) => (step.stage === 'rcpt' ? { reply: '451 4.2.1 greylisted' } : null);
    const one = bench.sender({ retry: { firstDelayMs: MINUTE_MS, longestDelayMs: 2 * MINUTE_MS, maxAttempts: 3 } });
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'queued', reason: 'retry', attempts: 1, send_after_ms: START + MINUTE_MS }]);
    expect(await one.nextDueAt()).toBe(START + MINUTE_MS);
    bench.shop.clock.moveTo(START + MINUTE_MS);
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'queued', attempts: 2, send_after_ms: START + 3 * MINUTE_MS }]);
    bench.shop.clock.moveTo(START + 3 * MINUTE_MS);
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'failed', reason: 'gave_up', attempts: 3 }]);
    expect(await bench.outcomes()).toEqual(['failed']);
  });

  it('suppresses an address that the server refuses for good', async () => {
    await bench.subscribers(2);
    await bench.news('u0', 'u1');
    bench.behave = (step) => (step.stage === 'rcpt' && step.argument.includes('u0@') ? { reply: '550 5.1.1 no such user' } : null);
    const one = bench.sender();
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 1, 'failed: bounced': 1 });
    expect(await bench.outcomes()).toEqual(['bounced', 'sent']);
    expect(await readSuppressions(bench.db, [{ workspaceId: bench.shop.workspaceId, address: 'U0@example.com' }], bench.shop.shardCount)).toMatchObject([{ reason: 'bounced' }]);
    await bench.news('u0', 'u1');
    expect(await bench.states()).toEqual({ sent: 1, 'failed: bounced': 1, queued: 1 });
  });

  it('calls marketing unknown when the connection breaks after the last dot, and sends answers again', async () => {
    await bench.subscribers(2);
    bench.behave = (step) => (step.stage === 'accepted' ? { drop: true } : null);
    await bench.news('u0');
    await bench.shop.track('u1', 'Order Completed', { order_id: 'o1', total: 5 });
    const one = bench.sender();
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'unknown', attempts: 1 }, { status: 'queued', reason: 'retry', attempts: 1 }]);
    bench.behave = () => null;
    bench.shop.clock.moveTo(START + MINUTE_MS);
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'unknown', attempts: 1 }, { status: 'sent', attempts: 2 }]);
    const to = bench.mails.filter((mail) => mail.to === 'u1@example.com').map((mail) => [/Message-ID: (.*)/.exec(mail.raw)?.[1], /Date: (.*)/.exec(mail.raw)?.[1]]);
    expect(to).toHaveLength(2);
    expect(to[0]).toEqual(to[1]);
  });

  it('leaves a server alone that is away, without using up attempts', async () => {
    const names = await bench.subscribers(3);
    await bench.news(...names);
    const away = createEmailProvider('smtp://127.0.0.1:1?connectMs=500');
    const one = bench.sender({}, away);
    await one.drain();
    expect(one.health()).toMatchObject({ state: 'paused', pausedUntil: START + 5 * SECOND_MS });
    for (let turn = 0; turn < 20; turn += 1) {
      bench.shop.clock.moveTo(await one.nextDueAt());
      await one.drain();
    }
    expect(Math.max(...(await bench.messages()).map((row) => row.attempts))).toBeLessThan(20);
    expect((await bench.messages()).every((row) => row.status === 'queued')).toBe(true);
    await away.close();
  });

  it('keeps messages when there is no provider', async () => {
    await bench.subscribers(1);
    await bench.news('u0');
    const one = bench.sender({}, null);
    await one.drain();
    expect(await bench.states()).toEqual({ queued: 1 });
    expect(await one.nextDueAt()).toBe(Infinity);
    expect(one.health()).toMatchObject({ provider: null, state: 'no-provider' });
  });
});

describe('senders that crash or meet', () => {
  it('ends an attempt whose process died as unknown: receipts go again, marketing does not', async () => {
    await bench.subscribers(2);
    await bench.news('u0');
    await bench.shop.track('u1', 'Order Completed', { order_id: 'o1', total: 5 });
    const never: MailProvider = { name: 'never', hardTimeoutMs: 1_000, concurrency: 2, send: () => new Promise(() => {}) };
    const dying = createSender({ db: bench.db, clock: bench.shop.clock, shardCount: bench.shop.shardCount, provider: never, signingKeys: bench.shop.signingKeys }, {
      ...DEFAULT_SENDER_CONFIG, publicUrl: 'https://mail.shop.example', hostname: 'bench.shop.example',
    });
    void dying.drain();
    await expect.poll(async () => (await bench.states())['sending'], { interval: 10, timeout: 10_000 }).toBe(2);
    const one = bench.sender();
    await one.drain();
    expect(await bench.states()).toEqual({ sending: 2 });
    const deadline = START + 1_000 + DEFAULT_SENDER_CONFIG.extraDeadlineMs;
    expect(await one.nextDueAt()).toBe(deadline);
    bench.shop.clock.moveTo(deadline);
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'unknown', attempts: 1 }, { status: 'queued', attempts: 1 }]);
    bench.shop.clock.moveTo(await one.nextDueAt());
    await one.drain();
    expect(await bench.messages()).toMatchObject([{ status: 'unknown', attempts: 1 }, { status: 'sent', attempts: 2 }]);
    expect(bench.mails.map((mail) => mail.to)).toEqual(['u1@example.com']);
    const attempts = await bench.db.query('select a.attempt, a.outcome from attempts a order by a.attempt, a.outcome');
    expect(attempts.rows).toEqual([{ attempt: 1, outcome: 'unknown' }, { attempt: 1, outcome: 'unknown' }, { attempt: 2, outcome: 'accepted' }]);
  });

  it('never sends one message twice, and never passes a ceiling, however many there are', async () => {
    await bench.shop.publish(sendingFiles(150));
    const names = await bench.subscribers(200);
    await bench.news(...names);
    const many = [bench.sender({ batchSize: 7 }), bench.sender({ batchSize: 5 }), bench.sender({ batchSize: 11 })];
    await Promise.all(many.map((one) => one.drain()));
    expect(bench.mails).toHaveLength(150);
    expect(new Set(bench.mails.map((mail) => mail.to)).size).toBe(150);
    expect(await bench.states()).toEqual({ sent: 150, 'queued: ceiling': 50 });
  });

  it('obeys rates by the clock', async () => {
    await bench.shop.publish(sendingFiles(150));
    const names = await bench.subscribers(20);
    await bench.news(...names);
    const one = bench.sender({ rates: { perSecond: null, perDomainPerSecond: { 'example.com': 5 } } });
    await one.drain();
    expect(bench.mails).toHaveLength(5);
    bench.shop.clock.moveTo(START + SECOND_MS);
    await one.drain();
    expect(bench.mails.length).toBeLessThanOrEqual(10);
    for (let turn = 0; turn < 40 && bench.mails.length < 20; turn += 1) {
      bench.shop.clock.moveTo(await one.nextDueAt());
      await one.drain();
    }
    expect(bench.mails).toHaveLength(20);
    expect(bench.shop.clock.now()).toBeGreaterThanOrEqual(START + 3 * SECOND_MS);
    expect(bench.shop.clock.now()).toBeLessThan(START + 8 * SECOND_MS);
  });
});
