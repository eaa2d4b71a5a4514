import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { asciiDomain } from './address.ts';
import { ChannelConfigError } from './channel-config-error.ts';
import type { MimeMessage } from './mime.ts';

export interface DkimConfig {
  readonly domain: string;
  readonly selector: string;
  /** PEM, RSA (1024 bits or more; 2048 is usual) or Ed25519. */
  readonly privateKey: string;
}

export interface DkimSigner {
  readonly domain: string;
  readonly selector: string;
  /** What must stand in DNS for the signatures to be believed. */
  readonly dnsRecord: { readonly name: string; readonly value: string };
  /** The whole `DKIM-Signature` header, folded, without the last line end. */
  sign(message: MimeMessage): Promise<string>;
}

/** RFC 8301 §3.2: shorter keys must not be believed; longer ones need not be understood. */
const RSA_BITS = { least: 1024, most: 4096 } as const;

/**
 * Signed when present. From stands twice, so that nobody can add a second one; RFC 8058 §4 wants both List-Unsubscribe
 * headers signed.
 */
const SIGNED_HEADERS = [
  'from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post',
  'feedback-id', 'mime-version', 'content-type',
] as const;
const OVERSIGNED_HEADER = 'from';

interface Algorithm {
  readonly name: 'rsa-sha256' | 'ed25519-sha256';
  readonly keyType: 'rsa' | 'ed25519';
}

// Signs on the thread pool: 0.7 ms of RSA would otherwise stop everything else in the process.
const signAsync = promisify((algorithm: string | null, data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void): void => {
  signBytes(algorithm, data, key, done);
});

/** Reads the key once. Throws {@link ChannelConfigError}: a mail never goes unsigned for want of a key. */
export function createDkimSigner(config: DkimConfig): DkimSigner {
  const domain = asciiDomain(config.domain);
  const { selector } = config;
  if (domain === null) throw new ChannelConfigError('dkim_name_invalid', `“${config.domain}” is not a domain.`, 'Give the domain of the sender, such as shop.example.');
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(selector)) {
    throw new ChannelConfigError('dkim_name_invalid', `“${selector}” is not a DKIM selector.`, 'Letters, digits and hyphens, as in the DNS record SELECTOR._domainkey.');
  }
  const key = readKey(config.privateKey);
  const algorithm = algorithmOf(key);
  return {
    domain,
    selector,
    dnsRecord: { name: `${selector}._domainkey.${domain}`, value: recordOf(key, algorithm) },
    async sign(message) {
      const unsigned = writeUnsigned(message, { domain, selector, algorithm });
      const data = Buffer.from(canonicalHeaders(message, unsigned), 'latin1');
      const signature =
        algorithm.keyType === 'rsa'
          ? await signAsync('sha256', data, key)
          : await signAsync(null, createHash('sha256').update(data).digest(), key);
      return unsigned + signature.toString('base64').replace(/(.{72})(?=.)/g, '$1\r\n ');
    },
  };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChannelConfigError('dkim_key_invalid', `The DKIM key cannot be read: ${reason}.`, 'Give a private key in PEM, without a passphrase.');
  }
}

function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'ed25519') return { name: 'ed25519-sha256', keyType: 'ed25519' };
  const mend = 'Make one with: openssl genrsa 2048';
  if (key.asymmetricKeyType !== 'rsa') {
    throw new ChannelConfigError('dkim_key_invalid', `DKIM has no signatures by ${key.asymmetricKeyType ?? 'such'} keys.`, mend);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    throw new ChannelConfigError('dkim_key_invalid', `The DKIM key has ${bits} bits; ${RSA_BITS.least} to ${RSA_BITS.most} are believed.`, mend);
  }
  return { name: 'rsa-sha256', keyType: 'rsa' };
}

function recordOf(key: KeyObject, algorithm: Algorithm): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // RFC 8463 §4.2: for Ed25519 the bare key, which is the end of the DER.
  const data = algorithm.keyType === 'rsa' ? der : der.subarray(-32);
  return `v=DKIM1; k=${algorithm.keyType}; p=${data.toString('base64')}`;
}

interface SignatureParts {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: Algorithm;
}

function writeUnsigned(message: MimeMessage, { domain, selector, algorithm }: SignatureParts): string {
  const bodyHash = hashBody(message.body);
  const names = signedNames(message).join(':').replace(/(.{50,66}:)(?=.)/g, '$1\r\n  ');
  return `DKIM-Signature: v=1; a=${algorithm.name}; c=relaxed/relaxed;\r\n d=${domain}; s=${selector};\r\n h=${names};\r\n bh=${bodyHash};\r\n b=`;
}

function signedNames(message: MimeMessage): string[] {
  const present = new Set(message.headers.map((header) => header.name.toLowerCase()));
  const names: string[] = SIGNED_HEADERS.filter((name) => present.has(name));
  return [OVERSIGNED_HEADER, ...names];
}

function canonicalHeaders(message: MimeMessage, signature: string): string {
  const lines: string[] = [];
  const byName = new Map(message.headers.map((header) => [header.name.toLowerCase(), header.line]));
  for (const name of SIGNED_HEADERS) {
    const line = byName.get(name);
    if (line !== undefined) lines.push(canonicalHeader(line));
  }
  lines.push(canonicalHeader(signature));
  return lines.join('\r\n');
}

/** RFC 6376 §3.4.2. */
function canonicalHeader(line: string): string {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).replace(/[ \t\r\n]+/g, ' ').trim();
  return `${line.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** RFC 6376 §3.4.4, with a short cut for bodies that are canonical already, as most are. */
function hashBody(body: Buffer): string {
  const endsOnce = body.length > 4 && body.subarray(-2).equals(LINE_END) && !body.subarray(-4, -2).equals(LINE_END);
  const isCanonical = endsOnce && !body.includes('  ') && !body.includes('\t') && !body.includes(' \r\n');
  return createHash('sha256').update(isCanonical ? body : canonicalBody(body)).digest('base64');
}

const LINE_END = Buffer.from('\r\n', 'latin1');
const CR = 13;
const LF = 10;
const TAB = 9;
const SPACE = 32;

function canonicalBody(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length + 2);
  let length = 0;
  /** Length up to the last line with something in it. */
  let filled = 0;
  let hasBlank = false;
  for (const byte of body) {
    if (byte === SPACE || byte === TAB) {
      hasBlank = true;
    } else if (byte === CR || byte === LF) {
      hasBlank = false;
      out[length++] = byte;
    } else {
      if (hasBlank) out[length++] = SPACE;
      hasBlank = false;
      out[length++] = byte;
      filled = length;
    }
  }
  if (filled === 0) return out.subarray(0, 0);
  LINE_END.copy(out, filled);
  return out.subarray(0, filled + 2);
}
