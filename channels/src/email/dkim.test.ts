import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { describe, expect, test } from 'vitest';
import { ChannelConfigError } from './channel-config-error.ts';
import { createDkimSigner } from './dkim.ts';
import type { DkimSigner } from './dkim.ts';
import { EXAMPLE_EMAIL } from './example-email.ts';
import { buildMime, joinMime } from './mime.ts';
import type { OutgoingEmail } from './outgoing-email.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const RSA_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem) as string;
const ED25519_KEY = generateKeyPairSync('ed25519').privateKey.export(pem) as string;

const rsa = createDkimSigner({ domain: 'shop.example', selector: 'tea', privateKey: RSA_KEY });
const ed25519 = createDkimSigner({ domain: 'Shop.example', selector: 'ed', privateKey: ED25519_KEY });

async function signed(change: Partial<OutgoingEmail>, signers: readonly DkimSigner[]): Promise<Buffer> {
  const built = buildMime({ ...EXAMPLE_EMAIL, ...change });
  if (built.kind === 'problem') throw new Error(built.reason);
  return joinMime(built, await Promise.all(signers.map((signer) => signer.sign(built))));
}

async function verify(message: Buffer): Promise<readonly string[]> {
  const records = new Map([rsa, ed25519].map(({ dnsRecord }) => [dnsRecord.name, dnsRecord.value]));
  const resolver = async (name: string, type: string): Promise<string[][]> => {
    const value = records.get(name);
    if (type !== 'TXT' || value === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    return [[value]];
  };
  const outcome = await dkimVerify(message, { resolver });
  return outcome.results.map((result) => result.status.result);
}

const BODIES: readonly [string, Partial<OutgoingEmail>][] = [
  ['plain', {}],
  ['Persian, with an encoded and folded subject', { subject: 'سبد خرید شما منتظر شماست؛ همین امروز سفارش خود را کامل کنید', html: '<p>سلام دنیا</p>'.repeat(50), text: 'سلام دنیا' }],
  ['with blanks to be reduced', { html: 'a  b \t c\t\t\n  \n\n\nd   \n\n\n', text: '\n\n' }],
  ['without anything optional', { unsubscribe: null, feedbackId: null, replyTo: null, headers: [], html: '', text: '' }],
  ['with long names and addresses', { to: { name: 'A very long name of somebody who has many names, and titles', address: `${'a'.repeat(60)}@${'b'.repeat(60)}.example` } }],
];

describe.each([['RSA', [rsa]], ['Ed25519', [ed25519]], ['both', [rsa, ed25519]]] as const)('a signature by %s is believed', (_, signers) => {
  test.each(BODIES)('%s', async (_name, change) => {
    const results = await verify(await signed(change, signers));
    expect(results).toEqual(signers.map(() => 'pass'));
  });
});

test('what must be signed is signed, From twice', async () => {
  const names = /h=([^;]*);/.exec((await signed({}, [rsa])).toString('latin1'))?.[1] ?? '';
  expect(names.split(':').map((name) => name.trim())).toEqual([
    'from', 'from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id', 'mime-version', 'content-type',
  ]);
});

test.each<[string, (message: string) => string]>([
  ['body', (message) => message.replace('Hello Ann', 'Hello Eve')],
  ['subject', (message) => message.replace('Subject: Your tea', 'Subject: My tea')],
  ['one-click header', (message) => message.replace('=One-Click', '=Two-Clicks')],
  ['link to unsubscribe', (message) => message.replace('/u/abc', '/u/abd')],
  ['a second From', (message) => `From: eve@example.com\r\n${message}`],
])('a changed message is not believed: %s', async (_, change) => {
  const message = (await signed({}, [rsa])).toString('latin1');
  const results = await verify(Buffer.from(change(message), 'latin1'));
  expect(results).not.toContain('pass');
});

test('lines of the header stay short', async () => {
  const message = (await signed({}, [rsa, ed25519])).toString('latin1');
  for (const line of message.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
});

test('the same mail has the same signature', async () => {
  expect(await signed({}, [rsa, ed25519])).toEqual(await signed({}, [rsa, ed25519]));
});

describe('a key that cannot sign is found when it is configured', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem) as string;
  const short = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export(pem) as string;
  const locked = generateKeyPairSync('ed25519').privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'x' }) as string;
  test.each([
    ['nothing', ''], ['not a key', 'hello'], ['cut', RSA_KEY.slice(0, 200)], ['elliptic curve', ec], ['512 bits', short], ['with a passphrase', locked],
  ])('%s', (_, privateKey) => {
    expect(() => createDkimSigner({ domain: 'shop.example', selector: 'tea', privateKey })).toThrow(ChannelConfigError);
  });

  test.each([['not a domain', 'tea'], ['shop.example', 'a b'], ['shop.example', 'x; d=evil.example'], ['', 'tea']])('domain %j, selector %j', (domain, selector) => {
    expect(() => createDkimSigner({ domain, selector, privateKey: RSA_KEY })).toThrow(ChannelConfigError);
  });
});
