import type { ContactState } from '../contact/contact-state.ts';
import type { Erase, Tombstone } from '../erasure/erasure.ts';
import type { LogRecord } from '../event/log-record.ts';
import type { ContactId, Identifier, IdentifierKind } from '../identity/ids.ts';
import type { Millis } from '../time.ts';

/** Where the rows of `contacts` point: a contact itself, the contact to which this identifier now belongs, or nobody any more. */
export type Occupant = { kind: 'contact'; state: ContactState } | { kind: 'redirect'; redirect: Redirect } | { kind: 'erased'; tombstone: Tombstone };

export interface Redirect {
  to: ContactId;
  identifier: Identifier;
  /** For orders: whether the claim came from a server. */
  trusted: boolean;
  /** The contact that lived here until it was merged, kept so that the merge can be undone. */
  frozen: ContactState | null;
  /** What stayed of the person who held the identifier before and was erased; absent: nobody was. */
  erased?: Tombstone;
}

/** What can happen to one row of `contacts`, besides time passing. */
export type Input =
  /** `from`: the contact that the record's identifier derives, in whose shard it was logged as `seq`. */
  | { kind: 'record'; from: ContactId; seq: number; record: LogRecord }
  | Claim
  | { kind: 'claim-refused'; at: Millis; identifier: Identifier }
  /** `claimedAt`: when the claim was made of which the merge is the answer. */
  | { kind: 'merge-into'; at: Millis; claimedAt: Millis; target: ContactId; targetKind: IdentifierKind; explicit: boolean }
  | { kind: 'absorb'; at: Millis; claimedAt: Millis; state: ContactState }
  /** `claimant`: the contact whose claim on the order was refused; it may be part of another by now. */
  | { kind: 'order-revoked'; at: Millis; orderId: string; claimant: ContactId }
  | Erase
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
