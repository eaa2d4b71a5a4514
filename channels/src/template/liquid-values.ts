import { Drop } from 'liquidjs';

/** Where a value goes decides how it is escaped. */
export type LiquidOutput = 'html' | 'text';

/** Turns a link's address into what is written in its place. */
export type LinkRewriter = (url: string, index: number) => string;

/** Keys of the per-render scope that templates cannot reach, since Liquid has no symbols. */
export const REWRITE_LINK: unique symbol = Symbol('rewriteLink');
export const LOCALE: unique symbol = Symbol('locale');

/** What `{% capture %}` keeps: it was escaped when it was written and is not escaped again. */
export class CapturedText extends Drop {
  readonly #text: string;
  constructor(text: string) {
    super();
    this.#text = text;
  }
  override valueOf(): string {
    return this.#text;
  }
  override toString(): string {
    return this.#text;
  }
}

const HTML_SPECIAL = /[&<>"']|(?![\t\n\r])\p{Cc}/u;
const HTML_SPECIAL_ALL = new RegExp(HTML_SPECIAL, 'gu');
const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** Escapes text for HTML content and attributes; control characters are dropped. */
export function escapeHtml(text: string): string {
  if (!HTML_SPECIAL.test(text)) return text;
  return text.replace(HTML_SPECIAL_ALL, (character) => HTML_ENTITIES[character] ?? '');
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undoes {@link escapeHtml}, and whatever else an author may write in an address. */
export function decodeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED_ENTITIES[name.toLowerCase()] ?? all;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : all;
  });
}

const CONTROL = /(?![\t\n])\p{Cc}/u;
const CONTROL_ALL = new RegExp(CONTROL, 'gu');

/** What every `{{ value }}` goes through on its way into HTML. */
export function escapeForHtml(value: unknown): string {
  if (value instanceof CapturedText) return value.toString();
  return escapeHtml(textOf(value));
}

/** What every `{{ value }}` goes through on its way into text: no control characters but tab and line feed. */
export function cleanForText(value: unknown): string {
  const text = textOf(value);
  return CONTROL.test(text) ? text.replace(CONTROL_ALL, '') : text;
}

/** A value as text: lists run together as Liquid does, objects say nothing rather than `[object Object]`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (value instanceof Drop) return textOf(value.valueOf());
  return '';
}
