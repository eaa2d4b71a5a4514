import { describe, expect, it } from 'vitest';
import { isListedDomain, judgeAddress, mailboxKey } from './address.ts';

describe('judgeAddress', () => {
  it.each([
    ['ada@shop.com', 'ada', 'shop.com', false],
    ['  Ada.Lovelace+news@Shop.COM ', 'Ada.Lovelace+news', 'shop.com', false],
    ["o'neill@mail.shop.co.uk", "o'neill", 'mail.shop.co.uk', false],
    ['علی@دامنه.ایران', 'علی', 'xn--mgbp1eef.xn--mgba3a4f16a', false],
    ['שרה@דוגמה.ישראל', 'שרה', 'xn--6dbbec0c.xn--4dbrk0ce', false],
    ['info@shop.com', 'info', 'shop.com', true],
    ['No-Reply@shop.com', 'No-Reply', 'shop.com', true],
    ['sales+de@shop.com', 'sales+de', 'shop.com', true],
    ['informatics@shop.com', 'informatics', 'shop.com', false],
  ])('takes %s', (text, local, domain, role) => {
    expect(judgeAddress(text)).toEqual({ kind: 'valid', local, domain, role });
  });

  it.each([
    ['', 'no-at'], ['ada', 'no-at'], ['@shop.com', 'no-local-part'], ['ada@bob@shop.com', 'several-at'], ['ada @shop.com', 'space'], ['ada@shop .com', 'space'],
    ['.ada@shop.com', 'dots'], ['ada.@shop.com', 'dots'], ['a..da@shop.com', 'dots'], ['a(da@shop.com', 'bad-character'], ['a,da@shop.com', 'bad-character'],
    ['ada\u200b@shop.com', 'bad-character'], ['\u202aada@shop.com', 'bad-character'], ['ada@', 'bad-domain'], ['ada@shop..com', 'bad-domain'], ['ada@-shop.com', 'bad-domain'],
    ['ada@shop_x.com', 'bad-domain'], ['ada@shop.com/x', 'bad-domain'], ['ada@shop', 'no-top-level-domain'], ['ada@shop.c', 'no-top-level-domain'],
    ['ada@192.0.2.1', 'ip-address'], ['ada@[192.0.2.1]', 'ip-address'], ['ada@example.com', 'reserved-domain'], ['ada@shop.invalid', 'reserved-domain'], ['ada@localhost', 'reserved-domain'],
    [`${'a'.repeat(65)}@shop.com`, 'too-long'], [`${'é'.repeat(33)}@shop.com`, 'too-long'], [`${'a'.repeat(60)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`, 'too-long'],
  ])('refuses %j: %s', (text, problem) => {
    expect(judgeAddress(text)).toEqual({ kind: 'invalid', problem });
  });

  it('takes what is exactly as long as it may be', () => {
    expect(judgeAddress(`${'a'.repeat(64)}@shop.com`).kind).toBe('valid');
    expect(judgeAddress(`a@${'b'.repeat(63)}.com`).kind).toBe('valid');
    expect(judgeAddress(`a@${'b'.repeat(64)}.com`).kind).toBe('invalid');
  });
});

describe('mailboxKey', () => {
  it.each([
    ['Ada.Love.Lace+x@gmail.com', 'adalovelace@gmail.com'], ['adalovelace@googlemail.com', 'adalovelace@gmail.com'], ['ada+x@outlook.com', 'ada@outlook.com'],
    ['a.da+x@shop.com', 'a.da+x@shop.com'], ['ADA@SHOP.COM', 'ada@shop.com'], ['ada@pm.me', 'ada@proton.me'], ['+x@gmail.com', '+x@gmail.com'], ['nothing', null], ['ada@example.com', null],
  ])('of %s is %s', (text, key) => {
    expect(mailboxKey(text)).toBe(key);
  });
});

it('finds a domain on a list by itself or by one that it is part of', () => {
  const listed = (domain: string): boolean => domain === 'throw.away';
  expect(['throw.away', 'x.y.throw.away', 'notthrow.away', 'away'].map((domain) => isListedDomain(domain, listed))).toEqual([true, true, false, false]);
});
