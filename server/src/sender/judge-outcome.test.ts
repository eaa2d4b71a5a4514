import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@samovar/core';
import type { SendOutcome } from '@samovar/channels';
import { judgeOutcome, retryDelay } from './judge-outcome.ts';
import { DEFAULT_SENDER_CONFIG } from './sender-config.ts';

const NOW = 1_000_000;
const rejected = (permanent: boolean, scope: 'recipient' | 'sender' | 'message' | 'connection'): SendOutcome =>
  ({ kind: 'rejected', permanent, scope, code: permanent ? 550 : 450, enhancedCode: null, response: 'no' });
const judge = (answer: SendOutcome, more: { class?: 'marketing' | 'transactional'; attempt?: number; expiresAt?: number } = {}): ReturnType<typeof judgeOutcome> =>
  judgeOutcome(answer, { class: 'marketing', attempt: 1, expiresAt: NOW + HOUR_MS, now: NOW, ...more }, DEFAULT_SENDER_CONFIG);

/** What every answer makes of a message. */
const VERDICTS: { name: string; answer: SendOutcome; more?: Parameters<typeof judge>[1]; expected: Partial<ReturnType<typeof judge>> }[] = [
  { name: 'accepted', answer: { kind: 'accepted', response: '250' }, expected: { status: 'sent', record: 'sent', pause: false } },
  { name: 'no such mailbox', answer: rejected(true, 'recipient'), expected: { status: 'failed', reason: 'bounced', record: 'bounced', suppress: true, pause: false } },
  { name: 'mailbox full', answer: rejected(false, 'recipient'), expected: { status: 'queued', reason: 'retry', record: null, suppress: false, pause: false } },
  { name: 'message refused', answer: rejected(true, 'message'), expected: { status: 'failed', reason: 'refused', record: 'failed', suppress: false, pause: false } },
  { name: 'we are refused for good', answer: rejected(true, 'sender'), expected: { status: 'queued', suppress: false, pause: true } },
  { name: 'server away', answer: { kind: 'not-sent', reason: 'ECONNREFUSED' }, expected: { status: 'queued', outcome: 'not-sent', pause: true } },
  { name: 'server away for long', answer: { kind: 'not-sent', reason: 'ECONNREFUSED' }, more: { attempt: 100, expiresAt: NOW + 2 * HOUR_MS }, expected: { status: 'queued' } },
  { name: 'server away until too late', answer: { kind: 'not-sent', reason: 'ECONNREFUSED' }, more: { expiresAt: NOW + 1 }, expected: { status: 'failed', reason: 'gave_up', record: 'failed' } },
  { name: 'mailbox full for too long', answer: rejected(false, 'recipient'), more: { attempt: 12 }, expected: { status: 'failed', reason: 'gave_up', record: 'failed', suppress: false } },
  { name: 'unknown marketing', answer: { kind: 'unknown', reason: 'lost' }, expected: { status: 'unknown', record: null, sendAfter: null } },
  { name: 'unknown receipt', answer: { kind: 'unknown', reason: 'lost' }, more: { class: 'transactional' }, expected: { status: 'queued', outcome: 'unknown' } },
];

describe('an answer', () => {
  it.each(VERDICTS)('of «$name» is judged', ({ answer, more, expected }) => {
    expect(judge(answer, more)).toMatchObject(expected);
  });

  it('that asks to come back is obeyed later each time, up to an hour', () => {
    const { retry } = DEFAULT_SENDER_CONFIG;
    expect([1, 2, 3, 8, 20, 5_000].map((attempt) => retryDelay(attempt, retry))).toEqual([30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, HOUR_MS, HOUR_MS, HOUR_MS]);
  });
});
