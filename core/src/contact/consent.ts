import type { Channel } from '../definition/condition.ts';
import type { Millis } from '../time.ts';
import { addressAt, currentAddress } from './address.ts';
import type { ConsentChange } from './consent-changes.ts';
import type { ConsentEntry, ContactState } from './contact-state.ts';

/** Grants are kept for so many addresses of a contact, the latest ones. */
export const GRANT_ADDRESS_LIMIT = 20;

/** Key of a grant that was given when no address was known: it holds for the first one. */
const ANY_ADDRESS = '';

/**
 * What a contact said about one thing, as far as it counts for an address. `elsewhere`: granted, but for another address.
 */
export type Standing = 'none' | 'granted' | 'withdrawn' | 'elsewhere';

/** Where an entry is kept: `profiling`, `channel` or `channel/topic`. */
export function consentKey(change: ConsentChange): string {
  if (change.purpose === 'profiling') return 'profiling';
  return change.topic === null ? change.channel : `${change.channel}/${change.topic}`;
}

/** The marketing consents that a contact has spoken about, granted or withdrawn. */
export function consentStates(contact: ContactState): { channel: Channel; topic: string | null; entry: ConsentEntry }[] {
  return Object.entries(contact.consents).flatMap(([key, entry]) => {
    if (key === 'profiling') return [];
    return [{ channel: 'email', topic: key === 'email' ? null : key.slice('email/'.length), entry }];
  });
}

/**
 * Whether the contact agreed to marketing on the channel, at the address that it has: a withdrawal of the channel or of the
 * topic forbids, a grant of either allows, silence forbids.
 */
export function hasConsent(contact: ContactState, channel: Channel, topic: string | null): boolean {
  return consentStanding(contact, channel, topic) === 'granted';
}

/** The same with what stands in the way. Only what the owner of the address confirmed for a topic outlives that the whole channel was withdrawn before. */
export function consentStanding(contact: ContactState, channel: Channel, topic: string | null): Standing {
  const address = currentAddress(contact);
  const whole = contact.consents[channel];
  const part = topic === null ? undefined : contact.consents[`${channel}/${topic}`];
  const ofWhole = standingOf(whole, address);
  const ofPart = standingOf(part, address);
  if (ofPart === 'withdrawn') return 'withdrawn';
  if (ofWhole === 'withdrawn') return ofPart === 'granted' && (address === null ? -Infinity : (part?.confirmed?.[address] ?? -Infinity)) > withdrawnAt(whole) ? 'granted' : 'withdrawn';
  if (ofWhole === 'granted' || ofPart === 'granted') return 'granted';
  return ofWhole === 'elsewhere' || ofPart === 'elsewhere' ? 'elsewhere' : 'none';
}

/** What one entry says about an address; null: the contact has none. */
export function standingOf(entry: ConsentEntry | undefined, address: string | null): Standing {
  if (entry === undefined) return 'none';
  const grants = grantsOf(entry);
  const grantedAt = Math.max(grants[ANY_ADDRESS] ?? -Infinity, address === null ? -Infinity : (grants[address] ?? -Infinity));
  if (grantedAt > withdrawnAt(entry)) return 'granted';
  return withdrawnAt(entry) > -Infinity ? 'withdrawn' : 'elsewhere';
}

/**
 * Takes a change into the contact's state. Whatever the order of arrival the outcome is the same: the latest grant of each
 * address counts against the latest withdrawal; of two at the same instant the withdrawal. A withdrawal is the person's
 * and so holds for all its addresses. Answers whether something is another now.
 */
export function writeConsent(contact: ContactState, change: ConsentChange, at: Millis): boolean {
  const key = consentKey(change);
  const before = contact.consents[key];
  const address = change.purpose === 'profiling' ? ANY_ADDRESS : (change.address ?? addressAt(contact, at) ?? ANY_ADDRESS);
  const known = partsOf(before);
  if (change.state === 'withdrawn') known.withdrawnAt = Math.max(known.withdrawnAt, at);
  else known.grants[address] = Math.max(known.grants[address] ?? -Infinity, at);
  if (change.state === 'granted' && change.confirmed) known.confirmed[address] = Math.max(known.confirmed[address] ?? -Infinity, at);
  const after = entryOf(known);
  contact.consents[key] = after;
  return before?.state !== after.state || standingOf(before, address) !== standingOf(after, address);
}

/** Strictest wins: where only one of the two was withdrawn it stays so, from now on, that no grant from before can undo it by arriving late. */
export function mergeEntries(mine: ConsentEntry, theirs: ConsentEntry, now: Millis): ConsentEntry {
  if (mine.state !== theirs.state) return { state: 'withdrawn', at: now };
  const [a, b] = [partsOf(mine), partsOf(theirs)];
  return entryOf({ withdrawnAt: Math.max(a.withdrawnAt, b.withdrawnAt), grants: latestOf(a.grants, b.grants), confirmed: latestOf(a.confirmed, b.confirmed) });
}

/** What one person granted alone, less what was withdrawn while it was taken for the same as another; null: it said nothing. */
export function stricterEntry(alone: ConsentEntry | undefined, together: ConsentEntry | undefined): ConsentEntry | null {
  const parts = partsOf(alone);
  const until = Math.max(parts.withdrawnAt, withdrawnAt(together));
  return alone === undefined && until === -Infinity ? null : entryOf({ ...parts, withdrawnAt: until });
}

/** The consents of a contact, what was granted without an address fixed to the one that it turns out to have been for. */
export function boundConsents({ consents }: ContactState, address: string | null): Record<string, ConsentEntry> {
  const bound = { ...consents };
  if (address === null) return bound;
  for (const [key, entry] of Object.entries(consents)) {
    const parts = partsOf(entry);
    const { [ANY_ADDRESS]: loose, ...grants } = parts.grants;
    if (key === 'profiling' || loose === undefined) continue;
    bound[key] = entryOf({ ...parts, grants: { ...grants, [address]: Math.max(grants[address] ?? -Infinity, loose) } });
  }
  return bound;
}

interface Parts {
  withdrawnAt: Millis;
  grants: Record<string, Millis>;
  confirmed: Record<string, Millis>;
}

function partsOf(entry: ConsentEntry | undefined): Parts {
  if (entry === undefined) return { withdrawnAt: -Infinity, grants: {}, confirmed: {} };
  return { withdrawnAt: withdrawnAt(entry), grants: { ...grantsOf(entry) }, confirmed: { ...entry.confirmed } };
}

/** The same as it is kept: what goes without saying is left out. */
function entryOf({ withdrawnAt: until, grants, confirmed }: Parts): ConsentEntry {
  const standing = Object.entries(grants).filter(([, at]) => at > until).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, GRANT_ADDRESS_LIMIT);
  const [latest] = standing;
  if (latest === undefined) return { state: 'withdrawn', at: until };
  const entry: ConsentEntry = { state: 'granted', at: latest[1] };
  if (until > -Infinity) entry.withdrawnAt = until;
  if (standing.length > 1 || latest[0] !== ANY_ADDRESS) entry.grants = Object.fromEntries(standing);
  const held = standing.flatMap(([address]): [string, Millis][] => ((confirmed[address] ?? -Infinity) > until ? [[address, confirmed[address] ?? 0]] : []));
  if (held.length > 0) entry.confirmed = Object.fromEntries(held);
  return entry;
}

function latestOf(a: Record<string, Millis>, b: Record<string, Millis>): Record<string, Millis> {
  const latest = { ...a };
  for (const [address, at] of Object.entries(b)) latest[address] = Math.max(latest[address] ?? -Infinity, at);
  return latest;
}

function withdrawnAt(entry: ConsentEntry | undefined): Millis {
  if (entry === undefined) return -Infinity;
  return entry.state === 'withdrawn' ? entry.at : (entry.withdrawnAt ?? -Infinity);
}

function grantsOf(entry: ConsentEntry): Record<string, Millis> {
  return entry.grants ?? (entry.state === 'granted' ? { [ANY_ADDRESS]: entry.at } : {});
}
