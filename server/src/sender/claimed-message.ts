import type { ContactState, MessageAbout, Millis } from '@samovar/core';
import type { QueuedRow } from '@samovar/store';

/** A message that this process alone may send, until the deadline. */
export interface ClaimedMessage {
  shard: number;
  row: QueuedRow;
  contact: ContactState;
  attempt: number;
  /** When the first attempt began: the date of the mail on every attempt. */
  firstAttemptAt: Millis;
  deadline: Millis;
  programVersion: number;
}

/** A message that must not leave, and why. */
export interface RefusedMessage {
  shard: number;
  row: QueuedRow;
  reason: string;
}

/** What conditions ask of a message, for the record of what became of it. */
export function aboutRow({ journey, step, template, topic, decided_at_ms: decidedAt }: QueuedRow): MessageAbout {
  return { journey, step, template, topic, decidedAt };
}
