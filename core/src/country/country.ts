import { categoryKey } from '../quality/category-key.ts';
import { COUNTRY_ALIASES, COUNTRY_CODES } from './country-codes.ts';

/** Languages in which countries are recognised by name. */
const LANGUAGES = ['en', 'ar', 'fa', 'he'] as const;

const keyOf = (name: string): string => categoryKey(name.replaceAll('&', ' and ')).replace(/[.,'"()]/gu, '').replace(/^the(?=.)/u, '');

let index: ReadonlyMap<string, string> | null = null;

/** Built when it is first needed: asking for two thousand names takes some milliseconds. */
function countryIndex(): ReadonlyMap<string, string> {
  index ??= buildIndex();
  return index;
}

function buildIndex(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, code: string): void => {
    const key = keyOf(name);
    if (key !== '' && !found.has(key)) found.set(key, code);
  };
  for (const { alpha2, alpha3 } of COUNTRY_CODES) {
    add(alpha2, alpha2);
    add(alpha3, alpha2);
  }
  for (const [code, names] of Object.entries(COUNTRY_ALIASES)) for (const name of names.split(', ')) add(name, code);
  for (const language of LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      const names = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
      for (const { alpha2 } of COUNTRY_CODES) add(names.of(alpha2) ?? '', alpha2);
    }
  }
  return found;
}

/** ISO 3166-1 alpha-2 of what somebody called a country, in English, Arabic, Persian or Hebrew or as a code; null: not known. */
export function canonicalCountry(text: string): string | null {
  return countryIndex().get(keyOf(text)) ?? null;
}

/** A country's name in a language; the code where it has none. */
export function countryName(code: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code;
}
