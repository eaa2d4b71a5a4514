import type { Json } from '../event/json.ts';

/**
 * Currencies whose minor unit is not a hundredth (ISO 4217, list one). Our own table, because what a platform's `Intl`
 * answers differs between its versions, and stored amounts must keep their meaning.
 */
const DIGITS: Readonly<Record<string, readonly string[]>> = {
  0: ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'],
  3: ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'],
  4: ['CLF', 'UYW'],
};

const digitsByCurrency = new Map(Object.entries(DIGITS).flatMap(([digits, currencies]) => currencies.map((currency) => [currency, Number(digits)])));

/** How many decimals a currency's minor unit has (ISO 4217); 2 for codes that nobody knows. */
export function minorDigits(currency: string): number {
  return digitsByCurrency.get(currency) ?? 2;
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
