import { parseAddress } from './address.ts';
import { addressHeader, headerText, textHeader } from './header.ts';
import type { OutgoingEmail } from './outgoing-email.ts';
import { encodeText } from './transfer-encoding.ts';
import type { EncodedText } from './transfer-encoding.ts';

/** A header as it goes over the wire, folded, without the last line end. */
export interface MimeHeader {
  readonly name: string;
  readonly line: string;
}

export interface MimeMessage {
  readonly kind: 'mime';
  readonly envelope: { readonly from: string; readonly to: string };
  readonly headers: readonly MimeHeader[];
  /** Without the empty line before it; ends with CRLF; seven-bit; no line begins with a dot. */
  readonly body: Buffer;
}

/** Why a mail cannot be written; the mail will never be right, so there is no sense in trying again. */
export interface MimeProblem {
  readonly kind: 'problem';
  readonly scope: 'recipient' | 'sender' | 'message';
  readonly reason: string;
}

/** Limits, each with its reason. */
export const MIME_LIMITS = {
  /** Beyond this many servers refuse; mails have no attachments here. */
  contentCharacters: 5_000_000,
  /** RFC 5322 allows lines of 998; these two cannot be folded. */
  unsubscribeUrlCharacters: 900,
  messageIdCharacters: 250,
  feedbackIdCharacters: 200,
  extraHeaders: 20,
} as const;

/** `=_` occurs neither in quoted-printable nor in base64, so the boundary cannot occur in a part. */
const BOUNDARY = '=_samovar_part';
const PART_START = `--${BOUNDARY}\r\nContent-Type: text/`;
const LAST_LINE = `\r\n--${BOUNDARY}--\r\n`;

const MESSAGE_ID = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+$/;
const WEB_ADDRESS = /^https?:\/\/[!-;=?-~]+$/;
const WRITTEN_BY_US = new Set(
  ('from to cc bcc sender reply-to subject date message-id mime-version return-path received dkim-signature ' +
    'list-unsubscribe list-unsubscribe-post feedback-id').split(' '),
);

class Unwritable extends Error {
  readonly scope: MimeProblem['scope'];
  constructor(scope: MimeProblem['scope'], reason: string) {
    super(reason);
    this.scope = scope;
  }
}

/** Writes a mail as text and HTML alternatives. The same mail gives the same bytes. */
export function buildMime(message: OutgoingEmail): MimeMessage | MimeProblem {
  try {
    const from = checkAddress('sender', 'sender', message.from.address);
    const to = checkAddress('recipient', 'recipient', message.to.address);
    const returnPath = message.envelopeFrom === null ? from : checkAddress('sender', 'return path', message.envelopeFrom);
    return {
      kind: 'mime',
      envelope: { from: returnPath, to },
      headers: [...writeHeaders(message, from, to)],
      body: writeBody(message),
    };
  } catch (error) {
    if (error instanceof Unwritable) return { kind: 'problem', scope: error.scope, reason: error.message };
    throw error;
  }
}

/** The whole message: more headers (signatures) first, then its own, then the body. */
export function joinMime(message: MimeMessage, firstLines: readonly string[]): Buffer {
  const head = `${[...firstLines, ...message.headers.map((header) => header.line)].join('\r\n')}\r\n\r\n`;
  const out = Buffer.allocUnsafe(head.length + message.body.length);
  out.write(head, 0, 'latin1');
  message.body.copy(out, head.length);
  return out;
}

function checkAddress(scope: MimeProblem['scope'], what: string, text: string): string {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Unwritable(scope, `the address of the ${what} is not valid: ${parsed.reason}`);
  return parsed.address;
}

function* writeHeaders(message: OutgoingEmail, from: string, to: string): Generator<MimeHeader> {
  const header = (name: string, line: string): MimeHeader => ({ name, line });
  yield header('From', addressHeader('From', message.from.name, from));
  yield header('To', addressHeader('To', message.to.name, to));
  if (message.replyTo !== null) {
    const replyTo = checkAddress('message', 'reply', message.replyTo.address);
    yield header('Reply-To', addressHeader('Reply-To', message.replyTo.name, replyTo));
  }
  yield header('Subject', textHeader('Subject', message.subject));
  yield header('Date', `Date: ${dateText(message.date)}`);
  yield header('Message-ID', `Message-ID: <${checked(MESSAGE_ID, 'message id', message.messageId, MIME_LIMITS.messageIdCharacters)}>`);
  yield* writeUnsubscribe(message);
  if (message.feedbackId !== null) {
    // Only for statistics: no reason not to send.
    const feedbackId = message.feedbackId.replace(/[^!-~]+/g, '-').slice(0, MIME_LIMITS.feedbackIdCharacters);
    if (feedbackId !== '') yield header('Feedback-ID', `Feedback-ID: ${feedbackId}`);
  }
  yield* writeExtraHeaders(message);
  yield header('MIME-Version', 'MIME-Version: 1.0');
  yield header('Content-Type', `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`);
}

function* writeUnsubscribe({ unsubscribe }: OutgoingEmail): Generator<MimeHeader> {
  if (unsubscribe === null) return;
  const places = [`<${checked(WEB_ADDRESS, 'address to unsubscribe', unsubscribe.url, MIME_LIMITS.unsubscribeUrlCharacters)}>`];
  if (unsubscribe.mailto !== null) places.push(`<mailto:${checkAddress('message', 'list', unsubscribe.mailto)}>`);
  yield { name: 'List-Unsubscribe', line: `List-Unsubscribe: ${places.join(',\r\n ')}` };
  yield { name: 'List-Unsubscribe-Post', line: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click' };
}

function* writeExtraHeaders({ headers }: OutgoingEmail): Generator<MimeHeader> {
  if (headers.length > MIME_LIMITS.extraHeaders) throw new Unwritable('message', `it has more than ${MIME_LIMITS.extraHeaders} headers of its own`);
  for (const { name, value } of headers) {
    const isOurs = WRITTEN_BY_US.has(name.toLowerCase()) || /^content-/i.test(name);
    if (isOurs || !/^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(name)) throw new Unwritable('message', `“${headerText(name).slice(0, 60)}” cannot be a header of its own`);
    yield { name, line: textHeader(name, value) };
  }
}

function checked(pattern: RegExp, what: string, text: string, limit: number): string {
  if (text.length > limit) throw new Unwritable('message', `the ${what} is longer than ${limit} characters`);
  if (!pattern.test(text)) throw new Unwritable('message', `the ${what} is not valid`);
  return text;
}

/** RFC 5322 §3.3. */
function dateText(date: number): string {
  const time = new Date(date);
  const year = time.getUTCFullYear();
  if (!(year >= 1970 && year <= 9999)) throw new Unwritable('message', 'the date is out of range');
  return time.toUTCString().replace('GMT', '+0000');
}

function writeBody(message: OutgoingEmail): Buffer {
  if (message.html.length + message.text.length > MIME_LIMITS.contentCharacters) {
    throw new Unwritable('message', `it is longer than ${MIME_LIMITS.contentCharacters} characters`);
  }
  const text = encodeText(message.text);
  const html = encodeText(message.html);
  const textStart = partStart('plain', text);
  const htmlStart = `\r\n${partStart('html', html)}`;
  const out = Buffer.allocUnsafe(textStart.length + text.data.length + htmlStart.length + html.data.length + LAST_LINE.length);
  let position = out.write(textStart, 0, 'latin1');
  position += text.data.copy(out, position);
  position += out.write(htmlStart, position, 'latin1');
  position += html.data.copy(out, position);
  out.write(LAST_LINE, position, 'latin1');
  return out;
}

function partStart(type: 'plain' | 'html', part: EncodedText): string {
  return `${PART_START}${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${part.encoding}\r\n\r\n`;
}
