import type { Millis } from '@samovar/core';
import type { Mail } from '../mailbox/mail.ts';
import type { Books } from '../shop/books.ts';
import type { Person } from '../shop/person.ts';
import type { Contact, Figures, Message } from '../story/admin-answers.ts';

/** Everything that is known at the end, from both sides. */
export interface Record {
  readonly startAt: Millis;
  readonly now: Millis;
  /** The shop's own. */
  readonly books: Books;
  /** As they came in over SMTP. */
  readonly mails: readonly Mail[];
  /** What Samovar says that it sent, by id. */
  readonly messages: ReadonlyMap<string, Message>;
  readonly contacts: readonly Contact[];
  readonly figures: readonly Figures[];
  readonly personOf: (address: string) => Person | undefined;
}

/** The message that a mail carries. */
export function messageOf({ messages }: Record, mail: Mail): Message | undefined {
  return messages.get(mail.messageId.split('@')[0] ?? '');
}
