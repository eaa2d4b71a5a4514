import { count, decide, type Turn } from '../advance/turn.ts';
import type { JsonObject } from '../event/json.ts';
import { own, put } from '../event/own.ts';
import { sameIdentifier, type ContactId } from '../identity/ids.ts';
import { reportEnrollment } from '../journey/end.ts';
import { entryName } from '../journey/entry-name.ts';
import { absorbOrder } from '../order/apply-order.ts';
import { mergeLeaves } from '../leaf/leaf.ts';
import { currentAddress, rememberAddresses } from './address.ts';
import { boundConsents, mergeEntries } from './consent.ts';
import type { ContactState } from './contact-state.ts';
import { absorbFacts } from './facts.ts';
import { absorbLists } from './lists.ts';
import { absorbPredictions } from './predictions.ts';
import { countTrait, tellTrait } from './report-trait.ts';
import { joinTrait, supersedes } from './traits.ts';

/** Most contacts that one contact is remembered to be told apart from. */
export const APART_LIMIT = 100;

/**
 * Takes in another contact: the later trait, the stricter consent, both histories. Orders that both know are counted
 * once (the caller rebuilds the leaves from history then).
 * What comes with the other bears its id, so that it can go with it again.
 * @param to where the row of the other leads from now on: here, or to a part of this contact
 */
export function absorb(turn: Turn, other: ContactState, to: ContactId): void {
  const { contact } = turn;
  takeParts(contact, other, to);
  markOwner(other);
  contact.createdAt = Math.min(contact.createdAt, other.createdAt);
  for (const identifier of [other.home, ...other.identifiers]) {
    if (![contact.home, ...contact.identifiers].some((one) => sameIdentifier(one, identifier))) contact.identifiers.push(identifier);
  }
  const held = [contact.home, ...contact.identifiers];
  contact.refused = [...contact.refused, ...other.refused].filter((refused) => !held.some((one) => sameIdentifier(one, refused)));
  mergeConsents(turn, other);
  mergeAddresses(contact, other);
  for (const [name, entry] of Object.entries(other.traits)) {
    const mine = own(contact.traits, name);
    const joined = mine === undefined ? entry : joinTrait(mine, entry);
    put(contact.traits, name, joined);
    if (mine !== undefined && !supersedes(entry, mine)) {
      countTrait(turn, name, entry.value, null);
      continue;
    }
    // It was counted with the other; what it takes the place of is no more.
    if (mine !== undefined) countTrait(turn, name, mine.value, null);
    if (JSON.stringify(mine?.value ?? null) !== JSON.stringify(entry.value)) tellTrait(turn, name, mine?.value ?? null, joined, { kind: 'merge', with: other.id });
  }
  absorbTags(contact, other);
  absorbFacts(contact, other);
  absorbPredictions(contact, other);
  absorbLists(turn, other);
  contact.toldOrders ||= other.toldOrders;
  contact.suppressed = { ...other.suppressed, ...contact.suppressed };
  mergeAllLeaves(turn, other);
  for (const [orderId, order] of Object.entries(other.orders)) absorbOrder(turn, orderId, order);
  mergeJourneys(turn, other);
  contact.messages = [...contact.messages, ...other.messages].sort((a, b) => a.at - b.at);
  turn.program.segments.forEach((_, position) => turn.dirty.add(position));
  decide(turn, 'merged', { from: other.id, identifier: { ...other.home }, events_until: other.seq } satisfies JsonObject);
  count(turn, 'workspace', 'merged');
}

function takeParts(contact: ContactState, other: ContactState, to: ContactId): void {
  const joinedTo: Record<ContactId, ContactId> = { ...contact.joinedTo };
  for (const [id, seq] of [[other.id, other.seq], ...Object.entries(other.absorbed)] as [ContactId, number][]) {
    contact.absorbed[id] = Math.max(contact.absorbed[id] ?? 0, seq);
    const parent = id === other.id ? to : (other.joinedTo?.[id] ?? other.id);
    if (parent !== contact.id) joinedTo[id] = parent;
  }
  if (Object.keys(joinedTo).length > 0) contact.joinedTo = joinedTo;
  const apart = [...new Set([...(contact.apart ?? []), ...(other.apart ?? [])])].filter((id) => id !== contact.id && !Object.hasOwn(contact.absorbed, id));
  delete contact.apart;
  if (apart.length > 0) contact.apart = apart.slice(-APART_LIMIT);
}

function markOwner(other: ContactState): void {
  for (const one of [...Object.values(other.traits), ...other.enrollments, ...Object.values(other.entries), ...other.goals, ...other.messages]) one.owner ??= other.id;
}

function absorbTags(contact: ContactState, other: ContactState): void {
  for (const tag of other.tags) {
    if (contact.tags.includes(tag)) continue;
    contact.tags.push(tag);
    contact.tagOwners = { ...contact.tagOwners, [tag]: other.tagOwners?.[tag] ?? other.id };
  }
  contact.tags.sort();
}

/** Each brings what it granted for its own address. */
function mergeConsents({ contact, now }: Turn, other: ContactState): void {
  contact.consents = boundConsents(contact, currentAddress(contact));
  for (const [key, theirs] of Object.entries(boundConsents(other, currentAddress(other)))) {
    const mine = contact.consents[key];
    contact.consents[key] = mine === undefined ? theirs : mergeEntries(mine, theirs, now);
  }
}

/** Of two addresses one becomes a past one. */
function mergeAddresses(contact: ContactState, other: ContactState): void {
  rememberAddresses(contact, other.pastAddresses ?? []);
  const [mine, theirs] = [currentAddress(contact), currentAddress(other)];
  const [a, b] = [contact.traits.email, other.traits.email];
  if (mine === null || theirs === null || mine === theirs || a === undefined || b === undefined) return;
  rememberAddresses(contact, [supersedes(b, a) ? { address: mine, until: b.at } : { address: theirs, until: a.at }]);
}

function mergeAllLeaves(turn: Turn, other: ContactState): void {
  const { leaves } = turn.contact;
  for (const [key, theirs] of Object.entries(other.leaves)) {
    const leaf = turn.program.leaves.get(key);
    if (leaf === undefined) continue;
    const mine = leaves[key];
    leaves[key] = mine === undefined ? theirs : mergeLeaves(leaf, mine, theirs);
  }
}

/** Of two passages through the same journey (and key) the one that began first goes on. */
function mergeJourneys(turn: Turn, other: ContactState): void {
  const { contact } = turn;
  const losers = new Set<string>();
  for (const theirs of other.enrollments) {
    const mine = contact.enrollments.find((one) => one.journey === theirs.journey && one.key === theirs.key);
    if (mine === undefined) {
      contact.enrollments.push(theirs);
      reportEnrollment(turn, theirs, 'active', null);
      continue;
    }
    const loser = theirs.enteredAt < mine.enteredAt ? mine : theirs;
    if (loser === mine) contact.enrollments = [...contact.enrollments.filter((one) => one !== mine), theirs];
    if (loser === mine) reportEnrollment(turn, theirs, 'active', null);
    count(turn, `step:${loser.journey}/${loser.step}`, 'waiting', -1);
    count(turn, `journey:${loser.journey}`, 'exited');
    count(turn, `journey:${loser.journey}`, 'exited:merged');
    losers.add(loser.id);
    decide(turn, 'exited', { reason: 'merged' }, loser);
    reportEnrollment(turn, { ...loser, step: '' }, 'exited', 'merged');
  }
  // One purchase reaches one goal.
  contact.goals = [...contact.goals, ...other.goals].filter((goal) => !losers.has(goal.enrollmentId));
  for (const [name, theirs] of Object.entries(other.entries)) {
    const mine = own(contact.entries, name);
    if (mine === undefined || theirs.at > mine.at) contact.entries[name] = theirs;
  }
  for (const one of contact.enrollments) {
    const owner = one.owner === undefined ? {} : { owner: one.owner };
    contact.entries[entryName(one.journey, one.key)] = { enrollmentId: one.id, at: one.enteredAt, exited: null, ...owner };
  }
}
