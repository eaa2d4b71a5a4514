import { consentStates, hasConsent } from '../contact/consent.ts';
import type { ContactState } from '../contact/contact-state.ts';
import { jurisdictionOf } from '../contact/jurisdiction.ts';
import type { WorkspaceDefinition } from '../definition/definition.ts';

/** Why a contact is not profiled: it objected, its place forbids it, or it was not asked. `rule` names which rule said so. */
export interface ProfilingRefusal {
  reason: 'withdrawn' | 'no_consent' | 'forbidden';
  rule: string;
}

/**
 * Whether scores, personas and predictions may be made of a contact. Where the place it lives in demands opt-in, that is
 * an explicit consent to profiling or any marketing consent that stands; an explicit objection wins everywhere.
 */
export function mayProfile(contact: ContactState, workspace: WorkspaceDefinition): boolean {
  return profilingRefusal(contact, workspace) === null;
}

/** Why a contact must not be profiled, or null. */
export function profilingRefusal(contact: ContactState, workspace: WorkspaceDefinition): ProfilingRefusal | null {
  const { group, rule } = jurisdictionOf(contact, workspace.consent);
  const named = `${group}: profiling ${rule.profiling}`;
  const explicit = contact.consents.profiling?.state;
  if (explicit === 'withdrawn') return { reason: 'withdrawn', rule: named };
  if (rule.profiling === 'never') return { reason: 'forbidden', rule: named };
  if (rule.profiling === 'opt-out' || explicit === 'granted') return null;
  const agreed = consentStates(contact).some(({ channel, topic }) => hasConsent(contact, channel, topic));
  return agreed ? null : { reason: 'no_consent', rule: named };
}
