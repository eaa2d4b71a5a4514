import type { ContactState } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import type { ContactId, Identifier, IdentifierKind } from '../identity/ids.ts';
import type { Millis } from '../time.ts';

/** Where the rows of `contacts` point: a contact itself, or the contact to which this identifier now belongs. */
export type Occupant = { kind: 'contact'; state: ContactState } | { kind: 'redirect'; redirect: Redirect };

export interface Redirect {
  to: ContactId;
  identifier: Identifier;
  /** For orders: whether the claim came from a server. */
  trusted: boolean;
  /** The contact that lived here until it was merged, kept so that the merge can be undone. */
  frozen: ContactState | null;
}

/** What can happen to one row of `contacts`, besides time passing. */
export type Input =
  /** `from`: the contact that the record's identifier derives, in whose shard it was logged as `seq`. */
  | { kind: 'record'; from: ContactId; seq: number; record: LogRecord }
  | Claim
  | { kind: 'claim-refused'; at: Millis; identifier: Identifier }
  | { kind: 'merge-into'; at: Millis; target: ContactId; targetKind: IdentifierKind; explicit: boolean }
  | { kind: 'absorb'; at: Millis; state: ContactState }
  /** `claimant`: the contact whose claim on the order was refused; it may be part of another by now. */
  | { kind: 'order-revoked'; at: Millis; orderId: string; claimant: ContactId }
  /** Nothing happened: bring leaves and segments up to the program. */
  | { kind: 'refresh'; at: Millis };

/** A contact asks for an identifier that it was seen with. */
export interface Claim {
  kind: 'claim';
  at: Millis;
  identifier: Identifier;
  claimant: ContactId;
  claimantKind: IdentifierKind;
  trusted: boolean;
  /** Said in so many words (`alias` with a server key), so that even two user ids may become one. */
  explicit: boolean;
}

/** The logical time of an input. */
export function timeOf(input: Input): Millis {
  return input.kind === 'record' ? input.record.receivedAt : input.at;
}
