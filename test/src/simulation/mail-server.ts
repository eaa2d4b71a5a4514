import { startSink, type Sink, type SinkAction, type SinkStep } from '@samovar/channels/testing';
import type { Random } from '../random.ts';

/** How often a mail server that misbehaves does so, at each stage of a mail. */
const TROUBLE_SHARE = 0.04;
const SLOW_MS = 30;

/** A mail server with bad days, and a note of everything that it took. */
export class MailServer {
  /** Message-ID → how often it was taken. */
  readonly deliveries = new Map<string, number>();
  /** Addresses that do not exist. */
  readonly gone = new Set<string>();
  /** Nobody answers at all. */
  out = false;
  /** Now and then something goes wrong. */
  troubled = false;
  /** Every answer to a mail takes so long. */
  delayMs = 0;
  readonly #random: Random;
  #sink: Sink | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<void> {
    this.#sink = await startSink({ onMessage: (_envelope, raw) => this.#note(raw), behaviour: (step) => this.#behave(step) });
  }

  async stop(): Promise<void> {
    await this.#sink?.stop();
  }

  /** Short timeouts, since silence is one of the things that go wrong. */
  get url(): string {
    return `${this.#sink?.url ?? ''}?pool=3&connectMs=400&greetingMs=400&commandMs=400&dataMs=400`;
  }

  #note(raw: Buffer): void {
    const id = /^message-id:\s*<([^@>]+)@/imu.exec(raw.subarray(0, 8_192).toString('latin1'))?.[1];
    if (id === undefined) throw new Error('a mail came without a Message-ID');
    this.deliveries.set(id, (this.deliveries.get(id) ?? 0) + 1);
  }

  #behave({ stage, argument }: SinkStep): SinkAction | null {
    if (this.out) return { drop: true };
    const address = /<([^>]*)>/u.exec(argument)?.[1] ?? '';
    if (stage === 'rcpt' && this.gone.has(address)) return { reply: '550 5.1.1 no such person' };
    if (stage === 'accepted' && this.delayMs > 0) return { delayMs: this.delayMs };
    if (!this.troubled || this.#random.next() >= TROUBLE_SHARE) return null;
    switch (stage) {
      case 'connect': return this.#random.pick<SinkAction>([{ drop: true }, { reply: '421 4.3.2 too busy', drop: true }]);
      case 'mail': return this.#random.pick<SinkAction>([{ drop: true }, { reply: '451 4.3.0 later' }]);
      case 'rcpt': return this.#random.pick<SinkAction>([{ drop: true }, { reply: '450 4.2.0 later' }]);
      case 'content': return this.#random.pick<SinkAction>([{ drop: true }, { reply: '452 4.3.1 no room' }, { reply: '554 5.6.0 we do not like it' }, { delayMs: SLOW_MS }]);
      // Taken, and the sender never hears of it.
      case 'accepted': return this.#random.pick<SinkAction>([{ drop: true }, { drop: true }, { silent: true }, { delayMs: SLOW_MS }]);
      default: return null;
    }
  }
}
