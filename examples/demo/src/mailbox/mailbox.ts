import { startSink } from '@samovar/channels/testing';
import type { Sink, SinkAction, SinkStep } from '@samovar/channels/testing';
import { parseMail } from './mail.ts';
import type { Mail } from './mail.ts';

/** Mails kept; the oldest go first. A demo may run for days. */
const MAIL_LIMIT = 5_000;

export interface MailboxOptions {
  /** Whether nobody lives at an address any more. */
  readonly isGone: (address: string) => boolean;
  /** A mail was taken; it is acknowledged when this returns. */
  readonly onMail: (mail: Mail) => void;
}

/** A mail server that delivers everything to one place, where it can be looked at. */
export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #mails: Mail[] = [];
  readonly #busy = new Set<string>();
  #sink: Sink | null = null;
  #count = 0;

  constructor(options: MailboxOptions) {
    this.#options = options;
  }

  /** Answers with the address of the server. */
  async start(): Promise<string> {
    this.#sink = await startSink({
      behaviour: (step) => this.#refuse(step),
      onMessage: async ({ to }, raw) => {
        for (const recipient of to) await this.#take(recipient, raw);
      },
    });
    return this.#sink.url;
  }

  async stop(): Promise<void> {
    await this.#sink?.stop();
  }

  get count(): number {
    return this.#count;
  }

  /** The latest mails, the newest first, those whose recipient or subject holds a text. */
  list(search: string, limit: number): Mail[] {
    const wanted = search.trim().toLowerCase();
    const found = wanted === '' ? this.#mails : this.#mails.filter(({ to, toName, subject }) => `${to}\n${toName}\n${subject}`.toLowerCase().includes(wanted));
    return found.slice(-limit).reverse();
  }

  find(number: number): Mail | undefined {
    const first = this.#mails[0]?.number ?? 0;
    return this.#mails[number - first];
  }

  async #take(recipient: string, raw: Buffer): Promise<void> {
    this.#count += 1;
    const mail = await parseMail(this.#count, recipient, raw);
    this.#mails.push(mail);
    this.#mails.sort((a, b) => a.number - b.number);
    if (this.#mails.length > MAIL_LIMIT) this.#mails.shift();
    this.#options.onMail(mail);
  }

  /** As mail servers do: addresses that are gone are refused for good, and a few are told to come again later. */
  #refuse({ stage, argument }: SinkStep): SinkAction | null {
    if (stage !== 'rcpt') return null;
    const address = (/<([^>]*)>/.exec(argument)?.[1] ?? argument).toLowerCase();
    if (this.#options.isGone(address)) return { reply: '550 5.1.1 Nobody lives here any more' };
    if (!address.endsWith('7@mail.example') || this.#busy.has(address)) return null;
    this.#busy.add(address);
    return { reply: '451 4.7.1 We do not know you yet, come again in a moment' };
  }
}
