/** A mail as a mail program sees it. */
export interface Letter {
  /** Without <>. */
  readonly messageId: string;
  readonly to: string;
  /** Its tracked links, in the order in which they stand. */
  readonly links: readonly string[];
  /** The picture by which an opening is noticed. */
  readonly openUrl: string | null;
  /** Set for marketing: where one POST ends it. */
  readonly unsubscribeUrl: string | null;
  /** Which of our mails it is, as far as it says. */
  readonly step: string | null;
  /** What it says, as plain text. */
  readonly text: string;
}
