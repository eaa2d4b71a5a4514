import { isPromotion, refuseSend } from '@samovar/core';
import type { ContactState, Millis, WorkspaceDefinition } from '@samovar/core';
import type { QueuedRow, SendingMode } from '@samovar/store';

export interface GateView {
  mode: SendingMode;
  /** With the consents that no worker has decided yet. null: there is no such contact any more. */
  contact: ContactState | null;
  /** Why nothing may be sent to the address; null: nothing forbids it. */
  suppressed: string | null;
  /** Whether somebody, be it another contact, withdrew consent for the address. */
  addressWithdrawn: boolean;
  workspace: WorkspaceDefinition;
  now: Millis;
}

/** The last gate, right before a message leaves. Answers why it must not, or null. */
export function refuse(row: QueuedRow, view: GateView): string | null {
  if (view.contact === null) return 'contact_gone';
  const refusal = refuseSend(view.contact, {
    class: row.class, topic: row.topic, address: row.address, contactId: row.contact_id, enrollmentId: row.enrollment_id,
    journey: row.journey, expiresAt: row.expires_at_ms,
  }, view.workspace, view.now);
  if (refusal !== null) return refusal;
  if (view.suppressed !== null) return 'suppressed';
  if (view.addressWithdrawn && isPromotion(row.class)) return 'unsubscribed';
  return view.mode.sending === 'test' && !isListed(row.address, view.mode.testRecipients) ? 'test_mode' : null;
}

/** Test recipients are addresses, or whole domains written `@example.com`. */
export function isListed(address: string, recipients: readonly string[]): boolean {
  const wanted = address.trim().toLowerCase();
  const domain = wanted.slice(wanted.lastIndexOf('@'));
  return recipients.some((one) => {
    const listed = one.trim().toLowerCase();
    return listed === wanted || listed === domain;
  });
}
