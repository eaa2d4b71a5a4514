import type { Redirect, Release, Restore } from '../advance/inputs.ts';
import { observations } from '../advance/observations.ts';
import { count, decide, type Turn } from '../advance/turn.ts';
import type { LogRecord } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import { claimAgain } from '../identity/claim.ts';
import { contactIdOf, sameIdentifier, type ContactId, type Identifier } from '../identity/ids.ts';
import { reportEnrollment } from '../journey/end.ts';
import { replaceOrder } from '../order/apply-order.ts';
import { divideOrder } from '../order/order-state.ts';
import { rebuildLeaves } from '../segment/observe.ts';
import { refreshSegments } from '../segment/refresh.ts';
import { stricterEntry } from './consent.ts';
import { newContact, type ConsentEntry, type ContactState, type Owner } from './contact-state.ts';
import { replaceLists } from './lists.ts';
import { APART_LIMIT } from './merge.ts';
import { partsOf } from './parts.ts';
import { retell, type Retold } from './retell.ts';
import { countTrait, reportTrait } from './report-trait.ts';
import { supersedes } from './traits.ts';

/**
 * Gives back what came with a row, and becomes what it would be without it: what events said is told again from the
 * history that stays, what came with the row bears its name. What was decided meanwhile stays here. Nothing is sent.
 * @param history the records of what stays
 */
export function release(turn: Turn, { root, createdAt, by, reason }: Release, history: readonly LogRecord[]): ContactState {
  const { contact } = turn;
  const parts = partsOf(contact, root);
  const counted = { ...contact.traits };
  const given = takeOut(turn, root, parts);
  if (createdAt !== null && contact.createdAt === createdAt && history[0] !== undefined) contact.createdAt = Math.max(createdAt, history[0].receivedAt);
  const told = retell(turn, { traits: contact.traits, consents: {} }, history);
  takeTold(turn, told, counted, root);
  contact.consents = stricterConsents(contact.consents, told.consents);
  for (const [orderId, order] of Object.entries(contact.orders)) replaceOrder(turn, orderId, divideOrder(order, own(told.orders, orderId), (id) => !parts.has(id)));
  contact.refused = [...contact.refused, given.home, ...given.identifiers];
  rebuild(turn, history);
  decide(turn, 'unmerged', { from: root, by, reason });
  count(turn, 'workspace', 'unmerged');
  return given;
}

/** What goes with a row, taken out of the contact. */
function takeOut(turn: Turn, root: ContactId, parts: ReadonlySet<ContactId>): ContactState {
  const { contact } = turn;
  const homeOf = contact.identifiers.find((one) => contactIdOf(contact.workspaceId, one) === root);
  const given = newContact(root, contact.workspaceId, homeOf ?? { kind: 'anonymous', value: '' }, turn.now);
  moveParts(contact, given, parts);
  const goes = (one: { owner?: Owner }): boolean => one.owner !== undefined && parts.has(one.owner);
  const isTheirs = (one: Identifier): boolean => parts.has(contactIdOf(contact.workspaceId, one));
  given.identifiers = contact.identifiers.filter((one) => isTheirs(one) && one !== homeOf);
  contact.identifiers = contact.identifiers.filter((one) => !isTheirs(one));
  for (const [name, entry] of Object.entries(contact.traits)) {
    if (!goes(entry)) continue;
    put(given.traits, name, entry);
    delete contact.traits[name];
  }
  given.tags = contact.tags.filter((tag) => parts.has(contact.tagOwners?.[tag] ?? contact.id));
  contact.tags = contact.tags.filter((tag) => !given.tags.includes(tag));
  for (const tag of given.tags) delete contact.tagOwners?.[tag];
  given.consents = { ...contact.consents };
  given.suppressed = { ...contact.suppressed };
  given.enrollments = contact.enrollments.filter(goes);
  for (const enrollment of given.enrollments) reportEnrollment(turn, enrollment, 'moved', null);
  contact.enrollments = contact.enrollments.filter((one) => !goes(one));
  const going = new Set(given.enrollments.map(({ id }) => id));
  // What was sent in their journeys meanwhile was sent to both, and stays known here.
  given.messages = contact.messages.filter((one) => goes(one) || going.has(one.enrollmentId));
  contact.messages = contact.messages.filter((one) => !goes(one));
  given.goals = contact.goals.filter(goes);
  contact.goals = contact.goals.filter((one) => !goes(one));
  // Who was in a journey together with somebody else has been in it, too: nobody gets the same twice.
  given.entries = Object.fromEntries(Object.entries(contact.entries).filter(([, entry]) => goes(entry)));
  for (const [orderId, order] of Object.entries(contact.orders)) {
    const claimants = order.claimants.filter((id) => parts.has(id));
    if (claimants.length > 0) put(given.orders, orderId, { ...order, claimants });
  }
  given.toldOrders = contact.toldOrders;
  given.apart = [...(contact.apart ?? []).filter((id) => id !== root), contact.id];
  contact.apart = [...(contact.apart ?? []).filter((id) => id !== root), root].slice(-APART_LIMIT);
  return structuredCloneOf(given);
}

function moveParts(contact: ContactState, given: ContactState, parts: ReadonlySet<ContactId>): void {
  const joinedTo: Record<ContactId, ContactId> = {};
  for (const part of parts) {
    const seq = contact.absorbed[part];
    if (part === given.id) given.seq = seq ?? 0;
    else if (seq !== undefined) given.absorbed[part] = seq;
    const parent = contact.joinedTo?.[part];
    if (part !== given.id && parent !== undefined && parent !== given.id) joinedTo[part] = parent;
    delete contact.absorbed[part];
    delete contact.joinedTo?.[part];
  }
  if (Object.keys(joinedTo).length > 0) given.joinedTo = joinedTo;
}

/** State is plain JSON; what goes to another row shares nothing with what stays. */
function structuredCloneOf(state: ContactState): ContactState {
  return JSON.parse(JSON.stringify(state)) as ContactState;
}

/**
 * The contact that lived in a row lives there again: as it was when it was merged, with what came back, and with what
 * its own records have said since.
 * @param history the records of what came back
 */
export function restore(turn: Turn, redirect: Redirect, { state: given, from, by, reason }: Restore, history: readonly LogRecord[]): void {
  const { contact } = turn;
  const { frozen } = redirect;
  if (frozen !== null) Object.assign(contact, structuredCloneOf(frozen), { at: contact.at, programVersion: contact.programVersion });
  if (redirect.erased !== undefined) contact.erased = redirect.erased;
  contact.seq = Math.max(contact.seq, given.seq);
  contact.absorbed = given.absorbed;
  delete contact.joinedTo;
  if (given.joinedTo !== undefined) contact.joinedTo = given.joinedTo;
  contact.apart = [...new Set([...(contact.apart ?? []), redirect.to, ...(given.apart ?? []), from])].filter((id) => id !== contact.id && !Object.hasOwn(given.absorbed, id)).slice(-APART_LIMIT);
  dropStrangers(contact);
  bringBack(turn, given, from, history);
  const known = [contact.home, ...contact.identifiers];
  for (const one of given.identifiers) if (!known.some((other) => sameIdentifier(one, other))) contact.identifiers.push(one);
  contact.segments = {};
  rebuild(turn, history);
  decide(turn, 'unmerged', { of: from, by, reason });
}

/** Forgets what came with parts that have been taken out of it while it was part of another itself. */
function dropStrangers(contact: ContactState): void {
  const isStranger = (owner: Owner | undefined): boolean => owner !== undefined && owner !== contact.id && !Object.hasOwn(contact.absorbed, owner);
  for (const [name, { owner }] of Object.entries(contact.traits)) if (isStranger(owner)) delete contact.traits[name];
  contact.tags = contact.tags.filter((tag) => !isStranger(contact.tagOwners?.[tag]));
  contact.identifiers = contact.identifiers.filter((one) => !(contact.apart ?? []).includes(contactIdOf(contact.workspaceId, one)));
}

function bringBack(turn: Turn, given: ContactState, from: ContactId, history: readonly LogRecord[]): void {
  const { contact } = turn;
  const mine = <T extends { owner?: Owner }>(one: T): T => {
    if (one.owner === contact.id) delete one.owner;
    return one;
  };
  const frozen = { ...contact.traits };
  for (const [name, entry] of Object.entries(given.traits)) {
    const known = own(contact.traits, name);
    if (known === undefined || supersedes(entry, known)) put(contact.traits, name, mine(entry));
  }
  contact.tags = [...new Set([...contact.tags, ...given.tags])].sort();
  contact.suppressed = { ...given.suppressed, ...contact.suppressed };
  contact.enrollments = given.enrollments.map(mine);
  for (const enrollment of contact.enrollments) reportEnrollment(turn, enrollment, 'active', null);
  contact.goals = given.goals.map(mine);
  contact.messages = given.messages.map(mine);
  for (const [name, entry] of Object.entries(given.entries)) contact.entries[name] = mine(entry);
  const told = retell(turn, { traits: contact.traits, consents: {} }, history);
  contact.lists = {};
  // While it was part of another, its traits were counted with the other.
  for (const [name, { value }] of Object.entries(frozen)) countTrait(turn, name, null, value);
  takeTold(turn, told, frozen, from);
  // Of what it had withdrawn before nothing is lost; what it had granted, its own records say.
  contact.consents = stricterConsents(given.consents, stricterConsents(contact.consents, told.consents));
  contact.orders = {};
  contact.toldOrders ||= given.toldOrders;
  for (const orderId of new Set([...Object.keys(given.orders), ...Object.keys(told.orders)])) {
    const order = own(given.orders, orderId);
    replaceOrder(turn, orderId, divideOrder(order, own(told.orders, orderId), () => true));
  }
}

/** @param counted the traits of the contact as the counters know them */
function takeTold(turn: Turn, { traits, seen, predictions, lists, pastAddresses }: Retold, counted: ContactState['traits'], from: ContactId): void {
  const { contact } = turn;
  Object.assign(contact, { traits, seen, predictions });
  delete contact.pastAddresses;
  if (pastAddresses !== undefined) contact.pastAddresses = pastAddresses;
  replaceLists(turn, lists);
  for (const name of new Set([...Object.keys(counted), ...Object.keys(traits)])) {
    const [before, after] = [own(counted, name)?.value ?? null, own(traits, name)];
    if (JSON.stringify(before) !== JSON.stringify(after?.value ?? null)) reportTrait(turn, name, before, after, { kind: 'unmerge', from });
  }
}

/** Works out again what follows from history. Nobody enters a journey because of it. */
function rebuild(turn: Turn, history: readonly LogRecord[]): void {
  const { contact, program } = turn;
  contact.leaves = {};
  contact.segmentDue = {};
  rebuildLeaves(contact, program, new Set(program.leaves.values()), observations(history, contact));
  program.segments.forEach((_, position) => turn.dirty.add(position));
  refreshSegments(turn);
  turn.changes = [];
  const sure = new Set(Object.keys(contact.absorbed));
  for (const one of contact.identifiers) if (!sure.has(contactIdOf(contact.workspaceId, one))) claimAgain(turn, one);
}

/** Of what both said together and what one said alone, the stricter: nobody's grant serves another, everybody's withdrawal stays. */
function stricterConsents(together: ContactState['consents'], alone: ContactState['consents']): ContactState['consents'] {
  const strict: Record<string, ConsentEntry> = {};
  for (const key of new Set([...Object.keys(alone), ...Object.keys(together)])) {
    const entry = stricterEntry(alone[key], together[key]);
    if (entry !== null) strict[key] = entry;
  }
  return strict;
}
