/** Header values: encoded (RFC 2047), folded (RFC 5322), and unable to begin a line of their own. */

/** RFC 2047 §2: a line with an encoded word, and the word itself. */
const ENCODED_LINE_LIMIT = 76;
const ENCODED_WORD_LIMIT = 75;
/** RFC 5322 §2.1.1: what a line should have at most. */
const LINE_LIMIT = 78;
/** A word longer than this cannot be folded and is encoded instead; RFC 5322 allows 998 in a line. */
const WORD_LIMIT = 900;

const PRINTABLE = /^[\u0020-\u007e]*$/;

/** One line without control characters, however the text came. */
export function headerText(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** A header with free text, such as Subject. */
export function textHeader(name: string, text: string): string {
  const clean = headerText(text);
  const isPlain = PRINTABLE.test(clean) && !clean.includes('=?') && !hasLongWord(clean);
  return isPlain ? fold(`${name}: ${clean}`) : `${name}: ${encodeWords(clean, name.length + 2)}`;
}

/** A header with one address; the address must have been checked. */
export function addressHeader(header: string, name: string | null, address: string): string {
  const clean = name === null ? '' : headerText(name);
  if (clean === '') return `${header}: ${address}`;
  const shown = displayName(clean, header.length + 2);
  const lastLine = shown.slice(shown.lastIndexOf('\n') + 1);
  const first = shown.includes('\n') ? 0 : header.length + 2;
  const separator = first + lastLine.length + address.length + 3 > LINE_LIMIT ? '\r\n ' : ' ';
  return `${header}: ${shown}${separator}<${address}>`;
}

function displayName(name: string, column: number): string {
  if (!PRINTABLE.test(name) || name.includes('=?') || name.length > 60) return encodeWords(name, column);
  return /^[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function hasLongWord(text: string): boolean {
  return text.length > WORD_LIMIT && text.split(' ').some((word) => word.length > WORD_LIMIT);
}

/** Breaks a line before the words that do not fit. */
function fold(line: string): string {
  if (line.length <= LINE_LIMIT) return line;
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    // The header's name must not stand alone in its line.
    const fits = current.length + 1 + word.length <= LINE_LIMIT || /^[\w-]+:$/.test(current);
    if (current === '') current = word;
    else if (fits) current += ` ${word}`;
    else {
      lines.push(current);
      current = ` ${word}`;
    }
  }
  lines.push(current);
  return lines.join('\r\n');
}

const WORD_START = { B: '=?UTF-8?B?', Q: '=?UTF-8?Q?' } as const;

/** Encoded words, each with whole code points, whichever of the two encodings is shorter. */
function encodeWords(text: string, column: number): string {
  const encoding = quotedLength(text) <= Math.ceil(Buffer.byteLength(text) / 3) * 4 ? 'Q' : 'B';
  const measure = encoding === 'Q' ? quotedLength : (part: string) => Buffer.byteLength(part);
  const words: string[] = [];
  let part = '';
  let size = 0;
  for (const character of text) {
    const cost = measure(character);
    const room = roomFor(encoding, words.length === 0 ? column : 1);
    if (part !== '' && size + cost > room) {
      words.push(part);
      part = '';
      size = 0;
    }
    part += character;
    size += cost;
  }
  words.push(part);
  const encode = encoding === 'Q' ? encodeQuoted : (word: string) => Buffer.from(word).toString('base64');
  return words.map((word) => `${WORD_START[encoding]}${encode(word)}?=`).join('\r\n ');
}

/** What fits into a word that begins in a column: characters for Q, bytes for B. */
function roomFor(encoding: 'B' | 'Q', column: number): number {
  const characters = Math.min(ENCODED_WORD_LIMIT, ENCODED_LINE_LIMIT - column) - WORD_START.B.length - 2;
  return encoding === 'Q' ? characters : Math.floor(characters / 4) * 3;
}

/** RFC 2047 §5 (3): what may stand for itself also in a display name. */
const QUOTED_SAFE = /[A-Za-z0-9!*+/-]/;

function quotedLength(text: string): number {
  let length = 0;
  for (const character of text) length += character === ' ' || QUOTED_SAFE.test(character) ? 1 : Buffer.byteLength(character) * 3;
  return length;
}

function encodeQuoted(text: string): string {
  let result = '';
  for (const character of text) {
    if (character === ' ') result += '_';
    else if (QUOTED_SAFE.test(character)) result += character;
    else result += Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '=$&');
  }
  return result;
}
