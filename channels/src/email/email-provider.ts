import type { OutgoingEmail, SendOutcome } from './outgoing-email.ts';

/** One way to get mails out. A provider is a small file behind this interface, proved by the shared conformance suite. */
export interface EmailProvider {
  readonly name: string;
  /** `send` has an outcome within this time, always; past it an attempt without outcome is `unknown`. */
  readonly hardTimeoutMs: number;
  /** Mails under way at a time; more wait inside. */
  readonly concurrency: number;
  /** Hands over one mail. Never rejects. */
  send(message: OutgoingEmail): Promise<SendOutcome>;
  /** Waits for what is under way, then lets go of everything. */
  close(): Promise<void>;
}
