import type { TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import type { Millis } from '../time.ts';
import type { ContactState, PastAddress, TraitEntry } from './contact-state.ts';

/** Earlier addresses that a contact is remembered by, the latest ones. */
export const PAST_ADDRESS_LIMIT = 20;

/** Longest address that RFC 5321 lets through. */
const ADDRESS_LENGTH_LIMIT = 254;

/** An e-mail address as addresses are compared; null: it is empty. */
export function normaliseAddress(address: string): string | null {
  const normalised = address.trim().toLowerCase();
  return normalised === '' ? null : normalised;
}

/** Whether something may be sent to a text that a stranger typed. */
export function looksLikeAddress(text: string): boolean {
  return text.length <= ADDRESS_LENGTH_LIMIT && /^[^\s@<>(),;:\\"[\]\p{Cc}]+@[^\s@<>(),;:\\"[\]\p{Cc}]+\.[^\s@<>(),;:\\"[\]\p{Cc}.]{2,}$/u.test(text);
}

/** The address that a contact has, verified or not. */
export function currentAddress(contact: ContactState): string | null {
  return addressOfTrait(own(contact.traits, 'email'));
}

/** The address that the contact had at a time, as far as it was told. */
export function addressAt(contact: ContactState, at: Millis): string | null {
  const past = contact.pastAddresses?.find(({ until }) => at < until);
  return past === undefined ? currentAddress(contact) : past.address;
}

/**
 * Remembers what the contact's address was before the trait `email` was written. Answers whether it is another now.
 * @param told the event that may have told one: told too late to be the address of now, it was one before
 */
export function noteAddressChange(contact: ContactState, before: TraitEntry | undefined, told: Pick<TrackedEvent, 'traits' | 'occurredAt' | 'trusted'> | null): boolean {
  const old = addressOfTrait(before);
  const now = currentAddress(contact);
  const entry = own(contact.traits, 'email');
  if (old !== now) {
    if (old !== null && entry !== undefined) rememberAddresses(contact, [{ address: old, until: entry.at }]);
    return true;
  }
  const late = told !== null && told.trusted && typeof told.traits.email === 'string' ? normaliseAddress(told.traits.email) : null;
  if (late !== null && told !== null && entry !== undefined && told.occurredAt < entry.at) insertLate(contact, entry, late, told.occurredAt);
  return false;
}

function insertLate(contact: ContactState, entry: TraitEntry, address: string, at: Millis): void {
  const covering = contact.pastAddresses?.find(({ until }) => at < until);
  const there = covering?.address ?? currentAddress(contact);
  if (there === address) return;
  const until = covering?.until ?? (at < entry.since ? entry.since : entry.at);
  if (covering !== undefined) contact.pastAddresses = contact.pastAddresses?.filter((one) => one !== covering) ?? [];
  const wasBefore = there !== null && (covering !== undefined || at >= entry.since) ? [{ address: there, until: at }] : [];
  rememberAddresses(contact, [...wasBefore, { address, until }]);
}

export function rememberAddresses(contact: ContactState, addresses: readonly PastAddress[]): void {
  if (addresses.length === 0) return;
  const all = [...(contact.pastAddresses ?? []), ...addresses].sort((a, b) => a.until - b.until || (a.address < b.address ? -1 : 1));
  contact.pastAddresses = all.slice(-PAST_ADDRESS_LIMIT);
}

function addressOfTrait(entry: TraitEntry | undefined): string | null {
  return typeof entry?.value === 'string' ? normaliseAddress(entry.value) : null;
}
