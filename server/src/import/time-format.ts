import { parseTimestamp } from '@samovar/contract';
import { instantOf } from '@samovar/core';
import type { Millis } from '@samovar/core';

const TOKENS: Record<string, { pattern: string; part: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' }> = {
  YYYY: { pattern: '(\\d{4})', part: 'year' },
  MM: { pattern: '(\\d{2})', part: 'month' },
  M: { pattern: '(\\d{1,2})', part: 'month' },
  DD: { pattern: '(\\d{2})', part: 'day' },
  D: { pattern: '(\\d{1,2})', part: 'day' },
  HH: { pattern: '(\\d{2})', part: 'hour' },
  H: { pattern: '(\\d{1,2})', part: 'hour' },
  mm: { pattern: '(\\d{2})', part: 'minute' },
  ss: { pattern: '(\\d{2})', part: 'second' },
};
const TOKEN = /YYYY|MM?|DD?|HH?|mm|ss/g;
const HAS_ZONE = /(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/;
const HAS_CLOCK = /\d[T ]\d/;

/** Whether a format names at least a whole date, each part once. */
export function isTimeFormat(format: string): boolean {
  const parts = (format.match(TOKEN) ?? []).map((token) => TOKENS[token]?.part);
  return new Set(parts).size === parts.length && ['year', 'month', 'day'].every((part) => parts.some((one) => one === part));
}

/** A reader of times written in a format, as if they were UTC. */
function formattedReader(format: string): (text: string) => Millis | null {
  const parts: string[] = [];
  const source = format.split(/(YYYY|MM?|DD?|HH?|mm|ss)/).map((piece) => {
    const token = TOKENS[piece];
    if (token === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    parts.push(token.part);
    return token.pattern;
  }).join('');
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const match = pattern.exec(text);
    if (match === null) return null;
    const part = (name: string, otherwise: string): string => (match[parts.indexOf(name) + 1] ?? otherwise).padStart(2, '0');
    const clock = (name: string): string => (parts.includes(name) ? part(name, '00') : '00');
    return parseTimestamp(`${part('year', '')}-${part('month', '')}-${part('day', '')}T${clock('hour')}:${clock('minute')}:${clock('second')}Z`);
  };
}

/** Turns the times of a file into instants, remembering the last one, since neighbours often share it. */
export class TimeReader {
  readonly #timezone: string;
  readonly #formatted: ((text: string) => Millis | null) | null;
  #last: { value: unknown; at: Millis | null } | null = null;

  constructor(timezone: string, format: string | null) {
    this.#timezone = timezone;
    this.#formatted = format === null ? null : formattedReader(format);
  }

  /** The instant, or null when the value is no time. */
  read(value: unknown): Millis | null {
    if (this.#last !== null && this.#last.value === value) return this.#last.at;
    const at = this.#parse(value);
    this.#last = { value, at };
    return at;
  }

  #parse(value: unknown): Millis | null {
    if (typeof value !== 'string') return parseTimestamp(value);
    const text = value.trim();
    if (this.#formatted !== null) return this.#local(this.#formatted(text));
    if (/^\d{9,14}(\.\d+)?$/.test(text)) return parseTimestamp(Number(text));
    const at = parseTimestamp(text);
    return HAS_CLOCK.test(text) && HAS_ZONE.test(text) ? at : this.#local(at);
  }

  #local(asUtc: Millis | null): Millis | null {
    if (asUtc === null || this.#timezone === 'UTC') return asUtc;
    return instantOf(this.#timezone, asUtc);
  }
}
