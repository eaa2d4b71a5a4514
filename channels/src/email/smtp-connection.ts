import { isIP } from 'node:net';
import { classifyReply } from './classify-reply.ts';
import type { Rejection, SmtpStage } from './classify-reply.ts';
import type { SendOutcome } from './outgoing-email.ts';
import { isLost, SmtpChannel } from './smtp-channel.ts';
import type { Lost, TlsOptions } from './smtp-channel.ts';
import { replyText } from './smtp-reply.ts';
import type { SmtpReply } from './smtp-reply.ts';
import type { SmtpOptions } from './smtp-url.ts';

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/** What became of a message, and whether the connection can carry another. */
export interface Delivery {
  readonly outcome: SendOutcome;
  /** The server had closed the connection before it heard of this message: another connection may do. */
  readonly wasStale: boolean;
}

/** Why there is no connection. */
export type OpenFailure = Rejection | Extract<SendOutcome, { readonly kind: 'not-sent' }>;

/** After this much time a server that was told QUIT is left alone. */
const QUIT_LIMIT_MS = 1_000;

/** One connection to an SMTP server, greeted, secured and authenticated; carries one message at a time. */
export class SmtpConnection {
  readonly #channel: SmtpChannel;
  readonly #options: SmtpOptions;
  readonly #isPipelining: boolean;
  /** A refused message left its beginning with the server. */
  #needsReset = false;
  #delivered = 0;

  private constructor(channel: SmtpChannel, options: SmtpOptions, isPipelining: boolean) {
    this.#channel = channel;
    this.#options = options;
    this.#isPipelining = isPipelining;
  }

  static async open(options: SmtpOptions, ca: string | null): Promise<SmtpConnection | OpenFailure> {
    const opened = await openSession(options, ca);
    if ('kind' in opened) return opened;
    return new SmtpConnection(opened.channel, options, opened.extensions.has('PIPELINING'));
  }

  get isUsable(): boolean {
    return this.#channel.lost === null && this.#delivered < this.#options.messages;
  }

  close(): void {
    this.#channel.quit(QUIT_LIMIT_MS);
  }

  /** Breaks off whatever is going on; its outcome says what is known. */
  abort(reason: string): void {
    this.#channel.fail(reason, false);
  }

  /** Hands over a message; the content ends with CRLF. Never rejects. */
  async deliver(envelope: Envelope, content: Buffer): Promise<Delivery> {
    const isReused = this.#delivered++ > 0;
    const failure = await this.#sendEnvelope(envelope);
    if (failure === null) return { outcome: await this.#sendContent(content), wasStale: false };
    const { outcome, heard } = failure;
    const isClosing = outcome.kind === 'rejected' && outcome.code === 421;
    const wasStale = isReused && (isClosing || (!heard && this.#channel.lost?.isClosed === true));
    if (isClosing) this.#channel.fail('the server is closing the connection', true);
    return { outcome, wasStale };
  }

  /** Null when the server waits for the content. */
  async #sendEnvelope(envelope: Envelope): Promise<EnvelopeFailure | null> {
    const commands: EnvelopeCommand[] = [
      { stage: 'mail', text: `MAIL FROM:<${envelope.from}>\r\n`, expects: 2 },
      { stage: 'rcpt', text: `RCPT TO:<${envelope.to}>\r\n`, expects: 2 },
      { stage: 'data', text: 'DATA\r\n', expects: 3 },
    ];
    if (this.#needsReset) commands.unshift({ stage: 'rset', text: 'RSET\r\n', expects: 2 });
    this.#needsReset = false;
    return this.#isPipelining ? this.#pipeline(commands) : this.#oneByOne(commands);
  }

  async #pipeline(commands: readonly EnvelopeCommand[]): Promise<EnvelopeFailure | null> {
    this.#channel.write(commands.map(({ text }) => text).join(''));
    const reading = commands.map(() => this.#channel.read(this.#options.commandMs));
    let failure: EnvelopeFailure | null = null;
    let heard = false;
    for (const [index, command] of commands.entries()) {
      const reply = await (reading[index] ?? this.#channel.read(this.#options.commandMs));
      if (isLost(reply)) return failure ?? { outcome: { kind: 'not-sent', reason: reply.lost }, heard };
      heard ||= command.stage !== 'rset';
      failure ??= this.#judge(command, reply);
      // The server wants the content of a message that it refused: there is no clean way out.
      if (failure !== null && command.stage === 'data' && reply.code === 354) this.#channel.fail('the server accepted DATA without a recipient', false);
    }
    return failure;
  }

  async #oneByOne(commands: readonly EnvelopeCommand[]): Promise<EnvelopeFailure | null> {
    let heard = false;
    for (const command of commands) {
      this.#channel.write(command.text);
      const reply = await this.#channel.read(this.#options.commandMs);
      if (isLost(reply)) return { outcome: { kind: 'not-sent', reason: reply.lost }, heard };
      heard ||= command.stage !== 'rset';
      const failure = this.#judge(command, reply);
      if (failure !== null) return failure;
    }
    return null;
  }

  #judge(command: EnvelopeCommand, reply: SmtpReply): EnvelopeFailure | null {
    const isExpected = command.expects === 3 ? reply.code === 354 : Math.floor(reply.code / 100) === 2;
    if (isExpected) return null;
    if (command.stage === 'rset') {
      const lost = this.#channel.fail(`the server answered RSET with ${replyText(reply)}`, true);
      return { outcome: { kind: 'not-sent', reason: lost.lost }, heard: false };
    }
    if (reply.code >= 400) {
      this.#needsReset = true;
      return { outcome: classifyReply(command.stage, reply), heard: true };
    }
    const lost = this.#channel.fail(`the server answered ${command.stage} with ${replyText(reply)}`, false);
    return { outcome: { kind: 'not-sent', reason: lost.lost }, heard: true };
  }

  /**
   * The moment that matters: until the final dot has left this machine the message is surely not sent; from then on
   * only an answer tells.
   */
  async #sendContent(content: Buffer): Promise<SendOutcome> {
    let isFlushed = false;
    this.#channel.writeContent(stuffDots(content), () => {
      isFlushed = true;
    });
    const reply = await this.#channel.read(this.#options.dataMs);
    if (isLost(reply)) return isFlushed ? { kind: 'unknown', reason: reply.lost } : { kind: 'not-sent', reason: reply.lost };
    if (!isFlushed) this.#channel.fail('the server answered before it had the whole message', false);
    if (reply.code === 421) this.#channel.fail('the server is closing the connection', true);
    if (reply.code >= 400) return classifyReply('content', reply);
    if (Math.floor(reply.code / 100) === 2) return { kind: 'accepted', response: replyText(reply) };
    this.#channel.fail('the server made no sense', false);
    return { kind: 'unknown', reason: `the server answered the message with ${replyText(reply)}` };
  }
}

interface EnvelopeCommand {
  readonly stage: Extract<SmtpStage, 'mail' | 'rcpt' | 'data'> | 'rset';
  readonly text: string;
  readonly expects: 2 | 3;
}

interface EnvelopeFailure {
  readonly outcome: SendOutcome;
  /** The server had answered at least one command of this message. */
  readonly heard: boolean;
}

/** RFC 5321 §4.5.2; what our own MIME writes never needs it. */
function stuffDots(content: Buffer): Buffer {
  if (content[0] !== 46 && !content.includes('\r\n.')) return content;
  return Buffer.from(content.toString('latin1').replace(/^\.|(?<=\r\n)\./g, '..'), 'latin1');
}

interface Session {
  readonly channel: SmtpChannel;
  /** Keywords in capitals with their parameters. */
  readonly extensions: ReadonlyMap<string, string>;
}

async function openSession(options: SmtpOptions, ca: string | null): Promise<Session | OpenFailure> {
  const tls: TlsOptions = { verify: options.verify, ca };
  const channel = await SmtpChannel.connect(options.host, options.port, options.implicitTls ? tls : null, options.connectMs);
  if (!(channel instanceof SmtpChannel)) return { kind: 'not-sent', reason: channel.lost };
  const greeting = await channel.read(options.greetingMs);
  const refused = refusal(channel, greeting, 220);
  if (refused !== null) return refused;
  let extensions = await sayHello(channel, options);
  if ('kind' in extensions) return extensions;
  let isSecure = options.implicitTls;
  if (!isSecure && options.tls !== 'off' && extensions.has('STARTTLS')) {
    const failed = await startTls(channel, options, tls);
    if (failed !== null) return failed;
    isSecure = true;
    // What was offered in the clear may have been forged.
    extensions = await sayHello(channel, options);
    if ('kind' in extensions) return extensions;
  }
  if (!isSecure && options.tls === 'required') return giveUp(channel, 'the server offers no TLS, and tls=required was asked for');
  const failed = await authenticate(channel, options, extensions, isSecure);
  return failed ?? { channel, extensions };
}

async function sayHello(channel: SmtpChannel, options: SmtpOptions): Promise<ReadonlyMap<string, string> | OpenFailure> {
  channel.write(`EHLO ${options.heloName}\r\n`);
  const reply = await channel.read(options.commandMs);
  if (!isLost(reply) && reply.code === 250) return readExtensions(reply);
  if (!isLost(reply) && [500, 502, 504, 550].includes(reply.code)) {
    channel.write(`HELO ${options.heloName}\r\n`);
    const older = await channel.read(options.commandMs);
    return refusal(channel, older, 250) ?? new Map<string, string>();
  }
  return refusal(channel, reply, 250) ?? new Map<string, string>();
}

function readExtensions(reply: SmtpReply): ReadonlyMap<string, string> {
  return new Map(
    reply.lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.trim().split(/[ =]/);
      return [keyword.toUpperCase(), parameters.join(' ').toUpperCase()];
    }),
  );
}

async function startTls(channel: SmtpChannel, options: SmtpOptions, tls: TlsOptions): Promise<OpenFailure | null> {
  channel.write('STARTTLS\r\n');
  const reply = await channel.read(options.commandMs);
  const refused = refusal(channel, reply, 220);
  if (refused !== null) return refused;
  const lost = await channel.secure(tls, options.connectMs);
  return lost === null ? null : { kind: 'not-sent', reason: lost.lost };
}

async function authenticate(channel: SmtpChannel, options: SmtpOptions, extensions: ReadonlyMap<string, string>, isSecure: boolean): Promise<OpenFailure | null> {
  const { auth } = options;
  if (auth === null) return null;
  // Whoever stands between could have removed STARTTLS from the offer.
  if (!isSecure && options.tls !== 'off' && !isLocal(options.host)) return giveUp(channel, 'the server offers no TLS, and the password is not sent in the clear (tls=off allows it)');
  const mechanisms = (extensions.get('AUTH') ?? '').split(' ');
  const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  if (mechanisms.includes('PLAIN')) return expectAll(channel, options, [[`AUTH PLAIN ${encode(`\0${auth.user}\0${auth.pass}`)}`, 235]]);
  if (mechanisms.includes('LOGIN')) return expectAll(channel, options, [['AUTH LOGIN', 334], [encode(auth.user), 334], [encode(auth.pass), 235]]);
  return giveUp(channel, `the server offers no way to log in that we know (${mechanisms.join(' ').trim() || 'none'})`);
}

async function expectAll(channel: SmtpChannel, options: SmtpOptions, steps: readonly (readonly [string, number])[]): Promise<OpenFailure | null> {
  for (const [line, code] of steps) {
    channel.write(`${line}\r\n`);
    const refused = refusal(channel, await channel.read(options.commandMs), code);
    if (refused !== null) return refused;
  }
  return null;
}

/** Null when the server said what was expected. */
function refusal(channel: SmtpChannel, reply: SmtpReply | Lost, expected: number): OpenFailure | null {
  if (isLost(reply)) return { kind: 'not-sent', reason: reply.lost };
  if (reply.code === expected) return null;
  if (reply.code < 400) return giveUp(channel, `the server answered with ${replyText(reply)} where ${expected} was expected`);
  channel.quit(QUIT_LIMIT_MS);
  return classifyReply('connect', reply);
}

function giveUp(channel: SmtpChannel, reason: string): OpenFailure {
  channel.quit(QUIT_LIMIT_MS);
  return { kind: 'not-sent', reason };
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
