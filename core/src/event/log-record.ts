import type { ContactId, Identifier, MessageId } from '../identity/ids.ts';
import type { Millis } from '../time.ts';
import type { MessageOutcome } from '../definition/condition.ts';
import type { JsonObject } from './json.ts';

/**
 * Something that happened to a contact, as the log keeps it. The log is the only input of `advance`
 * besides the passing of time, so replaying it decides the same again.
 */
export type LogRecord = TrackedEvent | OutcomeRecord | UnmergeRecord;

/** What a shop, a site, an import or an operator told us. */
export interface TrackedEvent {
  kind: 'event';
  type: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias';
  /** Event name as conditions see it; fixed names for the types that carry none. */
  name: string;
  /** The sender's id of this event; the same id is the same event. */
  messageId: string;
  /** Server time of acceptance: the instant at which journeys react. */
  receivedAt: Millis;
  /** When it happened by the sender's clock, corrected for skew, never after `receivedAt`. */
  occurredAt: Millis;
  /** All identifiers of the item, the one that chose the contact first. */
  identifiers: Identifier[];
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  /** Sent with a server or admin key: may grant consent, set verified traits, join by e-mail. */
  trusted: boolean;
  /** Imported history: updates state and triggers nothing. */
  historical: boolean;
}

/** What became of a message that we sent. */
export interface OutcomeRecord {
  kind: 'outcome';
  receivedAt: Millis;
  messageId: MessageId;
  outcome: MessageOutcome | 'complained' | 'failed' | 'cancelled';
  /** For opens and clicks: made by a privacy proxy or a scanner, not by the person. */
  machine: boolean;
  /** The clicked address, the answer of the receiving server, or why a message was not sent. */
  detail: string | null;
  /** Which message it was, so that history answers when the contact remembers it no more; absent in records from before this was told. */
  about?: MessageAbout;
}

/** What conditions can ask of a message. */
export interface MessageAbout {
  journey: string;
  step: string;
  template: string;
  topic: string | null;
  decidedAt: Millis;
}

/** Somebody says that what lives under an identifier was merged by mistake. It stands in the log of that identifier. */
export interface UnmergeRecord {
  kind: 'unmerge';
  receivedAt: Millis;
  /** Who says so. */
  by: string;
  reason: string | null;
}

/** A record with the contact whose identifier it bears; `seq` orders the records of a shard. */
export interface Logged {
  seq: number;
  workspaceId: number;
  contactId: ContactId;
  record: LogRecord;
}
