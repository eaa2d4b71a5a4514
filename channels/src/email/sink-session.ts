import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SinkAction, SinkEnvelope, SinkOptions, SinkStep } from './sink-behaviour.ts';

interface SessionOptions extends SinkOptions {
  readonly extensions: readonly string[];
  readonly connection: number;
  readonly onTaken: () => void;
}

type Mode = 'commands' | 'content' | 'user' | 'password' | 'plain';

const END_OF_CONTENT = Buffer.from('\r\n.\r\n', 'latin1');
/** Longer than any command; a client that sends more without a line end is broken. */
const COMMAND_LIMIT_BYTES = 64 * 1024;

/** One connection of the sink. Answers to pipelined commands leave in one write. */
export class SinkSession {
  readonly #options: SessionOptions;
  #socket: Socket;
  #input: Buffer = Buffer.alloc(0);
  #searched = 0;
  #isReceiving = false;
  /** Refused the message while it was coming: the rest of it is read and dropped. */
  #isDiscarding = false;
  /** Has said its last word. */
  #isMute = false;
  #output = '';
  #mode: Mode = 'commands';
  #isBusy = false;
  #from = '';
  #to: readonly string[] = [];
  #message = 1;
  #user = '';
  #isAuthenticated = false;

  constructor(socket: Socket, options: SessionOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#listen(socket);
    void this.#run(() => this.#answer('connect', '', '220 sink ESMTP'));
  }

  drop(reply?: string): void {
    if (reply === undefined) this.#socket.destroy();
    else this.#socket.end(`${reply}\r\n`);
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
      if (!this.#isBusy) void this.#run(() => this.#consume());
    });
    // A client that goes away is what some tests are about.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
  }

  async #run(work: () => void | Promise<void>): Promise<void> {
    this.#isBusy = true;
    const pending = work();
    if (pending !== undefined) await pending;
    if (pending !== undefined && this.#input.length > 0) await this.#consume();
    this.#flush();
    this.#isBusy = false;
  }

  #flush(): void {
    if (this.#output !== '' && this.#socket.writable) this.#socket.write(this.#output, 'latin1');
    this.#output = '';
  }

  /** Goes through the input; returns a promise only when something has to be waited for. */
  #consume(): void | Promise<void> {
    for (;;) {
      if (this.#socket.destroyed || this.#isMute) return;
      const step = this.#mode === 'content' ? this.#takeContent() : this.#takeLine();
      if (step === null) return;
      if (step !== undefined) return step.then(() => this.#consume());
    }
  }

  /** Null: more input is needed. */
  #takeLine(): void | null | Promise<void> {
    const end = this.#input.indexOf(10);
    if (end === -1) {
      if (this.#input.length > COMMAND_LIMIT_BYTES) this.#socket.destroy();
      return null;
    }
    const line = this.#input.toString('latin1', 0, end).trimEnd();
    this.#input = this.#input.subarray(end + 1);
    if (this.#mode !== 'commands') return this.#authenticate(line);
    const space = line.indexOf(' ');
    const verb = (space === -1 ? line : line.slice(0, space)).toUpperCase();
    return this.#command(verb, space === -1 ? '' : line.slice(space + 1));
  }

  #command(verb: string, argument: string): void | Promise<void> {
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.#answer('ehlo', argument, verb === 'HELO' ? '250 sink' : this.#greetEhlo());
      case 'STARTTLS':
        return this.#answer('starttls', argument, '220 2.0.0 go ahead', () => this.#startTls());
      case 'AUTH':
        return this.#beginAuth(argument);
      case 'MAIL':
        if (this.#options.auth !== undefined && !this.#isAuthenticated) return this.#say('530 5.7.0 authenticate first');
        this.#from = addressIn(argument);
        return this.#answer('mail', argument, '250 2.1.0 ok');
      case 'RCPT':
        return this.#answer('rcpt', argument, '250 2.1.5 ok', () => {
          this.#to = [...this.#to, addressIn(argument)];
        });
      case 'DATA':
        if (this.#to.length === 0) return this.#say('503 5.5.1 no valid recipients');
        return this.#answer('data', argument, '354 go ahead', () => {
          this.#mode = 'content';
          this.#searched = 0;
          this.#isReceiving = false;
        });
      case 'RSET':
        this.#reset();
        return this.#answer('rset', argument, '250 2.0.0 ok');
      case 'QUIT':
        return this.#answer('quit', argument, '221 2.0.0 bye', () => {
          this.#flush();
          this.#socket.end();
        });
      default:
        return this.#answer('other', `${verb} ${argument}`, verb === 'NOOP' ? '250 2.0.0 ok' : '502 5.5.1 not known');
    }
  }

  #greetEhlo(): string {
    const { extensions, tls, auth } = this.#options;
    const lines = ['sink', ...extensions];
    if (tls !== undefined && !(this.#socket instanceof TLSSocket)) lines.push('STARTTLS');
    if (auth !== undefined) lines.push('AUTH PLAIN LOGIN');
    return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
  }

  #startTls(): void {
    const { tls } = this.#options;
    if (tls === undefined) return;
    this.#flush();
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const socket = new TLSSocket(plain, { isServer: true, key: tls.key, cert: tls.cert });
    plain.on('close', () => socket.destroy());
    this.#socket = socket;
    this.#input = Buffer.alloc(0);
    this.#listen(socket);
  }

  #beginAuth(argument: string): void | Promise<void> {
    const [mechanism = '', initial] = argument.split(' ');
    if (mechanism.toUpperCase() === 'LOGIN') {
      this.#mode = 'user';
      return this.#say('334 VXNlcm5hbWU6');
    }
    this.#mode = 'plain';
    return initial === undefined ? this.#say('334 ') : this.#authenticate(initial);
  }

  #authenticate(line: string): void | Promise<void> {
    const text = Buffer.from(line, 'base64').toString('utf8');
    if (this.#mode === 'user') {
      this.#user = text;
      this.#mode = 'password';
      return this.#say('334 UGFzc3dvcmQ6');
    }
    const [user, pass] = this.#mode === 'plain' ? text.split('\0').slice(1) : [this.#user, text];
    this.#mode = 'commands';
    const { auth } = this.#options;
    const isRight = auth !== undefined && auth.user === user && auth.pass === pass;
    return this.#answer('auth', line, isRight ? '235 2.7.0 welcome' : '535 5.7.8 wrong name or password', () => {
      this.#isAuthenticated = isRight;
    });
  }

  #takeContent(): void | null | Promise<void> {
    if (!this.#isReceiving && this.#input.length > 0) {
      this.#isReceiving = true;
      const action = this.#options.behaviour?.(this.#step('receiving', '')) ?? null;
      this.#isDiscarding = action?.reply !== undefined && /^[45]/.test(action.reply);
      if (action !== null) return this.#act(action);
    }
    const isEmpty = this.#input.length >= 3 && this.#input.toString('latin1', 0, 3) === '.\r\n';
    const end = isEmpty ? -2 : this.#input.indexOf(END_OF_CONTENT, Math.max(0, this.#searched - END_OF_CONTENT.length));
    if (end === -1) {
      this.#searched = this.#input.length;
      return null;
    }
    const raw = unstuff(this.#input.subarray(0, end + 2));
    this.#input = this.#input.subarray(end + END_OF_CONTENT.length);
    this.#mode = 'commands';
    const envelope = { from: this.#from, to: this.#to, connection: this.#options.connection };
    if (this.#isDiscarding) return this.#reset();
    const pending = this.#answer('content', '', null, () => this.#take(envelope, raw));
    this.#reset();
    return pending;
  }

  #take(envelope: SinkEnvelope, raw: Buffer): void | Promise<void> {
    const done = (): void | Promise<void> => {
      this.#options.onTaken();
      const pending = this.#answer('accepted', '', '250 2.0.0 taken');
      this.#message++;
      return pending;
    };
    const waiting = this.#options.onMessage?.(envelope, raw);
    return waiting === undefined ? done() : waiting.then(done);
  }

  #reset(): void {
    this.#from = '';
    this.#to = [];
    this.#isDiscarding = false;
  }

  #say(reply: string): void {
    this.#output += `${reply}\r\n`;
  }

  #step(stage: SinkStep['stage'], argument: string): SinkStep {
    return { stage, argument, connection: this.#options.connection, message: this.#message, from: this.#from, to: this.#to };
  }

  /** Says the usual answer and goes on, unless the test wants something else. */
  #answer(stage: SinkStep['stage'], argument: string, usual: string | null, proceed?: () => void | Promise<void>): void | Promise<void> {
    const action = this.#options.behaviour?.(this.#step(stage, argument)) ?? null;
    if (action !== null) return this.#act(action, usual, proceed);
    if (usual !== null) this.#say(usual);
    return proceed?.();
  }

  async #act(action: SinkAction, usual: string | null = null, proceed?: () => void | Promise<void>): Promise<void> {
    if (action.delayMs !== undefined) {
      this.#flush();
      await new Promise((resolve) => setTimeout(resolve, action.delayMs));
    }
    const isSilent = action.silent === true || action.raw !== undefined || (action.drop === true && action.reply === undefined);
    const reply = action.reply ?? (isSilent ? null : usual);
    if (reply !== null) this.#say(reply);
    if (action.raw !== undefined) this.#output += action.raw;
    if (action.drop === true) {
      this.#isMute = true;
      this.#flush();
      if (reply === null && action.raw === undefined) this.#socket.destroy();
      else this.#socket.end();
      return;
    }
    if (action.silent === true) this.#isMute = true;
    if (isSilent) return;
    if (reply === null || /^[23]/.test(reply)) await proceed?.();
  }
}

function addressIn(argument: string): string {
  return /<([^>]*)>/.exec(argument)?.[1] ?? '';
}

/** RFC 5321 §4.5.2. */
function unstuff(content: Buffer): Buffer {
  if (content[0] !== 46 && !content.includes('\r\n.')) return Buffer.from(content);
  return Buffer.from(content.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}
