import type { OrderState } from '../contact/contact-state.ts';
import type { ConsentChange } from '../contact/consent-changes.ts';
import type { MessageClass } from '../definition/definition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { OutcomeRecord } from '../event/log-record.ts';
import type { ContactId, EnrollmentId, MessageId } from '../identity/ids.ts';
import type { Millis } from '../time.ts';
import type { Input } from './inputs.ts';

/** What a decision asks the world to do. Each kind has exactly one performer, outside core. */
export type Effect =
  | { kind: 'decision'; decision: Decision }
  | { kind: 'membership'; segment: string; entered: boolean; at: Millis; cause: Cause }
  | { kind: 'enrollment'; enrollment: EnrollmentChange }
  | { kind: 'message'; message: DecidedMessage }
  | { kind: 'outcome'; messageId: MessageId; outcome: OutcomeRecord['outcome']; machine: boolean; at: Millis; detail: string | null }
  | { kind: 'consent'; n: number; at: Millis; change: ConsentChange; address: string | null }
  /** What is known of an address, whoever has it; `confirmed`: by a link that was sent there. */
  | { kind: 'address-consent'; channel: 'email'; topic: string | null; address: string; state: 'granted' | 'withdrawn'; confirmed: boolean; at: Millis }
  /** A trait has another value. `toldAt`: when what made it so happened. */
  | { kind: 'trait'; n: number; at: Millis; trait: string; before: Json; after: Json; toldAt: Millis; source: TraitSource }
  | { kind: 'count'; thing: string; metric: string; at: Millis; value: number }
  | { kind: 'order'; orderId: string; order: OrderState | null }
  | { kind: 'suppress'; channel: 'email'; address: string; reason: string; at: Millis }
  /**
   * An erasure was here. `wipe`: nothing that was written before about the row's contact stays, besides figures. `received`
   * and `posted` count the requests that arrived and that were handed on: when they match, all has been done.
   */
  | { kind: 'erase'; erasure: string; at: Millis; wipe: boolean; seq: number | null; received: 0 | 1; posted: number; values: string[] }
  /** A record of the row's own is not to be known: its content goes, its place in the log stays. */
  | { kind: 'blank'; seq: number }
  /** Hands an input to the row of another contact, in order, exactly once. */
  | { kind: 'post'; to: ContactId; input: Input };

/** Why something changes now. */
export type Cause =
  | { kind: 'event'; name: string; id: string }
  | { kind: 'time' }
  /** Segments changed their meaning; `version` of the program. */
  | { kind: 'definition'; version: number }
  /** Two contacts turned out to be one. */
  | { kind: 'merge'; with: ContactId }
  /** A merge was undone. */
  | { kind: 'unmerge'; from: ContactId };

/** Who or what set a trait. */
export type TraitSource =
  /** `by`: the kind of key it was sent with, or the way by which it came. */
  | { kind: 'event'; id: string; by: 'browser' | 'server' | 'import' | 'api' }
  | { kind: 'step'; journey: string; step: string }
  | { kind: 'merge'; with: ContactId }
  | { kind: 'unmerge'; from: ContactId };

/** One answer to a "why?" that somebody may ask later. */
export interface Decision {
  /** Counts up per contact. */
  n: number;
  at: Millis;
  code: DecisionCode;
  journey: string | null;
  version: number | null;
  enrollmentId: EnrollmentId | null;
  step: string | null;
  /** The values on which it rested. */
  detail: Json;
}

export type DecisionCode =
  | 'entered' | 'not_entered' | 'branched' | 'message_decided' | 'message_held' | 'message_skipped' | 'trait_set' | 'tagged' | 'untagged'
  | 'exited' | 'completed' | 'goal_reached' | 'segment_entered' | 'segment_left' | 'list_joined' | 'list_left'
  | 'consent_changed' | 'consent_ignored' | 'suppressed' | 'suppression_lifted' | 'order_ignored' | 'order_duplicate'
  | 'merged' | 'merge_refused' | 'unmerged' | 'trait_refused' | 'history_incomplete' | 'identifier_limit' | 'cascade_limit';

/** The state of an enrollment after a change; the latest change of a batch is the one to keep. */
export interface EnrollmentChange {
  id: EnrollmentId;
  journey: string;
  version: number;
  key: string | null;
  status: 'active' | 'completed' | 'exited' | 'moved';
  step: string | null;
  reason: string | null;
  enteredAt: Millis;
  changedAt: Millis;
}

/** A message that passed the gates of deciding; what remains is to render and send it. */
export interface DecidedMessage {
  id: MessageId;
  enrollmentId: EnrollmentId;
  journey: string;
  version: number;
  step: string;
  template: string;
  templateVersion: number;
  class: MessageClass;
  topic: string | null;
  address: string;
  decidedAt: Millis;
  expiresAt: Millis;
  /** Properties of the event that started the enrollment. */
  data: JsonObject;
}
