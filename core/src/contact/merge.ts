import { count, decide, type Turn } from '../advance/turn.ts';
import type { JsonObject } from '../event/json.ts';
import { own, put } from '../event/own.ts';
import { reportEnrollment } from '../journey/end.ts';
import { entryName } from '../journey/entry-name.ts';
import { absorbOrder } from '../order/apply-order.ts';
import { mergeLeaves } from '../segment/leaf.ts';
import type { ContactState } from './contact-state.ts';
import { supersedes } from './traits.ts';

/**
 * Takes in another contact: the later trait, the stricter consent, both histories. Orders that both know are counted
 * once (the caller rebuilds the leaves from history then).
 */
export function absorb(turn: Turn, other: ContactState): void {
  const { contact } = turn;
  contact.absorbed[other.id] = other.seq;
  for (const [id, seq] of Object.entries(other.absorbed)) contact.absorbed[id as ContactState['id']] = seq;
  contact.createdAt = Math.min(contact.createdAt, other.createdAt);
  for (const identifier of [other.home, ...other.identifiers]) {
    const known = [contact.home, ...contact.identifiers].some((one) => one.kind === identifier.kind && one.value === identifier.value);
    if (!known) contact.identifiers.push(identifier);
  }
  for (const [name, entry] of Object.entries(other.traits)) {
    const mine = own(contact.traits, name);
    if (mine === undefined || supersedes(entry, mine)) put(contact.traits, name, entry);
  }
  contact.tags = [...new Set([...contact.tags, ...other.tags])].sort();
  mergeConsents(contact, other);
  contact.toldOrders ||= other.toldOrders;
  contact.suppressed = { ...other.suppressed, ...contact.suppressed };
  mergeAllLeaves(turn, other);
  for (const [orderId, order] of Object.entries(other.orders)) absorbOrder(turn, orderId, order);
  mergeJourneys(turn, other);
  contact.messages = [...contact.messages, ...other.messages].sort((a, b) => a.at - b.at);
  contact.goals.push(...other.goals);
  turn.program.segments.forEach((_, position) => turn.dirty.add(position));
  decide(turn, 'merged', { from: other.id, identifier: { ...other.home }, events_until: other.seq } satisfies JsonObject);
  count(turn, 'workspace', 'merged');
}

/** Strictest wins: a withdrawal on either side stays, whenever the other side was granted. */
function mergeConsents(contact: ContactState, other: ContactState): void {
  for (const [key, theirs] of Object.entries(other.consents)) {
    const mine = contact.consents[key];
    const takes = mine === undefined || (mine.state === theirs.state ? theirs.at > mine.at : theirs.state === 'withdrawn');
    if (takes) contact.consents[key] = theirs;
  }
}

function mergeAllLeaves(turn: Turn, other: ContactState): void {
  const { leaves } = turn.contact;
  for (const [key, theirs] of Object.entries(other.leaves)) {
    const mine = leaves[key];
    const capacity = turn.program.leaves.get(key)?.capacity ?? Math.max(theirs.latest.length, mine?.latest.length ?? 0);
    leaves[key] = mine === undefined ? theirs : mergeLeaves(mine, theirs, capacity);
  }
}

/** Of two passages through the same journey (and key) the one that began first goes on. */
function mergeJourneys(turn: Turn, other: ContactState): void {
  const { contact } = turn;
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
    decide(turn, 'exited', { reason: 'merged' }, loser);
    reportEnrollment(turn, { ...loser, step: '' }, 'exited', 'merged');
  }
  for (const [name, theirs] of Object.entries(other.entries)) {
    const mine = own(contact.entries, name);
    if (mine === undefined || theirs.at > mine.at) contact.entries[name] = theirs;
  }
  for (const one of contact.enrollments) contact.entries[entryName(one.journey, one.key)] = { enrollmentId: one.id, at: one.enteredAt, exited: null };
}
