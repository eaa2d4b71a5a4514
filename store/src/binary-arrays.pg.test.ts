import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boolArray, byteaArray, float8Array, int2Array, int4Array, int8Array, jsonbArray, jsonbTextArray, textArray, utf8Array, uuidArray } from './index.ts';
import { testDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

/** Name, element type, encoder, values, and how they come back. */
type Case = readonly [type: string, encode: (values: never) => Buffer, values: readonly unknown[]];

export const ARRAY_CASES: readonly Case[] = [
  ['int2', int2Array, [0, -32768, 32767, null, 1]],
  ['int4', int4Array, [0, -2147483648, 2147483647, null]],
  ['int8', int8Array, [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 32 + 1, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_790_000_000_000, null]],
  ['float8', float8Array, [0, 0.1, -1e308, 5e-324, null, 12345.678]],
  ['bool', boolArray, [true, false, null]],
  ['text', textArray, ['', 'plain', 'پارسی', 'עברית', '😀 ￿', '{"quoted, \\"}', 'NULL', null, 'x'.repeat(100_000), 'é'.repeat(100), 'س'.repeat(65), '😀'.repeat(33)]],
  ['uuid', uuidArray, ['00000000-0000-0000-0000-000000000000', 'f81d4fae-7dec-81d0-a765-00a0c91e6bf6', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null]],
  ['bytea', byteaArray, [Buffer.alloc(0), Buffer.from([0, 255, 92]), null, Buffer.alloc(5000, 7)]],
  ['jsonb', jsonbArray, [{ a: 1, b: ['ü', null] }, [], 'text', 1.5, true, null]],
];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ empty: true });
});
afterAll(() => database.close());

describe('binary arrays', () => {
  it.each(ARRAY_CASES)('%s[] comes back as it was', async (type, encode, values) => {
    const { rows } = await database.query<{ v: unknown }>(`select v from unnest($1::${type}[]) with ordinality as t(v, n) order by n`, [encode(values as never)]);
    expect(rows.map((row) => row.v)).toEqual(values);
  });

  it.each(ARRAY_CASES)('%s[] may be empty', async (type, encode) => {
    const { rows } = await database.query(`select cardinality($1::${type}[]) as n, $1::${type}[] is null as absent`, [encode([] as never)]);
    expect(rows).toEqual([{ n: 0, absent: false }]);
  });

  it('takes JSON that is text already', async () => {
    const { rows } = await database.query('select v from unnest($1::jsonb[]) v', [jsonbTextArray(['{"a":1}', 'null', null])]);
    expect(rows).toEqual([{ v: { a: 1 } }, { v: null }, { v: null }]);
  });

  it('makes bytes of texts', async () => {
    const texts = ['', 'plain', 'é'.repeat(100), '😀', null];
    const { rows } = await database.query(`select convert_from(v, 'UTF8') as v from unnest($1::bytea[]) with ordinality as t(v, n) order by n`, [utf8Array(texts)]);
    expect(rows.map((row) => row['v'])).toEqual(texts);
  });

  it('takes typed arrays and works with any()', async () => {
    const { rows } = await database.query('select g from generate_series(1, 5) g where g = any($1::int4[]) order by g', [int4Array(new Int32Array([2, 4, 9]))]);
    expect(rows).toEqual([{ g: 2 }, { g: 4 }]);
  });

  it('refuses what would not come back as it was', () => {
    expect(() => int8Array([2 ** 53])).toThrow(RangeError);
    expect(() => int8Array([1.5])).toThrow(RangeError);
    expect(() => int4Array([2 ** 31])).toThrow(RangeError);
    expect(() => int4Array([1.5])).toThrow(RangeError);
    expect(() => int2Array([40_000])).toThrow(RangeError);
    for (const wrong of ['not-a-uuid', 'f81d4fae-7dec-81d0-a765-00a0c91e6bfg', 'f81d4fae07dec-81d0-a765-00a0c91e6bf6', 'f81d4fae-7dec-81d0-a765-00a0c91e6bf60', 'f81d4fae-7dec-81d0-a765-00a0c91e6b۱۲']) {
      expect(() => uuidArray([wrong])).toThrow(RangeError);
    }
  });
});
