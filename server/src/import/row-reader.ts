import { ImportError } from './import-error.ts';
import { CsvParser } from './csv-parser.ts';
import type { CsvRecord } from './csv-parser.ts';
import { valueAt } from '@samovar/core';
import type { JsonObject } from '@samovar/core';

/** One row of a file, whose values are found by the name of their column. */
export interface Row {
  kind: 'row';
  line: number;
  get(column: string): unknown;
  /** All values by column, for reports and for `properties: all`. */
  all(): JsonObject;
}

/** A line from which no row could be made. */
export interface BadLine {
  kind: 'bad';
  line: number;
  code: string;
  message: string;
  text: string;
}

export type Line = Row | BadLine;

/** Longest line of NDJSON that is looked at. */
const LINE_CHARS_LIMIT = 1024 * 1024;

const CSV_PROBLEMS = {
  quote_unclosed: 'A quoted field is not closed.',
  quote_stray: 'Text follows the closing quote of a field.',
} as const;

/** A class, since a file has millions of rows: closures for each would be most of the garbage. */
class CsvRow implements Row {
  readonly kind = 'row';
  readonly line: number;
  readonly #fields: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor(line: number, fields: readonly string[], columns: ReadonlyMap<string, number>) {
    this.line = line;
    this.#fields = fields;
    this.#columns = columns;
  }

  get(column: string): unknown {
    return this.#fields[this.#columns.get(column) ?? -1];
  }

  all(): JsonObject {
    return Object.fromEntries([...this.#columns].map(([name, index]) => [name, this.#fields[index] ?? '']));
  }
}

class CsvRows {
  #columns: Map<string, number> | null = null;
  #names: string[] = [];
  readonly #file: string;
  readonly #needed: readonly string[];

  constructor(file: string, needed: readonly string[]) {
    this.#file = file;
    this.#needed = needed;
  }

  /** The row of a record, or nothing for the header and for empty lines. */
  read(record: CsvRecord): Line | null {
    if (record.kind === 'problem') return { kind: 'bad', line: record.line, code: record.code, message: CSV_PROBLEMS[record.code], text: record.text };
    const { line, fields } = record;
    if (this.#columns === null) {
      this.#readHeader(fields);
      return null;
    }
    if (fields.length !== this.#names.length) {
      if (fields.length === 1 && fields[0] === '') return null;
      return { kind: 'bad', line, code: 'column_count', message: `The line has ${fields.length} columns, the header ${this.#names.length}.`, text: fields.join(',') };
    }
    return new CsvRow(line, fields, this.#columns);
  }

  #readHeader(fields: string[]): void {
    this.#names = fields.map((name) => name.trim());
    this.#columns = new Map(this.#names.map((name, index) => [name, index]));
    const missing = this.#needed.filter((name) => !this.#columns?.has(name));
    if (missing.length > 0) {
      throw new ImportError('import_columns_missing', `«${this.#file}» has no column ${missing.map((name) => `«${name}»`).join(', ')}; its columns are: ${this.#names.join(', ')}.`);
    }
    if (this.#columns.size !== this.#names.length) {
      const twice = this.#names.filter((name, index) => this.#names.indexOf(name) !== index && this.#needed.includes(name));
      if (twice.length > 0) throw new ImportError('import_columns_missing', `«${this.#file}» has the column «${twice[0]}» twice.`);
    }
  }
}

/** The rows of a CSV file, by the chunk. The first record names the columns. */
export async function* readCsv(chunks: AsyncIterable<string>, options: { file: string; delimiter: string; needed: readonly string[] }): AsyncGenerator<Line[]> {
  const parser = new CsvParser(options.delimiter);
  const rows = new CsvRows(options.file, options.needed);
  const lines = (records: CsvRecord[]): Line[] => records.flatMap((record) => rows.read(record) ?? []);
  for await (const chunk of chunks) yield lines(parser.push(chunk));
  yield lines(parser.end());
}

function jsonLine(text: string, line: number): Line | null {
  if (text.trim() === '') return null;
  const bad = (code: string, message: string): BadLine => ({ kind: 'bad', line, code, message, text: text.slice(0, 2_000) });
  if (text.length > LINE_CHARS_LIMIT) return bad('line_too_long', `The line has more than ${LINE_CHARS_LIMIT} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad('json_malformed', `The line is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('json_not_an_object', 'The line is not a JSON object.');
  const object = value as JsonObject;
  return { kind: 'row', line, get: (column) => (Object.hasOwn(object, column) ? object[column] : valueAt(object, column)), all: () => object };
}

/** The rows of a file with one JSON object per line, by the chunk. */
export async function* readNdjson(chunks: AsyncIterable<string>): AsyncGenerator<Line[]> {
  let rest = '';
  let line = 0;
  for await (const chunk of chunks) {
    const texts = (rest + chunk).split('\n');
    rest = texts.pop() ?? '';
    yield texts.flatMap((text) => jsonLine(text, ++line) ?? []);
    // Kept to be reported, not to be filled without end.
    if (rest.length > LINE_CHARS_LIMIT) rest = rest.slice(0, LINE_CHARS_LIMIT + 1);
  }
  yield [jsonLine(rest, line + 1)].flatMap((one) => one ?? []);
}
