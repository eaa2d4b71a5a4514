import { describe, expect, test } from 'vitest';
import { asciiDomain, parseAddress } from './address.ts';

describe('parseAddress', () => {
  test.each([
    ['ann@example.com', 'ann@example.com'],
    ['Ann.Lee+tea@Example.COM', 'Ann.Lee+tea@example.com'],
    ["o'neil@example.co.uk", "o'neil@example.co.uk"],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@例え.jp', 'ann@xn--r8jz45g.jp'],
    ['ann@localhost', 'ann@localhost'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%s is %s', (text, address) => expect(parseAddress(text)).toMatchObject({ ok: true, address }));

  test.each([
    '', '@', 'ann', '@example.com', 'ann@', 'a b@example.com', 'ann@exa mple.com', 'ann@@example.com', '.ann@example.com', 'ann.@example.com',
    'a..b@example.com', '"ann"@example.com', '<ann@example.com>', 'ann@example.com>', 'ann@example.com\r\nRCPT TO:<x@y.example>', 'ann\n@example.com',
    'ann@example.com\u0000', 'ann@-a.example', 'ann@a-.example', 'ann@a..example', 'ann@.example', 'ann@example.com.', 'ann@127.0.0.1', 'ann@[127.0.0.1]',
    'ann@a%2eexample', 'ann@a/b.example', 'ann@xn--\u00ad.example', 'سارا@example.com', `${'a'.repeat(65)}@example.com`, `ann@${'a'.repeat(64)}.example`,
    `ann@${'a.'.repeat(126)}example`, 'ann@exam_ple.com', 'ann@example.com,bob@example.com', 'ann@bücher.example\r\n',
  ])('%j is none', (text) => expect(parseAddress(text).ok).toBe(false));
});

test('asciiDomain refuses what a URL would understand otherwise', () => {
  expect(asciiDomain('0x7f.1')).toBeNull();
  expect(asciiDomain('bücher.example:25')).toBeNull();
  expect(asciiDomain('user@bücher.example')).toBeNull();
});
