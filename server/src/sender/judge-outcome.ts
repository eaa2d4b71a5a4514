import type { MessageClass, Millis, OutcomeRecord } from '@samovar/core';
import type { SendOutcome } from '@samovar/channels';
import type { AttemptOutcome, MessageStatus } from '@samovar/store';
import type { SenderConfig } from './sender-config.ts';

/** What an attempt's end means for its message, and for the sender. */
export interface Verdict {
  outcome: AttemptOutcome;
  detail: string | null;
  status: MessageStatus;
  reason: string | null;
  sendAfter: Millis | null;
  /** What the log shall tell of it; null: nothing yet. */
  record: OutcomeRecord['outcome'] | null;
  /** The address takes no mail any more. */
  suppress: boolean;
  /** The server, or our account there, is the trouble: every message would meet it. */
  pause: boolean;
}

export interface Attempted {
  class: MessageClass;
  attempt: number;
  expiresAt: Millis;
  /** When the attempt ended. */
  now: Millis;
}

type Config = Pick<SenderConfig, 'retry' | 'retryUnknown'>;

/** Judges what a provider answered. */
export function judgeOutcome(answer: SendOutcome, attempted: Attempted, config: Config): Verdict {
  switch (answer.kind) {
    case 'accepted':
      return { outcome: 'accepted', detail: answer.response, status: 'sent', reason: null, sendAfter: null, record: 'sent', suppress: false, pause: false };
    case 'unknown': return judgeUnknown(answer.reason, attempted, config);
    case 'not-sent': return again('not-sent', answer.reason, attempted, config, { pause: true, patient: true });
    case 'rejected': {
      const detail = answer.response;
      if (answer.scope === 'sender' || answer.scope === 'connection') return again('temporary', detail, attempted, config, { pause: true, patient: true });
      if (!answer.permanent) return again('temporary', detail, attempted, config, { pause: false, patient: false });
      const bounced = answer.scope === 'recipient';
      return {
        outcome: 'rejected', detail, status: 'failed', reason: bounced ? 'bounced' : 'refused', sendAfter: null,
        record: bounced ? 'bounced' : 'failed', suppress: bounced, pause: false,
      };
    }
  }
}

/**
 * The mail may have been accepted, or not. Answers to something a contact did are sent again under the same Message-ID,
 * since a receipt twice is better than none; with marketing it is the other way round.
 */
export function judgeUnknown(reason: string, attempted: Attempted, config: Config): Verdict {
  // So is a confirmation: an address is asked twice at most.
  if (config.retryUnknown[attempted.class === 'transactional' ? 'transactional' : 'marketing']) return again('unknown', reason, attempted, config, { pause: false, patient: false });
  return { outcome: 'unknown', detail: reason, status: 'unknown', reason: 'unknown', sendAfter: null, record: null, suppress: false, pause: false };
}

/** A message that cannot be made into a mail: trying again would not help. */
export function judgeImpossible(reason: string): Verdict {
  return { outcome: 'not-sent', detail: reason, status: 'failed', reason, sendAfter: null, record: 'failed', suppress: false, pause: false };
}

/** A message that was claimed and then given back without a word to the provider. */
export function judgeReleased(reason: string, sendAfter: Millis): Verdict {
  return { outcome: 'not-sent', detail: reason, status: 'queued', reason, sendAfter, record: null, suppress: false, pause: false };
}

function again(outcome: AttemptOutcome, detail: string, attempted: Attempted, config: Config, { pause, patient }: { pause: boolean; patient: boolean }): Verdict {
  const { attempt, expiresAt, now } = attempted;
  const sendAfter = now + retryDelay(attempt, config.retry);
  if (sendAfter > expiresAt || (!patient && attempt >= config.retry.maxAttempts)) {
    return { outcome, detail, status: 'failed', reason: 'gave_up', sendAfter: null, record: 'failed', suppress: false, pause };
  }
  return { outcome, detail, status: 'queued', reason: 'retry', sendAfter, record: null, suppress: false, pause };
}

/** Doubles from attempt to attempt up to the longest. */
export function retryDelay(attempt: number, retry: SenderConfig['retry']): number {
  return Math.min(retry.firstDelayMs * 2 ** Math.min(attempt - 1, 30), retry.longestDelayMs);
}
