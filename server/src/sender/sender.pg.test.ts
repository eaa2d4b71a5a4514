import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '@samovar/core';
import { suppress, textArray, uuidArray, writeSendingMode } from '@samovar/store';
import { SendingBench, START, sendingFiles } from '../testing/sending.ts';

let bench: SendingBench;
beforeEach(async () => {
  bench = await SendingBench.open({ ceiling: 3 });
});
afterEach(() => bench.close());

describe('a sender', () => {
  it('sends what was decided, with its links signed, and tells the log', async () => {
    await bench.subscribers(2);
    await bench.shop.identify('u1', { language: 'fa-IR' });
    await bench.news('u0', 'u1');
    const one = bench.sender();
    await one.drain();
    expect(bench.mails.map((mail) => mail.to).sort()).toEqual(['u0@example.com', 'u1@example.com']);
    const mail = bench.mails.find(({ to }) => to === 'u0@example.com')?.raw ?? '';
    const id = (await bench.messages())[0]?.message_id;
    expect(mail).toContain(`Message-ID: <${id}@shop.example>`);
    expect(mail).toMatch(/Subject: News for u0/);
    expect(mail).toMatch(/List-Unsubscribe: <https:\/\/mail\.shop\.example\/u\//);
    expect(mail).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(bench.mails.find(({ to }) => to === 'u1@example.com')?.raw).toMatch(/dir=(3D)?"rtl"/);
    expect(await bench.states()).toEqual({ sent: 2 });
    expect(await bench.outcomes()).toEqual(['sent', 'sent']);
    expect(await one.settled()).toBe(true);
    await bench.shop.decide();
    const counted = await bench.db.query<{ value: number }>(`select sum(c.value)::int8 as value from counters c where c.thing = 'journey:news' and c.metric = 'sent'`);
    expect(counted.rows[0]?.value).toBe(2);
  });

  it('lets nothing leave of a workspace that is stopped, and everything once it goes on', async () => {
    await bench.subscribers(2);
    await bench.news('u0', 'u1');
    await writeSendingMode(bench.db, bench.shop.workspaceId, 'stopped', null);
    const one = bench.sender();
    await one.drain();
    expect(await bench.states()).toEqual({ queued: 2 });
    await writeSendingMode(bench.db, bench.shop.workspaceId, 'live', null);
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 2 });
  });

  it('stops within a moment what was claimed already', async () => {
    await bench.shop.publish(sendingFiles(1_000));
    await bench.news(...await bench.subscribers(63));
    bench.behave = (step) => (step.stage === 'accepted' ? { delayMs: 120 } : null);
    const one = bench.sender();
    const drained = one.drain();
    await expect.poll(() => bench.mails.length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(2);
    await writeSendingMode(bench.db, bench.shop.workspaceId, 'stopped', null);
    await drained;
    const counts = await bench.states();
    expect(counts['queued: stopped']).toBeGreaterThan(10);
    expect((counts['sent'] ?? 0)).toBe(bench.mails.length);
  });

  it('sends real mail to listed recipients only in test mode', async () => {
    await bench.subscribers(2);
    await bench.news('u0', 'u1');
    await writeSendingMode(bench.db, bench.shop.workspaceId, 'test', textArray(['U1@example.com', '@staff.example']));
    await bench.sender().drain();
    expect(bench.mails.map((mail) => mail.to)).toEqual(['u1@example.com']);
    expect(await bench.states()).toEqual({ sent: 1, 'cancelled: test_mode': 1 });
    expect(await bench.outcomes()).toEqual(['cancelled', 'sent']);
  });

  it('keeps what is over the ceiling of the hour for the next, and says so', async () => {
    const names = await bench.subscribers(8);
    await bench.news(...names);
    const one = bench.sender();
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 3, 'queued: ceiling': 5 });
    expect(await one.nextDueAt()).toBe(START + HOUR_MS);
    bench.shop.clock.moveTo(START + HOUR_MS);
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 6, 'queued: ceiling': 2 });
    bench.shop.clock.moveTo(START + 2 * HOUR_MS);
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 8 });
  });

  it('does not send to who withdrew after the decision, though no worker has seen it yet', async () => {
    await bench.subscribers(3);
    await bench.news('u0', 'u1', 'u2');
    await bench.shop.append(bench.shop.event('Consent Withdrawn', { channel: 'email' }, { user: 'u0' }), bench.shop.event('Topic Unsubscribed', { topic: 'weekly' }, { user: 'u1' }),
      bench.shop.event('Topic Unsubscribed', { topic: 'monthly' }, { user: 'u2' }));
    await bench.sender().drain();
    expect(bench.mails.map((mail) => mail.to)).toEqual(['u2@example.com']);
    expect(await bench.states()).toEqual({ sent: 1, 'cancelled: unsubscribed': 2 });
  });

  it('asks the last gate about what was decided meanwhile: addresses, suppressions, expiry', async () => {
    await bench.subscribers(3);
    await bench.news('u0', 'u1', 'u2');
    bench.shop.clock.moveTo(START + 1);
    await bench.shop.identify('u0', { email: 'new@example.com' });
    await suppress(bench.db, { workspaceId: bench.shop.workspaceId, channel: 'email', address: 'U1@Example.com', reason: 'manual', at: START }, bench.shop.shardCount);
    const one = bench.sender();
    await one.drain();
    expect(await bench.states()).toEqual({ sent: 1, 'cancelled: address_changed': 1, 'cancelled: suppressed': 1 });
    await bench.news('u2');
    bench.shop.clock.moveTo(START + 25 * HOUR_MS);
    await one.drain();
    expect(await bench.states()).toMatchObject({ 'cancelled: expired': 1 });
  });

  it('follows a contact that was merged after the decision', async () => {
    await bench.shop.append(
      bench.shop.event('Identify', {}, { user: 'x', type: 'identify', traits: { email: 'x@example.com', consent: true, first_name: 'X' } }));
    await bench.shop.decide();
    await bench.news('x');
    await bench.shop.append(bench.shop.event('Alias', {}, { user: 'y', type: 'alias', identifiers: [{ kind: 'user', value: 'y' }, { kind: 'user', value: 'x' }] }));
    await bench.shop.decide();
    const merged = await bench.db.query('select c.contact_id from contacts c where c.redirect_to is not null and c.contact_id = any($1::uuid[])', [uuidArray([bench.shop.user('x'), bench.shop.user('y')])]);
    expect(merged.rowCount).toBe(1);
    await bench.sender().drain();
    expect(await bench.states()).toEqual({ sent: 1 });
  });
});

