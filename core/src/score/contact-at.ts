import { advance } from '../advance/advance.ts';
import type { Effect } from '../advance/effects.ts';
import { newContact, type ContactState } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import { EventIndex } from '../program/event-index.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';

/**
 * A contact as it would have been at a past instant under the program of today: its records up to then, played again.
 * Journeys stand still meanwhile. Contacts that are one today are taken for one then. null: nothing was known of it yet.
 * @param history all records of the contact, in order of arrival
 */
export function contactAt(contact: ContactState, program: Program, history: readonly LogRecord[], at: Millis): { contact: ContactState; memberships: Extract<Effect, { kind: 'membership' }>[] } | null {
  const known = history.filter(({ receivedAt }) => receivedAt <= at);
  const [first] = known;
  if (first === undefined) return null;
  const quiet: Program = { ...program, journeys: new Map(), triggers: new EventIndex(), triggersBySegment: new Map(), enterExisting: {} };
  const { id, workspaceId, home } = contact;
  const state: ContactState = { ...newContact(id, workspaceId, home, first.receivedAt), messages: contact.messages.map(asDecided) };
  const result = advance({
    id, occupant: { kind: 'contact', state }, program: quiet, until: at, history: [],
    inputs: known.map((record, index) => ({ kind: 'record', from: id, seq: index + 1, record })),
  });
  if (result.kind !== 'advanced' || result.occupant?.kind !== 'contact') return null;
  return { contact: result.occupant.state, memberships: result.effects.filter((effect) => effect.kind === 'membership') };
}

/** What became of a message is told again by the records. */
function asDecided(message: ContactState['messages'][number]): ContactState['messages'][number] {
  return { ...message, sent: false, delivered: false, bounced: false, unsubscribed: false, openedAt: null, machineOpened: false, clickedAt: null };
}
