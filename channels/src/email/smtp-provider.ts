import type { DkimSigner } from './dkim.ts';
import type { EmailProvider } from './email-provider.ts';
import { buildMime, joinMime } from './mime.ts';
import type { OutgoingEmail, SendOutcome } from './outgoing-email.ts';
import { SmtpConnection } from './smtp-connection.ts';
import type { Envelope } from './smtp-connection.ts';
import type { SmtpOptions } from './smtp-url.ts';

export interface SmtpProviderOptions {
  readonly dkim?: readonly DkimSigner[];
  /** PEM of authorities to trust instead of the usual ones. */
  readonly ca?: string | null;
}

/** A mail waiting for a connection or going over one. */
interface Task {
  readonly envelope: Envelope;
  readonly content: Buffer;
  readonly finish: (outcome: SendOutcome) => void;
  readonly timer: NodeJS.Timeout;
  /** Where it is under way. */
  connection: SmtpConnection | null;
  isDone: boolean;
  wasRetried: boolean;
}

/** Mail over a pool of SMTP connections. */
export class SmtpProvider implements EmailProvider {
  readonly name = 'smtp';
  readonly hardTimeoutMs: number;
  readonly concurrency: number;
  readonly #options: SmtpOptions;
  readonly #dkim: readonly DkimSigner[];
  readonly #ca: string | null;
  readonly #waiting: Task[] = [];
  readonly #active = new Set<Task>();
  readonly #idle: { readonly connection: SmtpConnection; readonly timer: NodeJS.Timeout }[] = [];
  /** Connections being opened or carrying a mail. */
  #busy = 0;
  #isClosed = false;
  readonly #onDrained: (() => void)[] = [];

  constructor(options: SmtpOptions, { dkim = [], ca = null }: SmtpProviderOptions = {}) {
    this.#options = options;
    this.#dkim = dkim;
    this.#ca = ca;
    // Signing and a busy machine may add a little to the deadline of the task itself.
    this.hardTimeoutMs = options.sendMs + 10_000;
    this.concurrency = options.pool;
  }

  async send(message: OutgoingEmail): Promise<SendOutcome> {
    const mime = buildMime(message);
    if (mime.kind === 'problem') {
      return { kind: 'rejected', permanent: true, code: null, enhancedCode: null, response: mime.reason, scope: mime.scope };
    }
    try {
      const signatures = this.#dkim.length === 0 ? [] : await Promise.all(this.#dkim.map((signer) => signer.sign(mime)));
      return await this.sendRaw(mime.envelope, joinMime(mime, signatures));
    } catch (error) {
      // Nothing was written yet: a failure here can only be that of a signature.
      return { kind: 'not-sent', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Sends ready-made content, which ends with CRLF. Never rejects. */
  sendRaw(envelope: Envelope, content: Buffer): Promise<SendOutcome> {
    if (this.#isClosed) return Promise.resolve({ kind: 'not-sent', reason: 'the provider was closed' });
    return new Promise((resolve) => {
      const task: Task = {
        envelope,
        content,
        finish: (outcome) => {
          if (task.isDone) return;
          task.isDone = true;
          clearTimeout(task.timer);
          this.#active.delete(task);
          resolve(outcome);
          if (this.#active.size === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
        },
        timer: setTimeout(() => this.#expire(task), this.#options.sendMs),
        connection: null,
        isDone: false,
        wasRetried: false,
      };
      this.#active.add(task);
      this.#waiting.push(task);
      this.#dispatch();
    });
  }

  /** Waits for what is under way, then closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#active.size > 0) await new Promise<void>((resolve) => this.#onDrained.push(resolve));
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      connection.close();
    }
  }

  /** The deadline: what is on its way is broken off, and its connection says what is known about it. */
  #expire(task: Task): void {
    const reason = `not done within ${this.#options.sendMs} ms`;
    if (task.connection !== null) {
      task.connection.abort(reason);
      return;
    }
    const index = this.#waiting.indexOf(task);
    if (index !== -1) this.#waiting.splice(index, 1);
    task.finish({ kind: 'not-sent', reason });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const idle = this.#idle.pop();
      if (idle !== undefined) {
        clearTimeout(idle.timer);
        if (!idle.connection.isUsable) {
          idle.connection.close();
          continue;
        }
        this.#busy++;
        void this.#work(idle.connection);
      } else if (this.#busy < this.#options.pool && this.#busy < this.#active.size) {
        this.#busy++;
        void this.#openAndWork();
      } else {
        return;
      }
    }
  }

  async #openAndWork(): Promise<void> {
    const opened = await SmtpConnection.open(this.#options, this.#ca);
    if (opened instanceof SmtpConnection) {
      await this.#work(opened);
      return;
    }
    this.#busy--;
    // One mail tells its sender; the others wait for the next try, or for a connection that works.
    this.#waiting.shift()?.finish(opened);
    this.#dispatch();
  }

  /** Carries mails over a connection until there are none, or the connection is of no use. */
  async #work(connection: SmtpConnection): Promise<void> {
    while (connection.isUsable) {
      const task = this.#waiting.shift();
      if (task === undefined) {
        this.#busy--;
        this.#rest(connection);
        return;
      }
      await this.#carry(connection, task);
    }
    connection.close();
    this.#busy--;
    this.#dispatch();
  }

  async #carry(connection: SmtpConnection, task: Task): Promise<void> {
    task.connection = connection;
    const { outcome, wasStale } = await connection.deliver(task.envelope, task.content);
    task.connection = null;
    if (wasStale && !task.wasRetried && !task.isDone) {
      task.wasRetried = true;
      this.#waiting.unshift(task);
    } else {
      task.finish(outcome);
    }
  }

  #rest(connection: SmtpConnection): void {
    if (this.#isClosed) {
      connection.close();
      return;
    }
    const entry = {
      connection,
      timer: setTimeout(() => {
        const index = this.#idle.indexOf(entry);
        if (index !== -1) this.#idle.splice(index, 1);
        connection.close();
      }, this.#options.idleMs),
    };
    entry.timer.unref();
    this.#idle.push(entry);
  }
}
