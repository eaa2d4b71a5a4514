import type { Effect } from '../advance/effects.ts';
import type { Occupant, Redirect } from '../advance/inputs.ts';
import { count, type Turn } from '../advance/turn.ts';
import type { ContactState } from '../contact/contact-state.ts';
import { countTrait } from '../contact/report-trait.ts';
import { contactIdOf, type ContactId, type IdentifierKind } from '../identity/ids.ts';
import { unpark } from '../journey/end.ts';
import type { Millis } from '../time.ts';
import type { Erase, Tombstone } from './erasure.ts';

type Erased = Extract<Occupant, { kind: 'erased' }>;

/** Whether an erasure is about the contact that lives here; one that has begun anew since then is not. */
export function concernsContact({ id, erased }: ContactState, { owners, at }: Erase): boolean {
  return (owners === null || owners.includes(id)) && (erased === null || erased.at < at);
}

/** Whether an erasure is about the person to whom an identifier belongs; null: the contact behind it has to say. */
export function concernsRedirect(id: ContactId, { to, erased }: Redirect, { owners, at }: Erase): boolean | null {
  if (erased !== undefined && erased.at >= at) return false;
  return owners === null ? null : owners.includes(to) || owners.includes(id);
}

/** Forgets a contact, and asks every row that was part of it, or leads to it, to do the same. Figures stay. */
export function eraseContact(turn: Turn, input: Erase, aliases: readonly ContactId[]): Erased {
  const { contact, effects } = turn;
  const at = Math.max(turn.now, input.at);
  const kind = contact.home.kind;
  const owners = [...new Set([contact.id, ...(Object.keys(contact.absorbed) as ContactId[]), ...(input.owners ?? [])])];
  const others = [...new Set([...namesOf(contact), ...aliases])].filter((id) => id !== contact.id);
  effects.push({ kind: 'erase', erasure: input.erasure, at, wipe: true, seq: input.seq, received: 1, posted: others.length, values: valuesOf(contact) });
  for (const to of others) hand(effects, to, { at, erasure: input.erasure, owners, ownerKind: kind });
  for (const enrollment of contact.enrollments) {
    unpark(turn, enrollment);
    count(turn, `journey:${enrollment.journey}`, 'exited');
    count(turn, `journey:${enrollment.journey}`, 'exited:erased');
  }
  for (const segment of Object.keys(contact.segments)) count(turn, `segment:${segment}`, 'left');
  for (const [name, { value }] of Object.entries(contact.traits)) countTrait(turn, name, value, null);
  count(turn, 'workspace', 'erased');
  return tombstone({ at, erasure: input.erasure, ownerKind: kind });
}

/** Forgets what a row without a contact of its own holds: an identifier, and the contact that was merged into another. */
export function eraseRow(id: ContactId, input: Erase, aliases: readonly ContactId[], effects: Effect[]): Erased {
  const { at, erasure, ownerKind, seq } = input;
  const others = aliases.filter((alias) => alias !== id);
  const owners = [...new Set([id, ...(input.owners ?? [])])];
  effects.push({ kind: 'erase', erasure, at, wipe: true, seq, received: 1, posted: others.length, values: [] });
  for (const to of others) hand(effects, to, { at, erasure, owners, ownerKind });
  return tombstone({ at, erasure, ownerKind });
}

/** Says that an erasure has reached a row which it does not concern, so that it is known when all has been done. */
export function leaveAlone({ erasure, at }: Erase, effects: Effect[]): void {
  effects.push({ kind: 'erase', erasure, at, wipe: false, seq: null, received: 1, posted: 0, values: [] });
}

/** Hands an erasure that is over to rows of which it has heard only now. */
export function eraseToo({ at, erasure, ownerKind }: Tombstone, ids: readonly ContactId[], owners: ContactId[] | null, effects: Effect[]): void {
  effects.push({ kind: 'erase', erasure, at, wipe: false, seq: null, received: 0, posted: ids.length, values: [] });
  for (const to of ids) hand(effects, to, { at, erasure, owners, ownerKind });
}

/** Every row that may hold something of a contact, besides its own. */
export function namesOf(contact: ContactState): ContactId[] {
  const { workspaceId } = contact;
  return [
    ...(Object.keys(contact.absorbed) as ContactId[]),
    ...contact.identifiers.map((identifier) => contactIdOf(workspaceId, identifier)),
    ...Object.keys(contact.orders).map((value) => contactIdOf(workspaceId, { kind: 'order', value })),
  ];
}

/** What somebody who was refused at the door would have been called by. */
function valuesOf(contact: ContactState): string[] {
  const email = contact.traits.email?.value;
  return [...new Set([contact.home, ...contact.identifiers].map(({ value }) => value).concat(typeof email === 'string' ? [email] : []))];
}

function hand(effects: Effect[], to: ContactId, { at, erasure, owners, ownerKind }: { at: Millis; erasure: string; owners: ContactId[] | null; ownerKind: IdentifierKind | null }): void {
  effects.push({ kind: 'post', to, input: { kind: 'erase', at, seq: null, erasure, owners, ownerKind } });
}

function tombstone(stone: Tombstone): Erased {
  return { kind: 'erased', tombstone: stone };
}
