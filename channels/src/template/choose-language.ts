import type { Direction } from './compiled-template.ts';

/** Languages (ISO 639) whose usual script runs from right to left. */
const RIGHT_TO_LEFT_LANGUAGES = new Set(
  'ar arc arz azb bal ckb dv fa glk ha-arab he iw khw ks ku-arab lrc mzn nqo pnb ps sd syr ug ur yi ji'.split(' '),
);

/** Scripts (ISO 15924) that run from right to left; a script in the tag wins over the language. */
const RIGHT_TO_LEFT_SCRIPTS = new Set(['adlm', 'arab', 'aran', 'hebr', 'mand', 'nkoo', 'rohg', 'samr', 'syrc', 'thaa']);

const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-[a-z0-9]{5,8})*$/i;

/** Tells whether the text is a language tag such as `fa`, `pt-BR` or `zh-Hant-TW`. */
export function isLanguageTag(text: string): boolean {
  return LANGUAGE_TAG.test(text);
}

/** The writing direction of a language tag. */
export function directionOf(language: string): Direction {
  const parts = language.toLowerCase().replaceAll('_', '-').split('-');
  const script = parts.find((part, index) => index > 0 && part.length === 4);
  if (script !== undefined) return RIGHT_TO_LEFT_SCRIPTS.has(script) ? 'rtl' : 'ltr';
  return RIGHT_TO_LEFT_LANGUAGES.has(parts[0] ?? '') ? 'rtl' : 'ltr';
}

/**
 * Picks the variant for a contact: the wanted language, then the same with fewer subtags (`fa-IR` → `fa`), then any
 * regional variant of it (`fa` → `fa-IR`), then the same for the fallback, then the first there is.
 */
export function chooseLanguage(available: readonly string[], wanted: string | null, fallback: string): string {
  const found = (wanted === null ? null : match(available, wanted)) ?? match(available, fallback) ?? available[0];
  if (found === undefined) throw new RangeError('chooseLanguage: a template has at least one language');
  return found;
}

function match(available: readonly string[], wanted: string): string | null {
  const tag = wanted.trim().toLowerCase().replaceAll('_', '-');
  const parts = tag.split('-');
  for (let count = parts.length; count > 0; count--) {
    const prefix = parts.slice(0, count).join('-');
    const exact = available.find((language) => language.toLowerCase() === prefix);
    if (exact !== undefined) return exact;
  }
  const primary = parts[0] ?? '';
  if (primary === '') return null;
  return available.find((language) => language.toLowerCase().split('-')[0] === primary) ?? null;
}
