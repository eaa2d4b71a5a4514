import { looksLikeAddress } from '../contact/address.ts';
import { consentStanding } from '../contact/consent.ts';
import type { ContactState } from '../contact/contact-state.ts';
import { jurisdictionOf } from '../contact/jurisdiction.ts';
import type { MessageClass, WorkspaceDefinition } from '../definition/definition.ts';
import type { Json } from '../event/json.ts';
import type { ContactId, EnrollmentId } from '../identity/ids.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { capOf, describeCap, isCapped } from './frequency-cap.ts';
import { quietUntil } from './quiet-hours.ts';

/** What the gates ask about a message. */
export interface Sendable {
  class: MessageClass;
  topic: string | null;
}

export type SkipReason =
  | 'no_address' | 'unverified_address' | 'suppressed' | 'no_consent' | 'consent_for_other_address' | 'unsubscribed' | 'frequency_cap'
  | 'expired' | 'address_changed' | 'merged' | 'no_request';

/** `rule`: which rule refused, such as `europe: marketing opt-in` or `cold: 1 in 14 days`. */
export interface Refusal {
  reason: SkipReason;
  rule?: string;
}

export type SendDecision =
  | { kind: 'send'; address: string }
  | { kind: 'hold'; until: Millis }
  | ({ kind: 'skip' } & Refusal);

/** Whether messages of a class are advertising: they obey caps and quiet hours, and name a way out. */
export function isPromotion(messageClass: MessageClass): boolean {
  return messageClass === 'marketing' || messageClass === 'legitimate-interest';
}

/**
 * First gate, when a step wants to send: address, consent, quiet hours, frequency cap.
 * @param requestedFor for confirmations: the address that somebody asked a subscription for
 */
export function decideSend(contact: ContactState, message: Sendable, program: Pick<Program, 'scores' | 'workspace'>, now: Millis, requestedFor: Json = null): SendDecision {
  const { workspace } = program;
  if (message.class === 'confirmation') return decideConfirmation(contact, requestedFor);
  const address = addressOf(contact);
  if (typeof address !== 'string') return { kind: 'skip', reason: address.reason };
  const refusal = consentRefusal(contact, message, workspace);
  if (refusal !== null) return { kind: 'skip', ...refusal };
  if (isPromotion(message.class)) {
    const until = quietUntil(contact, workspace, now);
    if (until !== null) return { kind: 'hold', until };
    const cap = capOf(program, contact, now);
    if (cap !== null && isCapped(contact, cap, now)) return { kind: 'skip', reason: 'frequency_cap', ...(cap.band === null ? {} : { rule: describeCap(cap) }) };
  }
  return { kind: 'send', address };
}

/** Goes to the address that was typed, whoever's it is, and at any hour: somebody waits for it. How often is for the last gate, which sees all contacts. */
function decideConfirmation(contact: ContactState, requestedFor: Json): SendDecision {
  const address = typeof requestedFor === 'string' ? requestedFor.trim() : '';
  if (!looksLikeAddress(address)) return { kind: 'skip', reason: 'no_request' };
  return isSuppressed(contact, address) ? { kind: 'skip', reason: 'suppressed' } : { kind: 'send', address };
}

/** A decided message as the last gate sees it. */
export interface QueuedMessage extends Sendable {
  address: string;
  contactId: ContactId;
  enrollmentId: EnrollmentId;
  journey: string;
  expiresAt: Millis;
}

/**
 * Last gate, right before sending: what may have changed since the decision.
 * @returns why the message must not leave, or null
 */
export function refuseSend(contact: ContactState, message: QueuedMessage, workspace: WorkspaceDefinition, now: Millis): SkipReason | `exited: ${string}` | null {
  if (now > message.expiresAt) return 'expired';
  const refusal = message.class === 'confirmation' ? (isSuppressed(contact, message.address) ? 'suppressed' : null) : refuseAddressed(contact, message, workspace);
  if (refusal !== null) return refusal;
  if (message.class === 'transactional') return null;
  for (const entry of Object.values(contact.entries)) {
    if (entry.enrollmentId === message.enrollmentId && entry.exited !== null) return `exited: ${entry.exited}`;
  }
  return null;
}

function refuseAddressed(contact: ContactState, message: QueuedMessage, workspace: WorkspaceDefinition): SkipReason | null {
  const address = addressOf(contact);
  if (typeof address !== 'string') return address.reason;
  if (address !== message.address) return 'address_changed';
  return consentRefusal(contact, message, workspace)?.reason ?? null;
}

/** The verified, deliverable e-mail address of a contact, or why there is none. */
export function addressOf(contact: ContactState): string | { reason: SkipReason } {
  const email = contact.traits.email;
  if (typeof email?.value !== 'string' || email.value === '') return { reason: 'no_address' };
  if (!email.verified) return { reason: 'unverified_address' };
  const address = email.value.trim();
  return isSuppressed(contact, address) ? { reason: 'suppressed' } : address;
}

function isSuppressed(contact: ContactState, address: string): boolean {
  return Object.hasOwn(contact.suppressed, address.toLowerCase());
}

function consentRefusal(contact: ContactState, message: Sendable, workspace: WorkspaceDefinition): Refusal | null {
  if (!isPromotion(message.class)) return null;
  const standing = consentStanding(contact, 'email', message.topic);
  if (standing === 'withdrawn') return { reason: 'unsubscribed' };
  const { group, rule } = jurisdictionOf(contact, workspace.consent);
  const demand = message.class === 'marketing' ? rule.marketing : rule.legitimateInterest;
  if (demand === 'opt-out' || (demand === 'opt-in' && standing === 'granted')) return null;
  const reason = standing === 'elsewhere' && demand === 'opt-in' ? 'consent_for_other_address' : 'no_consent';
  return { reason, rule: `${group}: ${message.class} ${demand}` };
}
