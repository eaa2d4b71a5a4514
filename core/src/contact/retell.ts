import { lacksConfirmation } from '../advance/apply-consent.ts';
import { mayTake } from '../advance/subscription.ts';
import { newTurn, type Turn } from '../advance/turn.ts';
import type { LogRecord } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import { contactIdOf } from '../identity/ids.ts';
import { applyOrder } from '../order/apply-order.ts';
import { noteAddressChange } from './address.ts';
import { consentChanges } from './consent-changes.ts';
import { writeConsent } from './consent.ts';
import { allowedTraits } from './refuse-traits.ts';
import { newContact, type ContactState } from './contact-state.ts';
import { noteFacts } from './facts.ts';
import { noteList } from './lists.ts';
import { notePrediction } from './predictions.ts';
import { supersedes, traitWriteOf, writeTraits } from './traits.ts';

/** What follows from records alone. */
export type Retold = Pick<ContactState, 'traits' | 'consents' | 'orders' | 'seen' | 'lists' | 'predictions' | 'pastAddresses'>;

/**
 * What a history says of a contact, on top of what is known of traits and consents already. Nothing comes of it: neither
 * claims nor decisions nor counts.
 */
export function retell({ contact, program, now }: Turn, known: Pick<ContactState, 'traits' | 'consents'>, history: readonly LogRecord[]): Retold {
  const { id, workspaceId, home, messages } = contact;
  const told: ContactState = { ...newContact(id, workspaceId, home, now), messages, consents: { ...known.consents } };
  const turn = newTurn(told, program, now, []);
  for (const record of history) {
    if (record.kind !== 'event') continue;
    // What the contact did not take then it does not take now.
    const taken = mayTake(told, record);
    for (const change of taken && record.trusted ? consentChanges(record) : []) {
      if (!lacksConfirmation(program, change)) writeConsent(told, change, record.occurredAt);
    }
    const { consent: _consent, ...given } = taken ? record.traits : {};
    const traits = allowedTraits(program, given);
    const [first] = record.identifiers;
    const source = first === undefined ? id : contactIdOf(workspaceId, first);
    const email = own(told.traits, 'email');
    writeTraits(told, traits, traitWriteOf(record, source === id ? null : source));
    noteAddressChange(told, email, taken ? record : null);
    noteFacts(told, record);
    noteList(turn, record);
    notePrediction(told, record);
    applyOrder(turn, record);
  }
  for (const [name, entry] of Object.entries(known.traits)) {
    const mine = own(told.traits, name);
    if (mine === undefined || supersedes(entry, mine)) put(told.traits, name, entry);
  }
  return told;
}
