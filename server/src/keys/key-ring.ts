import { findKey, keyDigestOf } from '@samovar/store';
import type { Database, ListedKey } from '@samovar/store';

/** A revoked key works for so long at most on servers that did not revoke it themselves. */
const TTL_MS = 10_000;

/** Keys remembered at once, wrong ones included: a stranger trying keys must not fill the memory. */
const CACHE_LIMIT = 10_000;

/** Longer ones cannot be keys; they are not even looked up. */
const KEY_LENGTH_LIMIT = 200;

interface Remembered {
  key: Promise<ListedKey | null>;
  until: number;
}

/** Finds the key that a request bears, remembering it for a few seconds so that events do not cost a look-up each. */
export class KeyRing {
  readonly #db: Database;
  readonly #remembered = new Map<string, Remembered>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** The key, or null when there is none like this or it was revoked. */
  async find(clearKey: string): Promise<ListedKey | null> {
    if (clearKey === '' || clearKey.length > KEY_LENGTH_LIMIT) return null;
    // Measured by the computer's own clock: a virtual one may stand still.
    const now = performance.now();
    const known = this.#remembered.get(clearKey);
    if (known !== undefined && known.until > now) return known.key;
    const key = this.#lookUp(clearKey);
    if (this.#remembered.size >= CACHE_LIMIT) this.#remembered.clear();
    this.#remembered.set(clearKey, { key, until: now + TTL_MS });
    // A failed look-up is not an answer.
    key.catch(() => this.#remembered.delete(clearKey));
    return key;
  }

  /** Forgets all keys, so that one just made or revoked counts at once. */
  forget(): void {
    this.#remembered.clear();
  }

  async #lookUp(clearKey: string): Promise<ListedKey | null> {
    const key = await findKey(this.#db, keyDigestOf(clearKey));
    return key?.revokedAt === null ? key : null;
  }
}
