/** Letters that keyboards exchange although people mean the same: Arabic forms of letters beside the Persian ones, quotes, and digits of both scripts. */
const LETTERS: Readonly<Record<string, string>> = {
  'ي': 'ی', 'ى': 'ی', 'ئ': 'ی', 'ے': 'ی', 'ې': 'ی', 'ك': 'ک', 'ڪ': 'ک', 'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ؤ': 'و', 'ة': 'ه', 'ۀ': 'ه', 'ە': 'ه', 'ہ': 'ه', 'ھ': 'ه',
  '’': '\'', '‘': '\'', '`': '\'', '´': '\'', '׳': '\'', '“': '"', '”': '"', '״': '"',
};
const VARIANTS = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** Vowel signs, which are written or not: niqqud and cantillation, harakat and the small hamza; and the stretched line of Arabic script. */
const VOWEL_SIGNS = /\u0640|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc]/gu;

/** What shows nothing: marks of direction, joiners, soft hyphens, the byte order mark. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;
const DIGITS = /[٠-٩۰-۹]/gu;

/** Digits of Arabic and Persian as 0 to 9. */
export function plainDigits(text: string): string {
  return text.replace(DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
}

/** Without what nobody sees: composed, no marks, single spaces inside and none around. */
export function tidyText(text: string): string {
  return text.normalize('NFC').replaceAll('\u200c', ' ').replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim();
}

/**
 * What two spellings of the same category have in common: neither case, white space and hyphens, nor the variants of letters
 * and digits that keyboards of Arabic, Persian and Hebrew make. It is for comparing, never for showing.
 */
export function categoryKey(text: string): string {
  const composed = text.replace(VOWEL_SIGNS, '').normalize('NFKC').replace(VOWEL_SIGNS, '').replace(INVISIBLE, '');
  const letters = composed.replace(VARIANTS, (letter) => LETTERS[letter] ?? letter);
  const key = plainDigits(letters).toLowerCase().replace(/[\s_\-‐-―־]+/gu, '');
  // A value of nothing but marks is still a value.
  return key === '' ? composed.trim() : key;
}

/** What people and programs write where they know nothing. */
const PLACEHOLDERS = new Set([
  'na', 'n/a', 'none', 'null', 'nil', 'undefined', 'unknown', 'unspecified', 'notspecified', 'notset', 'notavailable', 'notprovided', 'tbd', 'xxx', 'test',
  'غیر معروف', 'غیر محدد', 'مجهول', 'لا یوجد', 'نامعلوم', 'نامشخص', 'ندارد', 'تعریف نشده', 'לא ידוע', 'לא צוין', 'אין',
].map((word) => categoryKey(word)));

/** Whether a text says nothing: empty, only signs, or a word that stands for nothing in English, Arabic, Persian or Hebrew. */
export function isPlaceholder(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text) || PLACEHOLDERS.has(categoryKey(text));
}

export interface CountedValue {
  value: string;
  contacts: number;
}

/** The spelling that a group of the same key should have: the one that most contacts bear, tidied. */
export function commonSpelling(group: readonly CountedValue[]): string | null {
  const [most] = [...group].sort((a, b) => b.contacts - a.contacts || (a.value < b.value ? -1 : 1));
  return most === undefined ? null : tidyText(most.value);
}
