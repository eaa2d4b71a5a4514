import type { EmailProvider } from '@samovar/channels';

/** What the sender needs of an e-mail provider. */
export type MailProvider = Pick<EmailProvider, 'name' | 'hardTimeoutMs' | 'concurrency' | 'send'>;
