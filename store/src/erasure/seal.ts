import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { ContactId } from '@samovar/core';
import type { SigningKey } from '../workspaces/workspaces.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

function keyOf({ secret }: SigningKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'samovar erasures', 32));
}

/** Names contacts so that only an installation with the key can tell which they are. */
export function sealContacts(ids: readonly ContactId[], key: SigningKey): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(key), iv);
  const sealed = [cipher.update(ids.join('\n')), cipher.final()];
  return `${key.keyId}.${Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64url')}`;
}

/** The contacts again; null: none of the keys is the one, or the text is damaged. */
export function openContacts(text: string, keys: readonly SigningKey[]): ContactId[] | null {
  const [, keyId, body = ''] = /^(\d+)\.([\w-]+)$/.exec(text) ?? [];
  const key = keys.find((one) => String(one.keyId) === keyId);
  const bytes = Buffer.from(body, 'base64url');
  if (key === undefined || bytes.length < IV_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, keyOf(key), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    return opened === '' ? [] : (opened.split('\n') as ContactId[]);
  } catch (error) {
    // Sealed with another key of the same number, or changed since.
    if (error instanceof Error) return null;
    throw error;
  }
}
