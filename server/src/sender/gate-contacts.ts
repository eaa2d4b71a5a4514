import { consentChanges, contactIdOf, mayTake, writeConsent, type ContactId, type ContactState } from '@samovar/core';
import { readContactsBehind, readUndecided, type Queryable } from '@samovar/store';

/** A contact as the last gate sees it: with every consent that was told, decided or not. */
export interface GateContact {
  contact: ContactState;
  /** Something about it is under way between shards: what it says about consent is known a moment later. */
  isMoving: boolean;
}

/**
 * Reads contacts for the last gate. Whoever took a consent back and was told so gets nothing more, also while workers
 * lag, and whichever of a contact's identifiers it was said under.
 */
export async function readGateContacts(tx: Queryable, ids: readonly ContactId[], shardCount: number): Promise<Map<ContactId, GateContact>> {
  if (ids.length === 0) return new Map();
  const before = await readContactsBehind(tx, ids, shardCount);
  const namesOf = new Map(ids.map((id) => [id, namesOfContact(id, before.get(id))]));
  const all = new Set([...namesOf.values()].flatMap((names) => [...names]));
  const [undecided, contacts] = await Promise.all([readUndecided(tx, [...all], shardCount), readContactsBehind(tx, ids, shardCount)]);
  const found = new Map<ContactId, GateContact>();
  for (const [id, names] of namesOf) {
    const contact = contacts.get(id);
    if (contact === undefined) continue;
    // Joined with another between the two looks, it has names that nobody looked under.
    const isMoving = [...names].some((name) => undecided.posted.has(name)) || [...namesOfContact(id, contact)].some((name) => !names.has(name));
    for (const { contactId, event } of undecided.events) {
      if (!event.trusted || !names.has(contactId)) continue;
      // What the contact will not take when its time comes does not count now either.
      if (!mayTake(contact, event)) continue;
      for (const change of consentChanges(event)) writeConsent(contact, change, event.occurredAt);
    }
    found.set(id, { contact, isMoving });
  }
  return found;
}

/** Every id under which the log may hold something about the contact. */
function namesOfContact(id: ContactId, contact: ContactState | undefined): Set<ContactId> {
  if (contact === undefined) return new Set([id]);
  const identifiers = contact.identifiers.map((identifier) => contactIdOf(contact.workspaceId, identifier));
  return new Set([id, contact.id, ...(Object.keys(contact.absorbed) as ContactId[]), ...identifiers]);
}
