import { describe, expect, it } from 'vitest';
import { categoryKey, commonSpelling, isPlaceholder, plainDigits, tidyText } from './category-key.ts';

describe('categoryKey', () => {
  it.each([
    ['case and space', ['Premium', ' premium', 'PREMIUM  ', 'pre-mium']],
    ['Persian and Arabic letters', ['کتابی', 'كتابي', 'كتابى', 'کتـابی']],
    ['the Persian half space', ['می‌خواهم', 'می خواهم', 'میخواهم']],
    ['Arabic vowel signs and hamza', ['مُدِير', 'مدير', 'مدیر']],
    ['forms of alef and the closed teh', ['أحمد القاهرة', 'احمد القاهره', 'إحمد القاهرة']],
    ['forms of presentation', ['ﻛﺘﺎﺏ', 'كتاب']],
    ['the hamza above heh', ['متحدهٔ', 'متحده', 'متحدۀ']],
    ['niqqud', ['שָׁלוֹם', 'שלום']],
    ['Hebrew quotes', ['ארה״ב', 'ארה"ב']],
    ['digits', ['طبقه ۱۲', 'طبقه ١٢', 'طبقه 12']],
    ['full width', ['ＶＩＰ１', 'vip1']],
    ['marks that nobody sees', ['\u200fגבר\u200e', 'גבר', '\ufeffגבר']],
  ])('is the same in spite of %s', (_what, spellings) => {
    expect(new Set(spellings.map(categoryKey)).size).toBe(1);
  });

  it.each([['red', 'read'], ['كتاب', 'كتب'], ['תל אביב', 'תל אבו'], ['۱۲', '۲۱'], ['café', 'cafe'], ['-', '_ _']])('tells %s from %s', (a, b) => {
    expect(categoryKey(a)).not.toBe(categoryKey(b));
  });
});

it('reads the digits of both scripts', () => {
  expect(plainDigits('۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 7')).toBe('0123456789 0123456789 7');
});

it('tidies what people see', () => {
  expect(tidyText(' \u200fنیم\u200cفاصله \u00a0 خوب ')).toBe('نیم فاصله خوب');
});

it('proposes the spelling that most contacts bear', () => {
  expect(commonSpelling([{ value: 'GOLD', contacts: 2 }, { value: ' Gold ', contacts: 5 }, { value: 'gold', contacts: 1 }])).toBe('Gold');
  expect(commonSpelling([{ value: 'b', contacts: 1 }, { value: 'B', contacts: 1 }])).toBe('B');
  expect(commonSpelling([])).toBeNull();
});

it.each([['', true], [' - ', true], ['؟؟', true], ['N/A', true], ['Unspecified', true], ['غير محدد', true], ['نامشخص', true], ['לא ידוע', true], ['0', false], ['Nana', false], ['אינה', false]])('knows whether %j says nothing: %s', (text, nothing) => {
  expect(isPlaceholder(text)).toBe(nothing);
});
