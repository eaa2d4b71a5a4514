import pg from 'pg';
import { StoreError } from './errors.ts';

const INT8_OID = 20;
const INT8_ARRAY_OID = 1016;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new StoreError('number_out_of_range', `The number ${text} in the database is beyond 2^53 and would lose digits.`);
  return value;
}

function parseInt8Array(text: string): (number | null)[] {
  const inner = text.slice(1, -1);
  return inner === '' ? [] : inner.split(',').map((item) => (item === 'NULL' ? null : parseInt8(item)));
}

/** How results become JavaScript values: as `pg` does, except that int8 is a number (ids, times and counts stay below 2^53). */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === INT8_OID) return parseInt8;
    if (format !== 'binary' && oid === INT8_ARRAY_OID) return parseInt8Array;
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};
