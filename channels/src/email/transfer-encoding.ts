/** Bodies as seven-bit text with short lines: quoted-printable or base64, whichever is shorter. */

export interface EncodedText {
  readonly encoding: 'quoted-printable' | 'base64';
  readonly data: Buffer;
}

/** RFC 2045 §6.7 (5): 76 with the `=` of a soft line break. */
const QUOTED_LINE_LIMIT = 75;
/** 57 bytes make the 76 characters of RFC 2045 §6.8. */
const BASE64_LINE_BYTES = 57;
/** Base64 adds 37 % with its line breaks; quoted-printable two characters per byte that is not ASCII. */
const BASE64_OVERHEAD = 0.37;

/** Encodes a text with CRLF line ends. */
export function encodeText(text: string): EncodedText {
  const bytes = Buffer.from(text, 'utf8');
  // Arabic, Persian, Hebrew, Cyrillic: two bytes a letter, so each letter adds one byte over its length.
  const foreignBytes = (bytes.length - text.length) * 2;
  if (foreignBytes * 2 > bytes.length * BASE64_OVERHEAD) return { encoding: 'base64', data: encodeBase64(bytes) };
  return { encoding: 'quoted-printable', data: encodeQuotedPrintable(bytes) };
}

function encodeBase64(bytes: Buffer): Buffer {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += BASE64_LINE_BYTES) {
    lines.push(bytes.toString('base64', start, start + BASE64_LINE_BYTES));
  }
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

const CR = 13;
const LF = 10;
const TAB = 9;
const SPACE = 32;
const EQUALS = 61;
const DOT = 46;
const LETTER_F = 70;
const HEX = Buffer.from('0123456789ABCDEF', 'latin1');

/** 1 for bytes that stand for themselves wherever they are but at the start or end of a line. */
const PLAIN = new Uint8Array(256);
for (let byte = SPACE; byte < 127; byte++) PLAIN[byte] = byte === EQUALS ? 0 : 1;
PLAIN[TAB] = 1;

let scratch = Buffer.allocUnsafe(64 * 1024);

function encodeQuotedPrintable(bytes: Buffer): Buffer {
  // Each byte at most three characters, and a soft break of three after every 73 of them.
  const most = Math.ceil(bytes.length * 3.2) + 16;
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  const length = writeQuotedPrintable(bytes, scratch);
  return Buffer.from(scratch.subarray(0, length));
}

function writeQuotedPrintable(bytes: Buffer, out: Buffer): number {
  let position = 0;
  let column = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === LF || byte === CR) {
      if (byte === CR && bytes[index + 1] === LF) index++;
      position = protectBlank(out, position, column);
      out[position++] = CR;
      out[position++] = LF;
      column = 0;
      continue;
    }
    // At the start of a line a dot is SMTP's and “From ” is mbox's.
    const isPlain = PLAIN[byte] === 1 && !(column === 0 && (byte === DOT || byte === LETTER_F));
    const width = isPlain ? 1 : 3;
    if (column + width > QUOTED_LINE_LIMIT) {
      out[position++] = EQUALS;
      out[position++] = CR;
      out[position++] = LF;
      column = 0;
      index--;
      continue;
    }
    if (isPlain) {
      out[position++] = byte;
    } else {
      position = writeHex(out, position, byte);
    }
    column += width;
  }
  return protectBlank(out, position, column);
}

function writeHex(out: Buffer, position: number, byte: number): number {
  out[position] = EQUALS;
  out[position + 1] = HEX[byte >> 4] ?? 0;
  out[position + 2] = HEX[byte & 15] ?? 0;
  return position + 3;
}

/** A blank at the end of a line would be lost on the way. */
function protectBlank(out: Buffer, position: number, column: number): number {
  const last = out[position - 1];
  if (column === 0 || (last !== SPACE && last !== TAB)) return position;
  return writeHex(out, position - 1, last);
}
