import type { EmailAddress, Millis } from '@samovar/core';
import type { MailResolver } from '../quality/mail-resolver.ts';

/** Everything that `samovar start` can be told, checked. */
export interface StartOptions {
  /** Holds the embedded database and the credentials. */
  dataDir: string;
  /** Any Postgres 15 or newer instead of the embedded one. */
  databaseUrl: string | null;
  host: string;
  /** 0: any free port. */
  port: number;
  clock: { kind: 'system' } | { kind: 'manual'; startAt: Millis | null };
  role: Role;
  /** `smtp://…`; null: messages are decided and stay queued. */
  smtpUrl: string | null;
  /** Where links in mails lead; null: the address at which the server listens. */
  publicUrl: string | null;
  /** Used when neither template nor workspace name a sender. */
  from?: EmailAddress | null;
  dkim?: { domain: string; selector: string; privateKey: string } | null;
  /** Proxies in front, whose word on a visitor's address is taken: addresses, ranges, `loopback`. */
  trustProxy?: string | null;
  /** Answers whether domains take mail; the machine's name servers unless given. */
  mailResolver?: MailResolver;
  /** The database is deleted at the end. For the demo and for tests. */
  temporary?: boolean;
  log: (line: string) => void;
}

/** Which of the loops run in this process; any number of processes may run each. */
export type Role = 'all' | 'web' | 'worker' | 'sender';
