/** Bodies as seven-bit text: as they are, quoted-printable or base64, whichever is shorter and safe. */

export interface EncodedText {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64';
  readonly data: Buffer;
}

/** RFC 5322 §2.1.1 allows 998; some relays count otherwise. */
const PLAIN_LINE_LIMIT = 900;
/** What no line may begin with, since SMTP, mbox or MIME would understand it, and what none may end with. */
const BAD_STARTS = ['.', 'From ', '--'] as const;
const BAD_ENDS = [' ', '\t'] as const;
/** Anything but printable ASCII, tabs and line feeds. */
const UNUSUAL = /[^\t\n\x20-\x7e]/;
const UNUSUAL_RUNS = /[^\t\n\x20-\x7e]+/g;

/** RFC 2045 §6.7 (5): 76 with the `=` of a soft line break, and two that protecting a line's start may add. */
const QUOTED_LINE_LIMIT = 73;
/** 57 bytes make the 76 characters of RFC 2045 §6.8. */
const BASE64_LINE_BYTES = 57;
/** Base64 adds 37 % with its line breaks; quoted-printable two characters per byte that is not ASCII. */
const BASE64_OVERHEAD = 0.37;

/** Encodes a text with CRLF line ends. */
export function encodeText(text: string): EncodedText {
  if (isPlain(text)) return { encoding: '7bit', data: Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1') };
  const length = Buffer.byteLength(text);
  // Arabic, Persian, Hebrew, Cyrillic: two bytes a letter, so each letter adds one byte over its length.
  const foreignBytes = (length - text.length) * 2;
  if (foreignBytes * 2 > length * BASE64_OVERHEAD) return { encoding: 'base64', data: encodeBase64(Buffer.from(text.replace(/\r\n?|\n/g, '\r\n'), 'utf8')) };
  return { encoding: 'quoted-printable', data: encodeQuotedPrintable(text) };
}

function isPlain(text: string): boolean {
  if (UNUSUAL.test(text)) return false;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (end - start > PLAIN_LINE_LIMIT) return false;
    start = end + 1;
  }
  if (text.length - start > PLAIN_LINE_LIMIT) return false;
  return !BAD_STARTS.some((bad) => text.startsWith(bad) || text.includes(`\n${bad}`)) && !BAD_ENDS.some((bad) => text.endsWith(bad) || text.includes(`${bad}\n`));
}

function encodeBase64(bytes: Buffer): Buffer {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += BASE64_LINE_BYTES) {
    lines.push(bytes.toString('base64', start, start + BASE64_LINE_BYTES));
  }
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/**
 * By whole strings, since that is twice as fast as byte by byte: first what must be encoded wherever it is, then
 * lines that are too long.
 */
function encodeQuotedPrintable(text: string): Buffer {
  const escaped = text
    .replace(/\r\n?/g, '\n')
    .replaceAll('=', '=3D')
    .replace(UNUSUAL_RUNS, escapeBytes)
    // A blank at the end of a line would be lost on the way.
    .replace(/[ \t](?=\n|$)/g, escapeBytes);
  const lines: string[] = [];
  let start = 0;
  for (let end = escaped.indexOf('\n'); end !== -1; end = escaped.indexOf('\n', start)) {
    pushLines(lines, escaped, start, end);
    start = end + 1;
  }
  pushLines(lines, escaped, start, escaped.length);
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** One line of the text as one or more of the mail, all but the last with a soft break. */
function pushLines(lines: string[], text: string, start: number, end: number): void {
  let from = start;
  while (end - from > QUOTED_LINE_LIMIT) {
    const cut = cutBefore(text, from + QUOTED_LINE_LIMIT);
    lines.push(`${protectStart(text.slice(from, cut))}=`);
    from = cut;
  }
  lines.push(protectStart(text.slice(from, end)));
}

/** Not within an escape. */
function cutBefore(text: string, position: number): number {
  if (text[position - 1] === '=') return position - 1;
  if (text[position - 2] === '=') return position - 2;
  return position;
}

/** At the start of a line a dot is SMTP's and “From ” is mbox's. */
function protectStart(line: string): string {
  if (line.startsWith('.')) return `=2E${line.slice(1)}`;
  return line.startsWith('From ') ? `=46${line.slice(1)}` : line;
}

function escapeBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').toUpperCase().replace(/../g, '=$&');
}
