/** Whether the text names an IANA time zone; offsets such as `+02:00` are no zones. */
export function isTimezone(text: string): boolean {
  return canonicalTimezone(text) !== null;
}

/** The zone in its usual spelling (`europe/berlin` → `Europe/Berlin`); aliases stay what they are. null: no zone. */
export function canonicalTimezone(text: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text)) return null;
  try {
    const zone = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    return zone.toLowerCase() === text.toLowerCase() ? zone : text;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** All zones known, for suggestions. */
export function knownTimezones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

/** Whether the text is an ISO 4217 code, also one that is no longer in use (old orders have them). */
export function isCurrency(text: string): boolean {
  return knownCurrencies().includes(text);
}

export function knownCurrencies(): string[] {
  return Intl.supportedValuesOf('currency');
}

/** The ISO 3166-1 code of a country in capitals, of former and wrong codes (`UK`) the right one; null: there is no such country. */
export function canonicalCountry(text: string): string | null {
  if (!/^[A-Za-z]{2}$/.test(text)) return null;
  const code = Intl.getCanonicalLocales(`und-${text}`)[0]?.slice('und-'.length) ?? '';
  const name = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code);
  // Codes for no country in particular, and for none at all.
  return name === undefined || ['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ'].includes(code) ? null : code;
}

/** A BCP 47 tag in its usual spelling (`pt-br` → `pt-BR`), or null. */
export function canonicalLanguage(text: string): string | null {
  if (text.length > 35) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
