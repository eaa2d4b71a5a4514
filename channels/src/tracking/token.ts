import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseAddress } from '../email/address.ts';
import { decodePayload, encodePayload } from './token-payload.ts';
import type { TokenPayload, TokenPurpose } from './token-payload.ts';
import type { TrackingKey } from './tracking-key.ts';

export type ReadToken<Purpose extends TokenPurpose> =
  | { readonly ok: true; readonly payload: PayloadOf<Purpose> }
  | { readonly ok: false; readonly reason: TokenProblem };

export type TokenProblem = 'malformed' | 'unknown-key' | 'bad-signature' | 'wrong-purpose' | 'expired';

/** The payloads that a purpose can have. */
export type PayloadOf<Purpose extends TokenPurpose> = TokenPayload & { readonly purpose: Purpose };

/** HMAC-SHA256 cut to 128 bits: RFC 2104 §5 allows half, and nobody guesses 2^128 by asking a server. */
const SIGNATURE_BYTES = 16;
/** The longest payload with its signature, in base64url: 2,048 bytes of address and change. */
const TOKEN_LIMIT_CHARACTERS = 3_200;
const DOMAIN = 'samovar link\0';

/** Signs what a link says. Throws RangeError when the payload is beyond its limits: that is a mistake of the caller. */
export function signToken(key: TrackingKey, payload: TokenPayload): string {
  const body = encodePayload(key.id, payload);
  return Buffer.concat([body, signatureOf(key, body)]).toString('base64url');
}

/** Believes a token that one of the keys signed for this very purpose and that has not expired. */
export function readToken<Purpose extends TokenPurpose>(keys: readonly TrackingKey[], purpose: Purpose, token: string, now: number): ReadToken<Purpose> {
  const bytes = decodeToken(token);
  if (bytes === null) return { ok: false, reason: 'malformed' };
  const body = bytes.subarray(0, -SIGNATURE_BYTES);
  const key = keys.find(({ id }) => id === body[1]);
  if (key === undefined) return { ok: false, reason: 'unknown-key' };
  if (!timingSafeEqual(signatureOf(key, body), bytes.subarray(-SIGNATURE_BYTES))) return { ok: false, reason: 'bad-signature' };
  const payload = decodePayload(body);
  if (payload === null) return { ok: false, reason: 'malformed' };
  if (payload.purpose !== purpose) return { ok: false, reason: 'wrong-purpose' };
  if (payload.purpose === 'confirm' && payload.expiresAt < now) return { ok: false, reason: 'expired' };
  return { ok: true, payload: payload as PayloadOf<Purpose> };
}

/** What stands for an address in a link: whoever reads the link does not read the address. */
export function hashAddress(channel: string, address: string): string {
  const parsed = channel === 'email' ? parseAddress(address.trim()) : null;
  const normal = (parsed?.ok === true ? parsed.address : address.trim()).toLowerCase();
  return createHash('sha256').update(`${channel}\0${normal}`).digest('hex').slice(0, 32);
}

function signatureOf(key: TrackingKey, body: Buffer): Buffer {
  return createHmac('sha256', key.key).update(DOMAIN).update(body).digest().subarray(0, SIGNATURE_BYTES);
}

function decodeToken(token: string): Buffer | null {
  if (token.length > TOKEN_LIMIT_CHARACTERS || !/^[A-Za-z0-9_-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // One token, one spelling.
  return bytes.length > SIGNATURE_BYTES + 2 && bytes.toString('base64url') === token ? bytes : null;
}
