import { locale, otherCalendar } from './language.js';

const made = new Map();

/** Formatters are dear to make, and every number needs one. */
function cached(name, make) {
  const key = `${locale()} ${name}`;
  let found = made.get(key);
  if (found === undefined) made.set(key, found = make());
  return found;
}

export const whole = (value) => cached('whole', () => new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 })).format(value);

export const percent = (share) => cached('percent', () => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 })).format(share);

/** Money in its own currency; large amounts without their small change. */
export function money(amount, currency) {
  const digits = Math.abs(amount) >= 1000 || Number.isInteger(amount) ? 0 : undefined;
  const compact = Math.abs(amount) >= 10_000_000;
  return cached(`money ${currency} ${digits} ${compact}`, () => new Intl.NumberFormat(locale(), {
    style: 'currency', currency, currencyDisplay: 'narrowSymbol',
    ...(compact ? { notation: 'compact', maximumFractionDigits: 1, minimumFractionDigits: 0 } : digits === undefined ? {} : { maximumFractionDigits: digits, minimumFractionDigits: digits }),
  })).format(amount);
}

const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000]];

/** "6 days", "1 day 12 hours". */
export function span(milliseconds) {
  const parts = [];
  let left = milliseconds;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(unitOf(unit, count));
  }
  return parts.slice(0, 2).join(' ');
}

export function hours(count) {
  return count < 1 ? unitOf('minute', Math.round(count * 60)) : unitOf('hour', count);
}

function unitOf(unit, count) {
  return cached(`unit ${unit}`, () => new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 })).format(count);
}

export const day = (at, timeZone) => cached(`day ${timeZone}`, () => new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long', timeZone })).format(at);
export const time = (at, timeZone) => cached(`time ${timeZone}`, () => new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })).format(at);
export const moment = (at, timeZone) => cached(`moment ${timeZone}`, () => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })).format(at);

/** The same day as another calendar of the same people names it; empty where there is only one. */
export function otherDay(at, timeZone) {
  const other = otherCalendar();
  return other === null ? '' : cached(`other ${timeZone}`, () => new Intl.DateTimeFormat(other, { day: 'numeric', month: 'long', year: 'numeric', timeZone })).format(at);
}

/** How much of the day is over, from 0 to 1. */
export function dayShare(at, timeZone) {
  const [h, m] = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at).split(':').map(Number);
  return (h + m / 60) / 24;
}
