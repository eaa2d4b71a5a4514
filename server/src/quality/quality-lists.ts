import type { QualityLists } from '@samovar/core';

/** Loaded when a report is made and not before: the lists are long, and a server that makes none needs none. */
export async function loadQualityLists(): Promise<QualityLists> {
  const [{ isbot }, { disposableEmailBlocklistSet }, { parsePhoneNumberFromString, isSupportedCountry }] = await Promise.all([
    import('isbot'), import('disposable-email-domains-js'), import('libphonenumber-js'),
  ]);
  const disposable = disposableEmailBlocklistSet();
  return {
    isProgram: (userAgent) => isbot(userAgent),
    isDisposable: (domain) => disposable.has(domain),
    readPhone: (text, country) => {
      const number = parsePhoneNumberFromString(text, country !== null && isSupportedCountry(country) ? { defaultCountry: country } : {});
      return number?.isPossible() === true ? number.number : null;
    },
  };
}
