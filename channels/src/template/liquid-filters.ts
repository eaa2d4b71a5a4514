import type { Context, Liquid } from 'liquidjs';
import { escapeHtml, LOCALE, textOf } from './liquid-values.ts';
import type { LiquidOutput } from './liquid-values.ts';

interface FilterScope {
  readonly context: Context;
}

type Filter = (this: FilterScope, value: unknown, ...rest: unknown[]) => unknown;

/** Our own filters and the mended ones; everything else is Liquid's. */
export function registerFilters(engine: Liquid, output: LiquidOutput): void {
  engine.registerFilter('money', money as never);
  for (const name of ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string']) {
    engine.registerFilter(name, withRenderTime(handlerOf(engine, name)) as never);
  }
  engine.registerFilter('local_date', localDate as never);
  if (output === 'html') {
    // These give HTML: escaped by themselves, so that the engine must not escape them again.
    for (const name of ['escape', 'xml_escape', 'escape_once']) {
      engine.registerFilter(name, { raw: true, handler: handlerOf(engine, name) } as never);
    }
    engine.registerFilter('newline_to_br', { raw: true, handler: newlineToBreak } as never);
  } else {
    for (const name of ['escape', 'xml_escape', 'escape_once', 'newline_to_br']) {
      engine.registerFilter(name, ((value: unknown) => value) as never);
    }
  }
}

function handlerOf(engine: Liquid, name: string): Filter {
  const filter = engine.filters[name];
  if (typeof filter === 'function') return filter as unknown as Filter;
  if (filter !== undefined && typeof filter.handler === 'function') return filter.handler as unknown as Filter;
  throw new Error(`liquidjs without a filter named ${name}`);
}

function newlineToBreak(value: unknown): string {
  return escapeHtml(textOf(value)).replace(/\r?\n/g, '<br />\n');
}

/**
 * `{{ 'now' | date: … }}` must be the time of the render, not that of the machine: a virtual clock may run. And a time
 * zone by name becomes an offset here, since Liquid's own way takes a quarter of a millisecond each time.
 */
function withRenderTime(original: Filter): Filter {
  return function (this: FilterScope, value, format, zone, ...rest) {
    const moment = momentOf(this, value);
    if (moment === undefined) return '';
    if (typeof zone !== 'string') return original.call(this, moment, format, zone, ...rest);
    const at = instantOf(moment);
    const offset = at === null ? null : offsetMinutes(at, zone);
    return original.call(this, moment, format, offset ?? 0, ...rest);
  };
}

function momentOf(scope: FilterScope, value: unknown): unknown {
  return value === 'now' || value === 'today' ? (scope.context.environments as { readonly now?: unknown }).now : value;
}

/** As Liquid reads times: numbers are seconds, everything else is what `Date` understands. */
function instantOf(value: unknown): number | null {
  const isSeconds = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
  const at = isSeconds ? Number(value) * 1_000 : Date.parse(String(value));
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? at : null;
}

/** Minutes to add to local time to get UTC, as JavaScript counts them. Null for a zone that does not exist. */
function offsetMinutes(at: number, timeZone: string): number | null {
  const formatter = cached(clockFormatters, timeZone, () => new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...CLOCK_FIELDS }));
  if (formatter === null) return null;
  const field: Record<string, number> = {};
  for (const part of formatter.formatToParts(at)) field[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = field;
  return Math.round((at - Date.UTC(year, month - 1, day, hour, minute, new Date(at).getUTCSeconds())) / 60_000);
}

const CLOCK_FIELDS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
const clockFormatters = new Map<string, Intl.DateTimeFormat | null>();
const dateFormatters = new Map<string, Intl.DateTimeFormat | null>();
const moneyFormatters = new Map<string, Intl.NumberFormat | null>();
/** Languages times currencies or zones; far more than one installation has. */
const FORMATTERS_LIMIT = 2_000;

function cached<Formatter>(cache: Map<string, Formatter | null>, name: string, make: () => Formatter): Formatter | null {
  const known = cache.get(name);
  if (known !== undefined) return known;
  if (cache.size >= FORMATTERS_LIMIT) cache.clear();
  let made: Formatter | null = null;
  try {
    made = make();
  } catch (error) {
    // A zone or currency that does not exist is a value that came with the data, not a broken template.
    if (!(error instanceof RangeError)) throw error;
  }
  cache.set(name, made);
  return made;
}

const DATE_STYLES = ['full', 'long', 'medium', 'short'] as const;

/** `{{ event.properties.expected_at | local_date: 'long', contact.timezone }}`: a date as the language writes it, in its calendar. */
function localDate(this: FilterScope, value: unknown, style: unknown, zone: unknown): unknown {
  const at = instantOf(momentOf(this, value));
  if (value === null || value === undefined || at === null) return value;
  const dateStyle = DATE_STYLES.find((name) => name === style) ?? 'long';
  const timeZone = typeof zone === 'string' && zone !== '' ? zone : 'UTC';
  const locale = localeOf(this);
  const make = (): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale, { dateStyle, timeZone });
  return cached(dateFormatters, `${locale} ${dateStyle} ${timeZone}`, make)?.format(at) ?? value;
}

/** `{{ event.properties.total | money: event.properties.currency }}`: an amount as the language writes it. */
function money(this: FilterScope, value: unknown, currency: unknown): unknown {
  const amount = typeof value === 'number' ? value : Number(value);
  if (value === null || value === undefined || value === '' || !Number.isFinite(amount)) return value;
  const code = typeof currency === 'string' ? currency.trim().toUpperCase() : '';
  if (code === '') return value;
  const locale = localeOf(this);
  const make = (): Intl.NumberFormat => new Intl.NumberFormat(locale, { style: 'currency', currency: code });
  return cached(moneyFormatters, `${locale} ${code}`, make)?.format(amount) ?? value;
}

function localeOf(scope: FilterScope): string {
  return (scope.context.environments as { readonly [LOCALE]?: string })[LOCALE] ?? 'en';
}
