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
  /** The merge is being undone: what arrives meanwhile waits here for the contact to live again. Absent: it is not. */
  held?: Input[];
}

/** What can happen to one row of `contacts`, besides time passing. */
export type Input =
  /**
   * `from`: the contact that the record's identifier derives, in whose shard it was logged as `seq`. `via`: where that
   * row leads, when it leads elsewhere.
   */
  | { kind: 'record'; from: ContactId; seq: number; record: LogRecord; via?: ContactId }
  | Claim
  | { kind: 'claim-refused'; at: Millis; identifier: Identifier }
  /** `claimedAt`: when the claim was made of which the merge is the answer. */
  | { kind: 'merge-into'; at: Millis; claimedAt: Millis; target: ContactId; targetKind: IdentifierKind; explicit: boolean }
  /** `to`: where the row of the contact leads from now on. */
  | { kind: 'absorb'; at: Millis; claimedAt: Millis; state: ContactState; to: ContactId }
  | Release
  | Restore
  /** `claimant`: the contact whose claim on the order was refused; it may be part of another by now. */
  | { kind: 'order-revoked'; at: Millis; orderId: string; claimant: ContactId }
  | Erase
  /** Nothing happened: bring leaves and segments up to the program. */
  | { kind: 'refresh'; at: Millis };

/** A row asks for what belongs to it back from the contact that it leads to. */
export interface Release {
  kind: 'release';
  at: Millis;
  /** The row that asks. */
  root: ContactId;
  /** When the contact that lived there was created; null: none did. */
  createdAt: Millis | null;
  by: string;
  reason: string | null;
}

/** What belonged to a row comes back to it. */
export interface Restore {
  kind: 'restore';
  at: Millis;
  /** The contact that it was part of. */
  from: ContactId;
  state: ContactState;
  by: string;
  reason: string | null;
}

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
  /** Contacts that were told apart from the claimant; absent: none. */
  apart?: ContactId[];
}

/** The logical time of an input. */
export function timeOf(input: Input): Millis {
  return input.kind === 'record' ? input.record.receivedAt : input.at;
}
