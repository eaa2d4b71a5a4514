import { decide, type Turn } from '../advance/turn.ts';
import type { Input, Occupant, Redirect } from '../advance/inputs.ts';
import type { Effect } from '../advance/effects.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import { toldOrderIdOf } from '../order/apply-order.ts';
import { contactIdOf, isJunkIdentifier, normaliseIdentifier, type ContactId, type Identifier } from './ids.ts';
import { mayMerge, outranks } from './rank.ts';

/** Most identifiers of one contact; a contact with more is a shared device or a program. */
export const IDENTIFIER_COUNT_LIMIT = 100;

type ClaimInput = Extract<Input, { kind: 'claim' }>;

/** Claims every identifier of an event that the contact does not hold yet. */
export function claimIdentifiers(turn: Turn, event: TrackedEvent): void {
  const { contact } = turn;
  for (const identifier of identifiersOf(event)) {
    if (isJunkIdentifier(identifier) || same(identifier, contact.home) || contact.identifiers.some((one) => same(one, identifier))) continue;
    if (identifier.kind !== 'order') {
      if (contact.identifiers.length >= IDENTIFIER_COUNT_LIMIT) {
        decide(turn, 'identifier_limit', { kind: identifier.kind });
        continue;
      }
      contact.identifiers.push(identifier);
    } else if ((own(contact.orders, identifier.value)?.counted ?? 'no') !== 'no') {
      continue;
    }
    post(turn, contactIdOf(contact.workspaceId, identifier), {
      kind: 'claim', at: turn.now, identifier, claimant: contact.id, claimantKind: contact.home.kind,
      trusted: event.trusted, explicit: event.trusted && event.type === 'alias',
    });
  }
}

function identifiersOf(event: TrackedEvent): Identifier[] {
  const identifiers = [...event.identifiers];
  const email = event.traits.email;
  if (event.trusted && typeof email === 'string') identifiers.push({ kind: 'email', value: email });
  const order = toldOrderIdOf(event);
  if (order !== null) identifiers.push({ kind: 'order', value: order });
  return identifiers.map(normaliseIdentifier);
}

function same(a: Identifier, b: Identifier): boolean {
  return a.kind === b.kind && a.value === b.value;
}

export function post(turn: Turn, to: ContactId, input: Input): void {
  turn.effects.push({ kind: 'post', to, input });
}

/** A claim on an identifier under which no contact lives: it becomes a redirect to the claimant. */
export function grantFree(claim: ClaimInput): Occupant {
  return { kind: 'redirect', redirect: redirectTo(claim) };
}

function redirectTo(claim: ClaimInput): Redirect {
  return { to: claim.claimant, toKind: claim.claimantKind, identifier: claim.identifier, trusted: claim.trusted, frozen: null };
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
  if ((byEmail && !claim.trusted) || !mayMerge(self, claimant, claim.explicit)) {
    decide(turn, 'merge_refused', { identifier: { ...claim.identifier }, claimant: claim.claimant });
    return { kind: 'keep', reply: { kind: 'claim-refused', at: turn.now, identifier: claim.identifier, owner: contact.id } };
  }
  if (outranks(claimant, self)) return { kind: 'ship' };
  return { kind: 'keep', reply: { kind: 'merge-into', at: turn.now, target: contact.id, targetKind: contact.home.kind, explicit: claim.explicit } };
}

/**
 * A claim on an identifier that redirects elsewhere. Devices go to whoever used them last, orders to the first
 * trustworthy teller; everything else is for the contact behind the redirect to decide.
 */
export function claimRedirected(redirect: Redirect, claim: ClaimInput): { redirect: Redirect; effects: Effect[] } {
  const { identifier } = claim;
  if (redirect.to === claim.claimant) return { redirect, effects: [] };
  const isHome = same(redirect.identifier, identifier) && redirect.frozen === null;
  if (identifier.kind === 'order') {
    const taken = claim.trusted && !redirect.trusted;
    const [loser, owner] = taken ? [redirect.to, claim.claimant] : [claim.claimant, redirect.to];
    const revoked: Effect = { kind: 'post', to: loser, input: { kind: 'order-revoked', at: claim.at, orderId: identifier.value, owner } };
    return { redirect: taken ? redirectTo(claim) : redirect, effects: [revoked] };
  }
  if (isHome && identifier.kind === 'anonymous' && redirect.toKind === 'user' && claim.claimantKind === 'user' && !claim.explicit) {
    return { redirect: redirectTo(claim), effects: [] };
  }
  return { redirect, effects: [{ kind: 'post', to: redirect.to, input: claim }] };
}
