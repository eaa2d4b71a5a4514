/** A step of an SMTP dialogue at which a test may have the sink misbehave. */
export interface SinkStep {
  /** `receiving`: the first bytes of a message came; `content`: its end came; `accepted`: it was taken, the answer was not written yet. */
  readonly stage: 'connect' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'receiving' | 'content' | 'accepted' | 'rset' | 'quit' | 'other';
  /** What came after the command's word. */
  readonly argument: string;
  /** Both count from 1. */
  readonly connection: number;
  readonly message: number;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * What to do instead of answering well: wait, then say, then drop. An answer that begins with 2 or 3 goes on as usual.
 * At `content` only refuse: what is taken is answered at `accepted`.
 */
export interface SinkAction {
  readonly delayMs?: number;
  /** The answer, without the last line end. */
  readonly reply?: string;
  /** Bytes that are no answer. */
  readonly raw?: string;
  readonly silent?: boolean;
  readonly drop?: boolean;
}

export interface SinkEnvelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly connection: number;
}

export interface SinkOptions {
  /** Called before the message is acknowledged; a promise is waited for. */
  readonly onMessage?: (envelope: SinkEnvelope, raw: Buffer) => void | Promise<void>;
  readonly behaviour?: (step: SinkStep) => SinkAction | null;
  /** Default: PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES. */
  readonly extensions?: readonly string[];
  /** Offers STARTTLS; with `implicit`, TLS from the first byte. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean };
  readonly auth?: { readonly user: string; readonly pass: string };
}
