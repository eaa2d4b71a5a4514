import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { formatEmailAddress, isEmailAddress, parseEmailAddress } from './email-address.ts';
import { formatTimeOfDay, parseDateTime, parseTimeOfDay } from './local-time.ts';
import { canonicalLanguage, canonicalTimezone, isCurrency, isTimezone } from './locale.ts';
import { slug } from './slug.ts';
import { didYouMean, nearest } from './suggest.ts';

describe('durations', () => {
  test.each([
    ['90 days', 7_776_000_000],
    ['1 hour', 3_600_000],
    ['1 day 12 hours', 129_600_000],
    ['2 Weeks', 1_209_600_000],
    ['30 seconds', 30_000],
    ['1 hour 1 hour', null],
    ['1.5 hours', null],
    ['hour', null],
    ['-1 day', null],
    ['1 month', null],
    ['1', null],
    ['', null],
  ])('%j is %j', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});

describe('e-mail addresses', () => {
  test.each(['a@b.co', 'first.last+tag@sub.example.com', 'ü@münchen.example', "o'neil@example.com", `${'x'.repeat(64)}@example.com`])('%s is one', (text) => expect(isEmailAddress(text)).toBe(true));
  test.each(['', 'a', '@b.co', 'a@', 'a@b', 'a b@c.de', 'a..b@c.de', '.a@b.de', 'a@b..de', 'a@-b.de', 'a@b.de\n', 'a@b.de>', `${'x'.repeat(65)}@b.de`, `a@${'b.'.repeat(130)}de`, 'a\r\nBcc: x@y.z@b.de'])(
    '%j is none',
    (text) => expect(isEmailAddress(text)).toBe(false),
  );

  test.each([
    ['Shop <a@b.co>', { name: 'Shop', address: 'a@b.co' }],
    ['"Shop, Inc." <a@b.co>', { name: 'Shop, Inc.', address: 'a@b.co' }],
    ['<a@b.co>', { name: null, address: 'a@b.co' }],
    ['a@b.co', { name: null, address: 'a@b.co' }],
    ['فروشگاه <a@b.co>', { name: 'فروشگاه', address: 'a@b.co' }],
    ['Shop\nBcc: x <a@b.co>', null],
    ['Shop <a@b.co', null],
    ['Shop', null],
  ])('%j', (text, expected) => {
    expect(parseEmailAddress(text)).toEqual(expected);
    expect(expected === null ? null : parseEmailAddress(formatEmailAddress(expected))).toEqual(expected);
  });
});

test('times of day and dates', () => {
  expect(parseTimeOfDay('21:05')).toBe(1265);
  expect(formatTimeOfDay(1265)).toBe('21:05');
  expect(['24:00', '21:60', '21', ''].map(parseTimeOfDay)).toEqual([null, null, null, null]);
  expect(parseDateTime('2026-03-28 10:00')).toEqual({ kind: 'local', local: '2026-03-28T10:00:00' });
  expect(parseDateTime('2026-03-28T10:00:30Z')).toEqual({ kind: 'instant', at: Date.UTC(2026, 2, 28, 10, 0, 30) });
  expect(['2026-02-29 10:00', '2026-13-01 10:00', '2026-03-28', '2026-03-28 24:00', '28.03.2026 10:00'].map(parseDateTime)).toEqual([null, null, null, null, null]);
});

test('zones, currencies, languages', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires'].every(isTimezone)).toBe(true);
  expect(['', 'Berlin', '+02:00', 'Europe/Atlantis', 'x'.repeat(100)].some(isTimezone)).toBe(false);
  expect(canonicalTimezone('europe/berlin')).toBe('Europe/Berlin');
  expect(canonicalTimezone('Asia/Kolkata')).toBe('Asia/Kolkata');
  expect(['EUR', 'USD', 'IRR'].every(isCurrency)).toBe(true);
  expect(['eur', 'EURO', ''].some(isCurrency)).toBe(false);
  expect(['pt-br', 'FA', 'x y', ''].map(canonicalLanguage)).toEqual(['pt-BR', 'fa', null, null]);
});

test('slugs keep letters of all scripts', () => {
  expect(['Order Completed', '  a--b  ', 'سفارش شد', 'Ünï', '!!!'].map(slug)).toEqual(['order-completed', 'a-b', 'سفارش-شد', 'ünï', '']);
});

test('suggestions', () => {
  expect(nearest('tempalte', ['template', 'segment'])).toBe('template');
  expect(nearest('xyz', ['template', 'segment'])).toBe(null);
  expect(didYouMean('zzz', [])).toBe('There is none yet.');
  expect(didYouMean('zzz', ['a', 'b'])).toBe('Known here: `a`, `b`.');
});
