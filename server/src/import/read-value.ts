import { isJunkIdentifier, normaliseIdentifier, IDENTIFIER_LENGTH_LIMIT } from '@samovar/core';
import type { Identifier, Json, JsonObject, Millis } from '@samovar/core';
import { isEmailAddress } from '@samovar/contract';
import type { Source, TimeSource, WhoSource } from './import-map.ts';
import type { Row } from './row-reader.ts';
import { TimeReader } from './time-format.ts';

/** Why a row gives no record; caught where rows are read, and reported with the line. */
export class RowProblem extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const YES = new Set(['true', 'yes', 'y', '1', 'on', 'subscribed', 'granted', 't']);
const NO = new Set(['false', 'no', 'n', '0', 'off', 'unsubscribed', 'withdrawn', 'f']);

function nameOf(source: Source): string {
  return source.kind === 'column' ? `«${source.column}»` : 'the value';
}

function typed(raw: unknown, source: Source & { kind: 'column' }): Json | null {
  if (typeof raw !== 'string') return raw as Json;
  const text = raw.trim();
  switch (source.as) {
    case 'text': return raw;
    case 'number': {
      const value = Number(text);
      return text !== '' && Number.isFinite(value) ? value : problem(source, raw, 'a number');
    }
    case 'whole number': return /^[+-]?\d+(\.0*)?$/.test(text) ? text.replace(/\.0*$/, '') : problem(source, raw, 'a whole number');
    case 'true/false': return YES.has(text.toLowerCase()) ? true : NO.has(text.toLowerCase()) ? false : problem(source, raw, 'yes or no');
    case 'json': try {
      return JSON.parse(text) as Json;
    } catch (error) {
      if (error instanceof SyntaxError) problem(source, raw, 'JSON');
      throw error;
    }
  }
}

function problem(source: Source, raw: unknown, wanted: string): never {
  throw new RowProblem('value_invalid', `${nameOf(source)} is «${String(raw).slice(0, 100)}», which is not ${wanted}.`);
}

/** The value of a row, or null where the column is empty. A whole number stays text, since it is an id or counts things. */
export function valueOf(row: Row, source: Source): Json | null {
  if (source.kind === 'literal') return source.value;
  const raw = row.get(source.column);
  if (raw === undefined || raw === null || raw === '') return null;
  return typed(raw, source);
}

/** The value as text, or null where it is empty. */
export function textOf(row: Row, source: Source): string | null {
  const value = valueOf(row, source);
  if (value === null) return null;
  if (typeof value === 'object') return problem(source, JSON.stringify(value), 'text');
  const text = String(value).trim();
  return text === '' ? null : text;
}

/** Whether the row says yes; null where it says nothing. */
export function answerOf(row: Row, source: Source): boolean | null {
  const value = valueOf(row, source);
  if (value === null || typeof value === 'boolean') return value;
  const text = typeof value === 'object' ? '' : String(value).trim().toLowerCase();
  if (text === '') return null;
  return YES.has(text) ? true : NO.has(text) ? false : problem(source, text, 'yes or no');
}

/** The values that are not empty. */
export function valuesOf(row: Row, sources: Record<string, Source>): JsonObject {
  const values: JsonObject = {};
  for (const name in sources) {
    const source = sources[name];
    const value = source === undefined ? null : valueOf(row, source);
    if (value !== null) values[name] = value;
  }
  return values;
}

/** Everything that names the contact of a row, the strongest first; none where all of it is empty. */
export function identifiersOf(row: Row, who: WhoSource): Identifier[] {
  const identifiers: Identifier[] = [];
  for (const kind of ['user', 'anonymous', 'email', 'phone'] as const) {
    const source = who[kind];
    const value = source === undefined ? null : textOf(row, source);
    if (source === undefined || value === null) continue;
    if (value.length > IDENTIFIER_LENGTH_LIMIT) problem(source, value, 'an id: it is too long');
    if (kind === 'email' && !isEmailAddress(value)) problem(source, value, 'an e-mail address');
    const identifier = normaliseIdentifier({ kind, value });
    if (!isJunkIdentifier(identifier)) identifiers.push(identifier);
  }
  return identifiers;
}

/** Reads the time of rows. */
export function timeReaderOf(time: TimeSource): (row: Row) => Millis | null {
  const reader = new TimeReader(time.timezone, time.format);
  return (row) => {
    const value = time.source.kind === 'literal' ? time.source.value : row.get(time.source.column);
    if (value === undefined || value === null || value === '') return null;
    return reader.read(value) ?? problem(time.source, value, time.format === null ? 'a time' : `a time written as ${time.format}`);
  };
}
