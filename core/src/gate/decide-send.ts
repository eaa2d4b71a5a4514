import { hasConsent } from '../contact/consent.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { MessageClass, WorkspaceDefinition } from '../definition/definition.ts';
import type { ContactId, EnrollmentId } from '../identity/ids.ts';
import type { Millis } from '../time.ts';
import { quietUntil } from './quiet-hours.ts';

/** What the gates ask about a message. */
export interface Sendable {
  class: MessageClass;
  topic: string | null;
}

export type SkipReason =
  | 'no_address' | 'unverified_address' | 'suppressed' | 'no_consent' | 'unsubscribed' | 'frequency_cap'
  | 'expired' | 'address_changed' | 'merged';

export type SendDecision =
  | { kind: 'send'; address: string }
  | { kind: 'hold'; until: Millis }
  | { kind: 'skip'; reason: SkipReason };

/** First gate, when a step wants to send: address, consent, quiet hours, frequency cap. */
export function decideSend(contact: ContactState, message: Sendable, workspace: WorkspaceDefinition, now: Millis): SendDecision {
  const address = addressOf(contact);
  if (typeof address !== 'string') return { kind: 'skip', reason: address.reason };
  const refusal = consentRefusal(contact, message);
  if (refusal !== null) return { kind: 'skip', reason: refusal };
  if (message.class === 'marketing') {
    const until = quietUntil(contact, workspace, now);
    if (until !== null) return { kind: 'hold', until };
    if (isCapped(contact, workspace, now)) return { kind: 'skip', reason: 'frequency_cap' };
  }
  return { kind: 'send', address };
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
export function refuseSend(contact: ContactState, message: QueuedMessage, now: Millis): SkipReason | `exited: ${string}` | null {
  if (now > message.expiresAt) return 'expired';
  const address = addressOf(contact);
  if (typeof address !== 'string') return address.reason;
  if (address !== message.address) return 'address_changed';
  const refusal = consentRefusal(contact, message);
  if (refusal !== null) return refusal;
  for (const entry of Object.values(contact.entries)) {
    if (entry.enrollmentId === message.enrollmentId && entry.exited !== null && message.class === 'marketing') return `exited: ${entry.exited}`;
  }
  return null;
}

/** The verified, deliverable e-mail address of a contact, or why there is none. */
export function addressOf(contact: ContactState): string | { reason: SkipReason } {
  const email = contact.traits.email;
  if (typeof email?.value !== 'string' || email.value === '') return { reason: 'no_address' };
  if (!email.verified) return { reason: 'unverified_address' };
  const address = email.value.trim();
  return Object.hasOwn(contact.suppressed, address.toLowerCase()) ? { reason: 'suppressed' } : address;
}

function consentRefusal(contact: ContactState, message: Sendable): SkipReason | null {
  if (message.class === 'transactional' || hasConsent(contact, 'email', message.topic)) return null;
  const withdrawn = contact.consents.email?.state === 'withdrawn'
    || (message.topic !== null && contact.consents[`email/${message.topic}`]?.state === 'withdrawn');
  return withdrawn ? 'unsubscribed' : 'no_consent';
}

function isCapped(contact: ContactState, workspace: WorkspaceDefinition, now: Millis): boolean {
  if (workspace.frequencyCap === null) return false;
  const { messages, windowMs } = workspace.frequencyCap;
  const recent = contact.messages.filter((message) => message.marketing && message.at > now - windowMs);
  return recent.length >= messages;
}
