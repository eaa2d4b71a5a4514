import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvParser, RECORD_CHARS_LIMIT } from './csv-parser.ts';
import type { CsvRecord } from './csv-parser.ts';

function parse(text: string, chunkSize = Infinity, delimiter = ','): CsvRecord[] {
  const parser = new CsvParser(delimiter);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += chunkSize) records.push(...parser.push(text.slice(at, at + chunkSize)));
  return [...records, ...parser.end()];
}

function fieldsOf(records: CsvRecord[]): string[][] {
  return records.map((record) => (record.kind === 'record' ? record.fields : [record.code]));
}

describe('CsvParser', () => {
  it.each([
    ['a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
    ['a,b\r\n1,2', [['a', 'b'], ['1', '2']]],
    ['a\rb\r', [['a'], ['b']]],
    ['"a, b","c""d"\n', [['a, b', 'c"d']]],
    ['"two\nlines",x\n', [['two\nlines', 'x']]],
    [',,\n', [['', '', '']]],
    ['""\n', [['']]],
    ['a"b,c\n', [['a"b', 'c']]],
    ['"a"b,c\nd,e\n', [['quote_stray'], ['d', 'e']]],
    ['"never,closed\nd,e\n', [['quote_unclosed'], ['d', 'e']]],
  ])('%j', (text, expected) => {
    for (const size of [1, 2, 3, Infinity]) expect(fieldsOf(parse(text, size))).toEqual(expected);
  });

  it('knows the line on which each record begins', () => {
    const lines = parse('h\n"a\nb\r\nc"\nd\n"x"y\nz').map(({ line }) => line);
    expect(lines).toEqual([1, 2, 5, 6, 7]);
  });

  it('reads what was written, however it is cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ب', ',', '"', '\n', '\r', ' ') });
    fc.assert(fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom('\n', '\r\n'), (rows, size, lineBreak) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(lineBreak);
      expect(fieldsOf(parse(text, size))).toEqual(rows);
    }));
  });

  it('does not let an unclosed quote swallow the file', () => {
    const parser = new CsvParser();
    const records = [...parser.push('"open\n'), ...parser.push('a,b\n'.repeat(RECORD_CHARS_LIMIT / 4)), ...parser.end()];
    expect(records[0]).toMatchObject({ kind: 'problem', line: 1, code: 'quote_unclosed', text: '"open' });
    expect(records.length).toBe(1 + RECORD_CHARS_LIMIT / 4);
  });
});
