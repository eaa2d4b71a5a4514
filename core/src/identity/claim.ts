import { decide, type Turn } from '../advance/turn.ts';
import type { Input, Occupant, Redirect } from '../advance/inputs.ts';
import type { Effect } from '../advance/effects.ts';
import { looksLikeAddress } from '../contact/address.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import { toldOrderIdOf } from '../order/apply-order.ts';
import { contactIdOf, isJunkIdentifier, normaliseIdentifier, sameIdentifier, type ContactId, type Identifier } from './ids.ts';
import { mayMerge, outranks } from './rank.ts';

/** Most identifiers of one contact; a contact with more is a shared device or a program. */
export const IDENTIFIER_COUNT_LIMIT = 100;

type ClaimInput = Extract<Input, { kind: 'claim' }>;

/** Claims every identifier of an event that the contact does not hold yet. */
export function claimIdentifiers(turn: Turn, event: TrackedEvent): void {
  const { contact } = turn;
  const explicit = event.trusted && event.type === 'alias';
  for (const identifier of identifiersOf(event)) {
    if (sameIdentifier(identifier, contact.home) || isJunkIdentifier(identifier)) continue;
    if (identifier.kind === 'order') {
      if ((own(contact.orders, identifier.value)?.counted ?? 'no') !== 'no') continue;
    } else if (!hold(turn, identifier) && !explicit) {
      continue;
    }
    post(turn, contactIdOf(contact.workspaceId, identifier), {
      ...claimOf(turn, identifier), trusted: event.trusted, explicit,
      // An order goes with whoever told it, should the contact be taken apart again.
      ...(identifier.kind === 'order' ? { claimant: turn.source } : {}),
    });
  }
}

function claimOf({ contact, now }: Turn, identifier: Identifier): ClaimInput {
  const { id, home, apart } = contact;
  return { kind: 'claim', at: now, identifier, claimant: id, claimantKind: home.kind, trusted: true, explicit: false, ...(apart === undefined ? {} : { apart }) };
}

/** Asks for an identifier again that may have become somebody else's. */
export function claimAgain(turn: Turn, identifier: Identifier): void {
  post(turn, contactIdOf(turn.contact.workspaceId, identifier), claimOf(turn, identifier));
}

/** Notes an identifier as the contact's own until somebody objects; false: there is nothing to claim. */
function hold(turn: Turn, identifier: Identifier): boolean {
  const { contact } = turn;
  if (contact.identifiers.some((one) => sameIdentifier(one, identifier)) || contact.refused.some((one) => sameIdentifier(one, identifier))) return false;
  if (contact.identifiers.length >= IDENTIFIER_COUNT_LIMIT) {
    decide(turn, 'identifier_limit', { kind: identifier.kind });
    return false;
  }
  contact.identifiers.push(identifier);
  return true;
}

/** Somebody else holds an identifier that was claimed. */
export function noteRefusal(contact: ContactState, identifier: Identifier): void {
  contact.identifiers = contact.identifiers.filter((one) => !sameIdentifier(one, identifier));
  contact.refused = [...contact.refused.filter((one) => !sameIdentifier(one, identifier)), identifier].slice(-IDENTIFIER_COUNT_LIMIT);
}

/** E-mail addresses and phone numbers count with a server key only: a browser could name anybody's. */
export function identifiersOf(event: TrackedEvent): Identifier[] {
  const identifiers: Identifier[] = [];
  for (const identifier of event.identifiers) {
    if (event.trusted || (identifier.kind !== 'email' && identifier.kind !== 'phone')) identifiers.push(identifier);
  }
  const email = emailOf(event);
  if (event.trusted && email !== null) identifiers.push(email);
  const order = toldOrderIdOf(event);
  if (order !== null) identifiers.push({ kind: 'order', value: order });
  return identifiers;
}

/** The address among the traits; `-` or a name in its place is many people's, and would melt them into one. */
function emailOf({ traits: { email } }: TrackedEvent): Identifier | null {
  const identifier = typeof email === 'string' ? normaliseIdentifier({ kind: 'email', value: email }) : null;
  return identifier !== null && looksLikeAddress(identifier.value) ? identifier : null;
}

export function post(turn: Turn, to: ContactId, input: Input): void {
  turn.effects.push({ kind: 'post', to, input });
}

/**
 * A claim on an identifier under which no contact lives: it becomes a redirect to the claimant. A user id goes to
 * another user id only, and only when that was said in so many words: else two people could become one before the
 * second was ever seen.
 */
export function grantFree(claim: ClaimInput, effects: Effect[]): Occupant | null {
  const { identifier, claimant, claimantKind, explicit, at } = claim;
  if (identifier.kind !== 'user' || (explicit && claimantKind === 'user')) return { kind: 'redirect', redirect: redirectTo(claim) };
  effects.push({ kind: 'post', to: claimant, input: { kind: 'claim-refused', at, identifier } });
  return null;
}

function redirectTo(claim: ClaimInput): Redirect {
  return { to: claim.claimant, identifier: claim.identifier, trusted: claim.trusted, frozen: null };
}

/** Whether a contact and another were told apart after a merge. */
export function isKeptApart({ id, absorbed, apart = [] }: ContactState, other: ContactId, theirs: readonly ContactId[]): boolean {
  return apart.includes(other) || theirs.some((one) => one === id || Object.hasOwn(absorbed, one));
}

/** What a contact does with a claim on an identifier that led to it. */
export type ClaimVerdict = { kind: 'keep'; reply: Input | null } | { kind: 'ship' };

/** Decides a claim that reached the contact to which the identifier belongs. */
export function judgeClaim(turn: Turn, claim: ClaimInput): ClaimVerdict {
  const { contact } = turn;
  if (claim.claimant === contact.id || Object.hasOwn(contact.absorbed, claim.claimant)) return { kind: 'keep', reply: null };
  const self = { id: contact.id, kind: contact.home.kind };
  const claimant = { id: claim.claimant, kind: claim.claimantKind };
  const byEmail = claim.identifier.kind === 'email' || claim.identifier.kind === 'phone';
  const isApart = !claim.explicit && isKeptApart(contact, claim.claimant, claim.apart ?? []);
  if ((byEmail && !claim.trusted) || isApart || !mayMerge(self, claimant, claim.explicit)) {
    decide(turn, 'merge_refused', { identifier: { ...claim.identifier }, claimant: claim.claimant, ...(isApart ? { reason: 'kept_apart' } : {}) });
    return { kind: 'keep', reply: { kind: 'claim-refused', at: turn.now, identifier: claim.identifier } };
  }
  if (outranks(claimant, self)) return { kind: 'ship' };
  return { kind: 'keep', reply: { kind: 'merge-into', at: turn.now, claimedAt: claim.at, target: contact.id, targetKind: contact.home.kind, explicit: claim.explicit } };
}

/**
 * A claim on an identifier that redirects elsewhere. Orders go to the first trustworthy teller; everything else is for
 * the contact behind the redirect to decide. So a device stays with the first person seen on it: what others do there
 * while they are known is theirs all the same, since their events bear their own id.
 */
export function claimRedirected(redirect: Redirect, claim: ClaimInput): { redirect: Redirect; effects: Effect[] } {
  const { identifier } = claim;
  if (redirect.to === claim.claimant) return { redirect, effects: [] };
  if (identifier.kind === 'order') {
    const taken = claim.trusted && !redirect.trusted;
    const loser = taken ? redirect.to : claim.claimant;
    const revoked: Effect = { kind: 'post', to: loser, input: { kind: 'order-revoked', at: claim.at, orderId: identifier.value, claimant: loser } };
    const { erased } = redirect;
    return { redirect: taken ? { ...redirectTo(claim), ...(erased === undefined ? {} : { erased }) } : redirect, effects: [revoked] };
  }
  return { redirect, effects: [{ kind: 'post', to: redirect.to, input: claim }] };
}
