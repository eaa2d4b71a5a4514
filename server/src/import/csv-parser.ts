/** A record of a CSV file with the line on which it begins, or why there is none. */
export type CsvRecord =
  | { kind: 'record'; line: number; fields: string[] }
  | { kind: 'problem'; line: number; code: 'quote_unclosed' | 'quote_stray'; text: string };

/** A quote that is never closed would otherwise swallow the rest of the file. */
export const RECORD_CHARS_LIMIT = 1024 * 1024;

const QUOTE = '"';

/**
 * Reads CSV as RFC 4180 writes it (quoted fields with line breaks and doubled quotes in them; CRLF, LF or CR) from
 * chunks of text of any size. Keeps only the record that is not complete yet.
 */
export class CsvParser {
  readonly #delimiter: string;
  #rest = '';
  #line = 1;

  constructor(delimiter = ',') {
    this.#delimiter = delimiter;
  }

  /** The records that are complete with this chunk. */
  push(chunk: string): CsvRecord[] {
    return this.#read(this.#rest + chunk, false);
  }

  /** What is left when the text is over. */
  end(): CsvRecord[] {
    return this.#read(this.#rest, true);
  }

  #read(text: string, last: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const end = this.#readRecord(text, at, last, records);
      if (end === null) break;
      at = end;
    }
    this.#rest = text.slice(at);
    return records;
  }

  /** Where the next record begins, or null when this one is not complete. */
  #readRecord(text: string, start: number, last: boolean, records: CsvRecord[]): number | null {
    const fields: string[] = [];
    let at = start;
    for (;;) {
      const field = text[at] === QUOTE ? this.#quoted(text, at, last) : this.#plain(text, at, last);
      if (field === null) {
        if (!last && text.length - start <= RECORD_CHARS_LIMIT) return null;
        return this.#skipLine(text, start, true, 'quote_unclosed', records);
      }
      if (field.stray) return this.#skipLine(text, start, last, 'quote_stray', records);
      fields.push(field.value);
      if (text[field.end] !== this.#delimiter) {
        records.push({ kind: 'record', line: this.#line, fields });
        const next = afterLineBreak(text, field.end);
        this.#line += countLineBreaks(text, start, next);
        return next;
      }
      at = field.end + 1;
    }
  }

  #plain(text: string, start: number, last: boolean): Field | null {
    let end = start;
    for (; end < text.length; end += 1) {
      const char = text[end];
      if (char === this.#delimiter || char === '\n' || char === '\r') break;
    }
    return this.#ends(text, end, last) ? { value: text.slice(start, end), end, stray: false } : null;
  }

  #quoted(text: string, start: number, last: boolean): Field | null {
    let value = '';
    for (let from = start + 1; ;) {
      const quote = text.indexOf(QUOTE, from);
      if (quote === -1) return null;
      value += text.slice(from, quote);
      if (text[quote + 1] === QUOTE) {
        value += QUOTE;
        from = quote + 2;
        continue;
      }
      const end = quote + 1;
      if (!this.#ends(text, end, last)) return null;
      const next = text[end];
      return { value, end, stray: next !== undefined && next !== this.#delimiter && next !== '\n' && next !== '\r' };
    }
  }

  /** Whether the end of a field is certain: the chunk may stop before a second quote or the other half of CRLF. */
  #ends(text: string, end: number, last: boolean): boolean {
    return last || (end < text.length && !(text[end] === '\r' && end + 1 === text.length));
  }

  /** Gives up on the line and goes on with the next; null when its end is not there yet. */
  #skipLine(text: string, start: number, last: boolean, code: 'quote_unclosed' | 'quote_stray', records: CsvRecord[]): number | null {
    let end = start;
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
    if (!this.#ends(text, end, last) && text.length - start <= RECORD_CHARS_LIMIT) return null;
    records.push({ kind: 'problem', line: this.#line, code, text: text.slice(start, end) });
    const next = afterLineBreak(text, end);
    this.#line += countLineBreaks(text, start, next);
    return next;
  }
}

interface Field {
  value: string;
  end: number;
  /** Something other than a delimiter follows the closing quote. */
  stray: boolean;
}

function afterLineBreak(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2;
  return Math.min(at + 1, text.length);
}

function countLineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 10 || (char === 13 && text.charCodeAt(at + 1) !== 10)) count += 1;
  }
  return count;
}
