import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChannelConfigError } from '../email/channel-config-error.ts';
import { hashAddress, readToken, signToken } from './token.ts';
import { TOKEN_LIMITS } from './token-payload.ts';
import type { TokenPayload } from './token-payload.ts';
import { createTrackingKey } from './tracking-key.ts';

const key = createTrackingKey(1, Buffer.alloc(32, 7));
const NOW = 1_700_000_000_000;
const MESSAGE = '018f4e1c-1234-7000-8000-00000000000a';
const CONTACT = 'ffeeddcc-bbaa-8999-8877-665544332211';
const subscription = { workspaceId: 3, contactId: CONTACT, channel: 'email', topic: 'news', addressHash: hashAddress('email', 'ann@example.com') };

const PAYLOADS: readonly TokenPayload[] = [
  { purpose: 'click', workspaceId: 4_294_967_295, messageId: MESSAGE, contactId: CONTACT, linkIndex: 65_535, url: 'https://shop.example/tea?a=1&b=ü#x' },
  { purpose: 'open', workspaceId: 1, messageId: MESSAGE, contactId: CONTACT },
  { purpose: 'unsubscribe', messageId: MESSAGE, ...subscription },
  { purpose: 'unsubscribe', messageId: null, ...subscription, topic: null },
  { purpose: 'preferences', messageId: MESSAGE, ...subscription, topic: '' },
  { purpose: 'confirm', workspaceId: 3, contactId: CONTACT, messageId: MESSAGE, address: 'ann@example.com', topics: ['news', 'خبر'], wordingVersion: null, expiresAt: NOW + 1 },
  { purpose: 'confirm', workspaceId: 3, contactId: CONTACT, messageId: MESSAGE, address: 'ann@example.com', topics: [], wordingVersion: '2026-03', expiresAt: NOW },
];

test.each(PAYLOADS)('$purpose comes back as it went', (payload) => {
  const token = signToken(key, payload);
  expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(readToken([key], payload.purpose, token, NOW)).toEqual({ ok: true, payload });
});

test('any address comes back, and the token stays short', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.nat(65_535), (url, linkIndex) => {
      const payload = { purpose: 'click', workspaceId: 1, messageId: MESSAGE, contactId: CONTACT, linkIndex, url } as const;
      const token = signToken(key, payload);
      expect(readToken([key], 'click', token, NOW)).toEqual({ ok: true, payload });
      expect(token.length).toBeLessThanOrEqual(Math.ceil((56 + Buffer.byteLength(url)) / 3) * 4);
    }),
  );
});

describe('nothing else is believed', () => {
  test('a token for another purpose', () => {
    for (const payload of PAYLOADS) {
      for (const purpose of ['click', 'open', 'unsubscribe', 'preferences', 'confirm'] as const) {
        expect(readToken([key], purpose, signToken(key, payload), NOW).ok).toBe(purpose === payload.purpose);
      }
    }
  });

  test('a token with any bit changed', () => {
    for (const payload of PAYLOADS) {
      const bytes = Buffer.from(signToken(key, payload), 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(readToken([key], payload.purpose, changed.toString('base64url'), NOW).ok).toBe(false);
      }
    }
  });

  test('a token cut or lengthened, or spelt otherwise', () => {
    const token = signToken(key, PAYLOADS[0] as TokenPayload);
    for (let length = 0; length < token.length; length++) expect(readToken([key], 'click', token.slice(0, length), NOW).ok).toBe(false);
    for (const other of [`${token}A`, `${token}=`, ` ${token}`, `${token}\n`, `+${token.slice(1)}`, `${'A'.repeat(5_000)}`, '', '%00']) {
      expect(readToken([key], 'click', other, NOW).ok).toBe(false);
    }
  });

  test('random bytes', () => {
    for (let count = 0; count < 500; count++) expect(readToken([key], 'open', randomBytes(54).toString('base64url'), NOW).ok).toBe(false);
  });

  test('a confirmation after its time', () => {
    const token = signToken(key, PAYLOADS[5] as TokenPayload);
    expect(readToken([key], 'confirm', token, NOW + 1).ok).toBe(true);
    expect(readToken([key], 'confirm', token, NOW + 2)).toEqual({ ok: false, reason: 'expired' });
  });
});

describe('keys', () => {
  const newer = createTrackingKey(2, Buffer.alloc(32, 9));
  const stranger = createTrackingKey(1, Buffer.alloc(32, 8));
  const token = signToken(key, PAYLOADS[1] as TokenPayload);

  test('can be several; each token is checked with its own', () => {
    expect(readToken([newer, key], 'open', token, NOW).ok).toBe(true);
    expect(readToken([newer, key], 'open', signToken(newer, PAYLOADS[1] as TokenPayload), NOW).ok).toBe(true);
  });

  test('that were withdrawn or are of somebody else do not count', () => {
    expect(readToken([newer], 'open', token, NOW)).toEqual({ ok: false, reason: 'unknown-key' });
    expect(readToken([stranger], 'open', token, NOW)).toEqual({ ok: false, reason: 'bad-signature' });
    expect(readToken([], 'open', token, NOW).ok).toBe(false);
  });

  test('must be long enough and have a number', () => {
    expect(() => createTrackingKey(1, Buffer.alloc(31))).toThrow(ChannelConfigError);
    expect(() => createTrackingKey(256, Buffer.alloc(32))).toThrow(ChannelConfigError);
    expect(() => createTrackingKey(-1, Buffer.alloc(32))).toThrow(ChannelConfigError);
  });
});

test.each<[string, Partial<Record<string, unknown>>]>([
  ['not http', { url: 'javascript:alert(1)' }],
  ['too long', { url: `https://a.example/${'x'.repeat(TOKEN_LIMITS.urlBytes)}` }],
  ['no uuid', { messageId: 'x' }],
  ['link index', { linkIndex: 65_536 }],
  ['workspace', { workspaceId: -1 }],
])('what cannot be packed is not signed: %s', (_, change) => {
  expect(() => signToken(key, { ...(PAYLOADS[0] as TokenPayload), ...change } as TokenPayload)).toThrow(RangeError);
});

test('a URL of exactly the limit is signed and read', () => {
  const url = `https://a.example/${'x'.repeat(TOKEN_LIMITS.urlBytes - 18)}`;
  const token = signToken(key, { purpose: 'click', workspaceId: 1, messageId: MESSAGE, contactId: CONTACT, linkIndex: 0, url });
  expect(readToken([key], 'click', token, NOW).ok).toBe(true);
});

test('an address has one hash however it is written', () => {
  expect(hashAddress('email', ' Ann@Bücher.example ')).toBe(hashAddress('email', 'ann@xn--bcher-kva.example'));
  expect(hashAddress('email', 'ann@example.com')).not.toBe(hashAddress('sms', 'ann@example.com'));
});
