import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ChannelConfigError } from '../email/channel-config-error.ts';

/** A secret that signs links. Several can be valid at a time: one signs, all are believed. */
export interface TrackingKey {
  /** Written into the token, 0 to 255. */
  readonly id: number;
  readonly key: KeyObject;
}

/** As long as what HMAC-SHA256 gives; a shorter one would be the weakest part. */
const SECRET_BYTES = 32;

/** Throws {@link ChannelConfigError}. */
export function createTrackingKey(id: number, secret: Uint8Array): TrackingKey {
  if (!Number.isInteger(id) || id < 0 || id > 255) {
    throw new ChannelConfigError('tracking_key_invalid', `${id} is not the number of a key.`, 'Give a whole number from 0 to 255.');
  }
  if (secret.length < SECRET_BYTES) {
    throw new ChannelConfigError('tracking_key_invalid', `The key that signs links has ${secret.length} bytes.`, `Give at least ${SECRET_BYTES} random bytes.`);
  }
  return { id, key: createSecretKey(secret) };
}
