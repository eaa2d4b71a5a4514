import { describe, expect, it } from 'vitest';
import { canonicalCountry, countryName } from './country.ts';
import { COUNTRY_CODES } from './country-codes.ts';

describe('canonicalCountry', () => {
  it.each([
    ['IR', 'ir IRN Iran iran. Persia ایران إيران ايران איראן'],
    ['US', 'us USA U.S.A. United_States the_United_States United_States_of_America الولايات_المتحدة_الأمريكية ایالات_متحدهٔ_آمریکا آمریکا ארצות_הברית ארה״ב ארה"ב'],
    ['GB', 'GB UK u.k. GBR United_Kingdom UNITED__KINGDOM England المملكة_المتحدة انگلستان بریتانیا בריטניה'],
    ['SA', 'KSA Saudi_Arabia السعودية المملكة_العربية_السعودية عربستان عربستان_سعودی ערב_הסעודית'],
    ['AE', 'UAE الإمارات الامارات_العربية_المتحده امارات_متحده_عربی'],
    ['IL', 'Israel إسرائيل اسرائیل ישראל'],
    ['EG', 'Egypt مصر מצרים'],
    ['TR', 'Turkey Türkiye ترکیه تركيا טורקיה'],
    ['IE', 'EIRE Ireland'], ['ZA', 'RSA South_Africa'], ['CZ', 'Czech_Republic Czechia'], ['BA', 'Bosnia_&_Herzegovina Bosnia_and_Herzegovina'], ['NL', 'The_Netherlands Holland'],
    ['AF', 'أفغانستان افغانستان'], ['IQ', 'العراق عراق'], ['DE', 'ألمانيا آلمان Deutschland גרמניה'], ['XK', 'Kosovo XKX'],
  ])('knows %s as %s', (code, names) => {
    for (const name of names.split(' ')) expect([name, canonicalCountry(name.replaceAll('_', ' '))]).toEqual([name, code]);
  });

  it.each(['', '?', 'Unspecified', 'European Community', 'Channel Islands', 'Atlantis', 'XX', 'نامعلوم'])('does not guess at %j', (name) => {
    expect(canonicalCountry(name)).toBeNull();
  });

  it('knows every country by its name in every language, and no name means two', () => {
    for (const language of ['en', 'ar', 'fa', 'he']) {
      for (const { alpha2, alpha3 } of COUNTRY_CODES) {
        for (const name of [alpha2, alpha3, countryName(alpha2, language)]) expect([language, name, canonicalCountry(name)]).toEqual([language, name, alpha2]);
      }
    }
  });
});
