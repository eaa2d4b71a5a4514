import { describe, expect, test } from 'vitest';
import { chooseLanguage, directionOf, isLanguageTag } from './choose-language.ts';

describe('chooseLanguage', () => {
  test.each([
    [['en', 'fa'], 'fa-IR', 'en', 'fa'],
    [['en', 'fa'], 'FA_ir', 'en', 'fa'],
    [['en', 'fa-IR'], 'fa', 'en', 'fa-IR'],
    [['en', 'pt', 'pt-BR'], 'pt-BR', 'en', 'pt-BR'],
    [['en', 'pt', 'pt-BR'], 'pt-PT', 'en', 'pt'],
    [['en', 'zh-Hant'], 'zh-Hant-TW', 'en', 'zh-Hant'],
    [['en', 'de'], 'he', 'de', 'de'],
    [['en', 'de'], null, 'de-AT', 'de'],
    [['en', 'de'], 'xx', 'yy', 'en'],
    [['en', 'de'], '', 'de', 'de'],
  ])('%j wants %j, falls back to %j: %j', (available, wanted, fallback, expected) => {
    expect(chooseLanguage(available, wanted, fallback)).toBe(expected);
  });

  test('no language at all is a mistake of the caller', () => {
    expect(() => chooseLanguage([], 'en', 'en')).toThrow(RangeError);
  });
});

describe('directionOf', () => {
  test.each([
    ['ar', 'rtl'], ['fa-IR', 'rtl'], ['he', 'rtl'], ['ur', 'rtl'], ['ckb', 'rtl'], ['en', 'ltr'], ['de-AT', 'ltr'],
    ['az-Arab', 'rtl'], ['az', 'ltr'], ['ar-Latn', 'ltr'], ['pa-Arab-PK', 'rtl'], ['ku', 'ltr'],
  ])('%s is %s', (language, direction) => expect(directionOf(language)).toBe(direction));
});

test('isLanguageTag accepts what is a tag and nothing else', () => {
  expect(['en', 'fa-IR', 'zh-Hant-TW', 'es-419'].every(isLanguageTag)).toBe(true);
  expect(['', 'english language', 'e', 'en-', '__proto__', 'en/../'].some(isLanguageTag)).toBe(false);
});
