import type { Fact } from '../definition/condition.ts';
import { canonicalCountry } from '../country/country.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { isLater } from '../event/later.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { valueAt } from '../event/path.ts';
import type { ContactState, SeenFact } from './contact-state.ts';
import { traitAt } from './traits.ts';

export const FACTS: readonly Fact[] = ['country', 'region', 'city', 'timezone', 'language', 'device'];

/** Traits that tell a fact, the first that is set wins over the others and over what was seen. */
const TOLD: Record<Fact, readonly string[]> = {
  country: ['address.country', 'country'],
  region: ['address.state', 'address.region', 'region', 'state'],
  city: ['address.city', 'city'],
  timezone: ['timezone', 'timeZone'],
  language: ['language', 'locale'],
  device: ['device'],
};

/** Names of the traits that a fact may be read from. */
export function traitsOfFact(fact: Fact): string[] {
  return [...new Set(TOLD[fact].map((path) => path.split('.', 1)[0] ?? path))];
}

/** What is known of the fact; null: nothing. A language is its first part in lower case (`fa` of `fa-IR`), a country its code where its name is known. */
export function factOf(contact: ContactState, fact: Fact): string | null {
  for (const path of TOLD[fact]) {
    const told = traitAt(contact, path.split('.', 1)[0] ?? path, path);
    if (typeof told === 'string' && told.trim() !== '') return normal(fact, told);
  }
  return contact.seen[fact]?.value ?? null;
}

function normal(fact: Fact, value: string): string {
  const trimmed = value.trim();
  if (fact === 'language') return (trimmed.split(/[-_]/u, 1)[0] ?? trimmed).toLowerCase();
  return fact === 'country' ? (canonicalCountry(trimmed) ?? trimmed) : trimmed;
}

/** Notes what an event's context says, the latest event first; answers whether anything is another now. */
export function noteFacts(contact: ContactState, { context, occurredAt: at }: TrackedEvent): boolean {
  let changed = false;
  for (const fact of FACTS) {
    const value = seenIn(context, fact);
    if (value === null) continue;
    const before = contact.seen[fact];
    const entry: SeenFact = { value: normal(fact, value), at };
    if (before !== undefined && !isLater(entry, before)) continue;
    contact.seen[fact] = entry;
    changed ||= before?.value !== entry.value;
  }
  return changed;
}

/** Where the context of Segment's specification has them. */
const SEEN_AT: Record<Exclude<Fact, 'device'>, string> = {
  country: 'location.country', region: 'location.region', city: 'location.city', timezone: 'timezone', language: 'locale',
};

/** What the context says; values longer than any real one are left out. */
function seenIn(context: JsonObject, fact: Fact): string | null {
  const value = fact === 'device' ? deviceOf(context) : valueAt(context, SEEN_AT[fact]);
  return typeof value === 'string' && value.trim() !== '' && value.length <= 100 ? value : null;
}

function deviceOf(context: JsonObject): Json | undefined {
  const type = valueAt(context, 'device.type');
  if (typeof type === 'string') return /^(?:ios|android)$/iu.test(type) ? 'mobile' : type.toLowerCase();
  const agent = context.userAgent;
  if (typeof agent !== 'string' || agent === '') return undefined;
  if (/ipad|tablet/iu.test(agent)) return 'tablet';
  return /mobi|iphone|android/iu.test(agent) ? 'mobile' : 'desktop';
}

/** Takes over what another contact, now the same, was seen with later. */
export function absorbFacts(contact: ContactState, other: ContactState): void {
  for (const fact of FACTS) {
    const theirs = other.seen[fact];
    const mine = contact.seen[fact];
    if (theirs !== undefined && (mine === undefined || isLater(theirs, mine))) contact.seen[fact] = theirs;
  }
}
