import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { ReplyParser } from './smtp-reply.ts';
import type { SmtpReply } from './smtp-reply.ts';

/** The connection is of no use any more, and why. */
export interface Lost {
  readonly lost: string;
  /** The server closed it by itself, with nothing said: what happens to connections that were idle for long. */
  readonly isClosed: boolean;
}

export function isLost(reply: SmtpReply | Lost): reply is Lost {
  return 'lost' in reply;
}

interface Waiter {
  readonly resolve: (reply: SmtpReply | Lost) => void;
}

/** Lines out, answers in, over TCP or TLS: answers come in the order of the commands. */
export class SmtpChannel {
  #socket: Socket;
  readonly #host: string;
  #parser = new ReplyParser();
  readonly #waiters: Waiter[] = [];
  #lost: Lost | null = null;
  #timer: NodeJS.Timeout | null = null;
  #limitMs = 0;
  /** Takes our listeners off the socket. */
  #deafen: () => void = () => undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    this.#listen(socket);
  }

  /** Connects; with `tls`, by TLS from the first byte. */
  static async connect(host: string, port: number, tls: TlsOptions | null, limitMs: number): Promise<SmtpChannel | Lost> {
    const socket = tls === null ? connectTcp({ host, port, noDelay: true }) : connectTls({ host, port, ...tlsOptions(host, tls) });
    const failed = await settle(socket, tls === null ? 'connect' : 'secureConnect', limitMs);
    if (failed !== null) return failed;
    socket.setNoDelay(true);
    return new SmtpChannel(socket, host);
  }

  /** Why the connection is of no use, or null. */
  get lost(): Lost | null {
    return this.#lost;
  }

  /** Bytes received that belong to no answer yet. */
  get hasPartialReply(): boolean {
    return this.#parser.isPartial;
  }

  /** The next answer; the limit holds for this and all answers still waited for. */
  read(limitMs: number): Promise<SmtpReply | Lost> {
    if (this.#lost !== null) return Promise.resolve(this.#lost);
    this.#startTimer(limitMs);
    return new Promise((resolve) => this.#waiters.push({ resolve }));
  }

  write(text: string): void {
    if (this.#lost === null) this.#socket.write(text, 'latin1');
  }

  /** Writes a message's content and its final dot; `onFlushed` is called when the operating system may have all of it. */
  writeContent(content: Buffer, onFlushed: () => void): void {
    if (this.#lost !== null) return;
    // TLS reports late that its bytes have left, so from the first of them on they count as gone.
    if (this.#socket instanceof TLSSocket) onFlushed();
    this.#socket.cork();
    this.#socket.write(content);
    this.#socket.write('.\r\n', 'latin1', (error) => {
      if (error === undefined || error === null) onFlushed();
    });
    this.#socket.uncork();
  }

  /** Goes on by TLS (STARTTLS). Whatever the server sent before is not trusted. */
  async secure(tls: TlsOptions, limitMs: number): Promise<Lost | null> {
    if (this.#parser.isPartial) return this.fail('the server spoke between STARTTLS and TLS', false);
    if (this.#lost !== null) return this.#lost;
    const plain = this.#socket;
    this.#deafen();
    const secured = connectTls({ socket: plain, host: this.#host, ...tlsOptions(this.#host, tls) });
    const failed = await settle(secured, 'secureConnect', limitMs);
    if (failed !== null) {
      plain.destroy();
      return this.fail(failed.lost, false);
    }
    this.#socket = secured;
    this.#parser = new ReplyParser();
    this.#listen(secured);
    return null;
  }

  /** Gives the connection up. */
  fail(reason: string, isClosed: boolean): Lost {
    this.#lost ??= { lost: reason, isClosed };
    this.#stopTimer();
    this.#socket.destroy();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(this.#lost);
    return this.#lost;
  }

  /** Takes leave without waiting for long. */
  quit(limitMs: number): void {
    if (this.#lost !== null) return;
    this.#lost = { lost: 'the connection was closed by us', isClosed: true };
    const socket = this.#socket;
    socket.end('QUIT\r\n', 'latin1');
    const timer = setTimeout(() => socket.destroy(), limitMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  #listen(socket: Socket): void {
    const onData = (chunk: Buffer): void => this.#receive(chunk);
    const onError = (error: Error): void => void this.fail(`the connection broke: ${error.message}`, isReset(error));
    const onEnd = (): void => void this.fail('the server closed the connection', true);
    const onClose = (): void => void this.fail('the connection was closed', true);
    socket.on('data', onData).on('error', onError).on('end', onEnd).on('close', onClose);
    this.#deafen = () => void socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onClose);
  }

  #receive(chunk: Buffer): void {
    if (this.#lost !== null) return;
    const replies = this.#parser.push(chunk.toString('latin1'));
    if (replies === null) {
      this.fail('the server sent something that is not SMTP', false);
      return;
    }
    for (const reply of replies) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) {
        this.fail(`the server spoke unasked: ${reply.code} ${reply.lines[0] ?? ''}`, true);
        return;
      }
      if (this.#waiters.length === 0) this.#stopTimer();
      waiter.resolve(reply);
    }
  }

  #startTimer(limitMs: number): void {
    if (this.#timer !== null && this.#limitMs === limitMs) {
      this.#timer.refresh();
      return;
    }
    this.#stopTimer();
    this.#limitMs = limitMs;
    this.#timer = setTimeout(() => void this.fail(`the server did not answer within ${limitMs} ms`, false), limitMs);
  }

  #stopTimer(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export interface TlsOptions {
  readonly verify: boolean;
  /** PEM of authorities to trust instead of the usual ones. */
  readonly ca: string | null;
}

function tlsOptions(host: string, { verify, ca }: TlsOptions): object {
  return {
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === null ? {} : { ca }),
  };
}

/** Waits for an event of a young socket; destroys it on failure. */
function settle(socket: Socket, event: 'connect' | 'secureConnect', limitMs: number): Promise<Lost | null> {
  return new Promise((resolve) => {
    const finish = (reason: string | null): void => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      socket.removeListener(event, onReady);
      if (reason !== null) {
        // It may still fail in its own time; nobody listens any more.
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(reason === null ? null : { lost: reason, isClosed: false });
    };
    const onError = (error: Error): void => finish(`no connection: ${describe(error)}`);
    const onClose = (): void => finish('no connection: the server closed it');
    const onReady = (): void => finish(null);
    const timer = setTimeout(() => finish(`no connection within ${limitMs} ms`), limitMs);
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(event, onReady);
  });
}

function describe(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code;
  return error.message !== '' ? error.message : (code ?? 'unknown error');
}

function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
