import { DEFINITION_LIMITS } from './limits.ts';

/** Letters and digits of any script in lower case, everything else a hyphen: `Order Completed` → `order-completed`. */
export function slug(text: string): string {
  const hyphenated = text.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}\p{M}_]+/gu, '-');
  const characters = [...hyphenated].slice(0, DEFINITION_LIMITS.maxKeyLength).join('');
  return characters.replace(/^-+|-+$/g, '');
}

const KEY = /^[a-z0-9][a-z0-9_-]*$/;
const STEP_ID = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]*$/u;

/** Keys of definitions: small letters, digits, hyphens, underscores. */
export function isKey(text: string): boolean {
  return KEY.test(text) && text.length <= DEFINITION_LIMITS.maxKeyLength;
}

/** Step ids come from event names too, so letters of any script are allowed. */
export function isStepId(text: string): boolean {
  return STEP_ID.test(text) && text.length <= MAX_STEP_ID_LENGTH;
}

/** A slug with a prefix and a number. */
export const MAX_STEP_ID_LENGTH = 2 * DEFINITION_LIMITS.maxKeyLength;
