/** A mail ready to be handed to a provider, and what can come of it. */

export interface EmailAddress {
  readonly name: string | null;
  readonly address: string;
}

export interface OutgoingEmail {
  /** Without angle brackets; the same on every attempt, so that a mail sent twice can be told. */
  readonly messageId: string;
  /** UTC milliseconds; the same on every attempt too. */
  readonly date: number;
  /** The return path; null for the sender's address. */
  readonly envelopeFrom: string | null;
  readonly from: EmailAddress;
  readonly to: EmailAddress;
  readonly replyTo: EmailAddress | null;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** One-click unsubscription (RFC 8058). */
  readonly unsubscribe: { readonly url: string; readonly mailto: string | null } | null;
  /** Gmail's key for its complaint statistics, `a:b:c:sender`. */
  readonly feedbackId: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/**
 * What became of a mail. Exactly-once is built on these four, so each says no more than is certain:
 * `accepted`: the server took it; `rejected`: it said no; `not-sent`: it surely does not have it; `unknown`: it may.
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly response: string }
  | {
      readonly kind: 'rejected';
      /** The server's answer was final (5xx) for what `scope` names. */
      readonly permanent: boolean;
      readonly code: number | null;
      /** RFC 3463, such as `5.1.1`. */
      readonly enhancedCode: string | null;
      readonly response: string;
      readonly scope: RejectionScope;
    }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'not-sent'; readonly reason: string };

/**
 * Whom a rejection is about. Only `recipient` says something about the address (suppress it when permanent), only
 * `message` about this one mail; `sender` and `connection` are about us or the server and concern every mail.
 */
export type RejectionScope = 'recipient' | 'sender' | 'message' | 'connection';
