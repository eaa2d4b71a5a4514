import { currentAddress, noteAddressChange } from '../contact/address.ts';
import { boundConsents } from '../contact/consent.ts';
import type { TraitEntry } from '../contact/contact-state.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import { touchSegments, type Turn } from './turn.ts';

/**
 * What follows when the trait `email` has been written: consent stays with the address that it was given for. What was
 * granted when none was known was meant for the first one that is.
 * @param told the event that wrote it; null: a journey did
 */
export function changeAddress(turn: Turn, before: TraitEntry | undefined, told: TrackedEvent | null): void {
  const { contact, program } = turn;
  if (!noteAddressChange(contact, before, told)) return;
  const was = typeof before?.value === 'string' && before.verified ? before.value.trim().toLowerCase() : null;
  const is = own(contact.traits, 'email')?.verified === true ? currentAddress(contact) : null;
  contact.consents = boundConsents(contact, was ?? is);
  touchSegments(turn, program.dependents.consent);
}
