import type { Json } from '../event/json.ts';

const digits = new Map<string, number>();

/** How many decimals a currency's minor unit has (ISO 4217); 2 for codes that nobody knows. */
export function minorDigits(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const found = lookUp(currency);
  digits.set(currency, found);
  return found;
}

function lookUp(currency: string): number {
  if (!/^[A-Z]{3}$/u.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

const DECIMAL = /^\s*[+-]?\d{1,12}(\.\d{1,12})?\s*$/u;

/**
 * An amount in major units (a number, or a decimal in a string) as whole minor units, half away from zero;
 * null where it is no amount.
 */
export function toMinor(amount: Json | undefined, currency: string): number | null {
  if (typeof amount === 'string' && !DECIMAL.test(amount)) return null;
  const value = typeof amount === 'string' ? Number(amount) : amount;
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) >= 1e12) return null;
  const scaled = Number((Math.abs(value) * 10 ** minorDigits(currency)).toPrecision(15));
  return Math.sign(value) * Math.round(scaled) || 0;
}
