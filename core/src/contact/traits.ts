import type { Json, JsonObject } from '../event/json.ts';
import { own, put } from '../event/own.ts';
import { tieOf } from '../event/tie.ts';
import { eachAt, valueAt } from '../event/path.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { ContactId } from '../identity/ids.ts';
import type { Millis } from '../time.ts';
import type { ContactState, TraitEntry } from './contact-state.ts';

/** Most traits of one contact; more is a program writing keys instead of values. */
export const TRAIT_COUNT_LIMIT = 500;

/** The value of a trait at a dotted path whose first part is `root`. */
export function traitAt(contact: ContactState, root: string, path: string): Json | undefined {
  const whole = own(contact.traits, path);
  if (whole !== undefined) return whole.value;
  const entry = own(contact.traits, root);
  if (entry === undefined || root === path) return entry?.value;
  if (entry.value === null || typeof entry.value !== 'object') return undefined;
  return valueAt(entry.value as JsonObject, path.slice(root.length + 1));
}

/** The value for every element that a `*` of the path stands for; without one, the one value at the path. */
export function traitValuesAt(contact: ContactState, root: string, path: string): (Json | undefined)[] {
  if (!path.includes('*') || Object.hasOwn(contact.traits, path)) return [traitAt(contact, root, path)];
  const value = own(contact.traits, root)?.value ?? null;
  return value === null || typeof value !== 'object' ? [] : eachAt(value as JsonObject, path.slice(root.length + 1));
}

/** All traits as plain values, as templates and people see them. */
export function traitValues(contact: ContactState): JsonObject {
  const values: JsonObject = {};
  for (const [name, entry] of Object.entries(contact.traits)) put(values, name, entry.value);
  return values;
}

export interface TraitWrite {
  at: Millis;
  messageId: string;
  trusted: boolean;
  /** The part of the contact that was told; absent: the contact itself. */
  owner?: ContactId;
}

/** How an event writes traits; `owner`: the part of the contact that was told; null: the contact itself. */
export function traitWriteOf({ occurredAt, messageId, trusted }: TrackedEvent, owner: ContactId | null): TraitWrite {
  return { at: occurredAt, messageId, trusted, ...(owner === null ? {} : { owner }) };
}

/**
 * Writes traits, each the latest by (time it happened, id of the event), whatever order they arrive in.
 * null removes a trait. What a server key has set, a browser cannot change.
 * @returns the names of those with another value, or with the same since another time
 */
export function writeTraits(contact: ContactState, traits: JsonObject, write: TraitWrite): string[] {
  const names = Object.keys(traits);
  if (names.length === 0) return [];
  const tie = tieOf(write.messageId);
  let free = TRAIT_COUNT_LIMIT - Object.keys(contact.traits).length;
  const changed: string[] = [];
  for (const name of names) {
    const entry: TraitEntry = { value: traits[name] ?? null, at: write.at, tie, verified: write.trusted, since: write.at };
    if (write.owner !== undefined) entry.owner = write.owner;
    const before = own(contact.traits, name);
    if (before === undefined && free <= 0) continue;
    if (before !== undefined && !supersedes(entry, before)) {
      if (breaks(entry, before)) {
        put(contact.traits, name, { ...before, since: before.at });
        changed.push(name);
      }
      continue;
    }
    if (before === undefined) free -= 1;
    const isSame = sameValue(before?.value ?? null, entry.value);
    if (isSame && before !== undefined) entry.since = Math.min(before.since, entry.since);
    if (!isSame || entry.since !== before?.since) changed.push(name);
    put(contact.traits, name, entry);
  }
  return changed;
}

/**
 * What two contacts, now one, were told of a trait: the later write, and if both say the same, since the earlier of the
 * times. What the other was told in between ends that time, as it does when a write arrives late.
 */
export function joinTrait(mine: TraitEntry, theirs: TraitEntry): TraitEntry {
  const [later, earlier] = supersedes(theirs, mine) ? [theirs, mine] : [mine, theirs];
  if (sameValue(later.value, earlier.value)) return { ...later, since: Math.min(later.since, earlier.since) };
  return breaks(earlier, later) ? { ...later, since: later.at } : later;
}

/**
 * Whether a write that comes too late to count shows that the value was another meanwhile. Since when it has been what it
 * is cannot be told then, but it was so at the time of its write.
 */
function breaks(late: TraitEntry, entry: TraitEntry): boolean {
  return late.verified === entry.verified && late.at > entry.since && !sameValue(late.value, entry.value) && entry.since !== entry.at;
}

function sameValue(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether `entry` takes the place of `before`; a total order, so that sets of writes have one outcome. */
export function supersedes(entry: TraitEntry, before: TraitEntry): boolean {
  if (entry.verified !== before.verified) return entry.verified;
  if (entry.at !== before.at) return entry.at > before.at;
  return entry.tie > before.tie;
}
