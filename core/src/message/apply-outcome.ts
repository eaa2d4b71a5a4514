import { count, decide, type Turn } from '../advance/turn.ts';
import type { SentMessage } from '../contact/contact-state.ts';
import type { OutcomeRecord } from '../event/log-record.ts';
import { put } from '../event/own.ts';
import type { Observation } from '../event/observation.ts';
import { LINK_LIMIT, aboutMessage, linkNumber, observationOfOutcome } from './observation-of-outcome.ts';

/**
 * Notes what became of a message and answers with the event that conditions and journeys see, the first time only (of
 * clicks the first of each link); null for repeats and for what machines did.
 */
export function applyOutcome(turn: Turn, record: OutcomeRecord): Observation | null {
  const { contact, now } = turn;
  turn.effects.push({ kind: 'outcome', messageId: record.messageId, outcome: record.outcome, machine: record.machine, at: now, detail: record.detail });
  const message = contact.messages.find((one) => one.id === record.messageId);
  if (record.outcome === 'bounced' || record.outcome === 'complained') suppress(turn, record, message);
  if (message === undefined) return null;
  const again = record.outcome === 'clicked' && message.clickedAt !== null;
  if (!note(message, record, now)) return null;
  if (again) return observationOfOutcome(record, aboutMessage(message), true);
  const metric = record.machine && record.outcome === 'opened' ? 'machine_opened' : record.outcome;
  count(turn, `journey:${message.journey}`, metric);
  count(turn, `step:${message.journey}/${message.step}`, metric);
  return observationOfOutcome(record, aboutMessage(message));
}

/** Marks the message; false when it was so marked before. */
function note(message: SentMessage, record: OutcomeRecord, now: number): boolean {
  switch (record.outcome) {
    case 'sent': return !message.sent && (message.sent = true);
    case 'delivered': return !message.delivered && (message.delivered = true);
    case 'bounced': return !message.bounced && (message.bounced = true);
    case 'opened':
      if (record.machine) return !message.machineOpened && (message.machineOpened = true);
      if (message.openedAt !== null) return false;
      message.openedAt = now;
      return true;
    case 'clicked':
      return !record.machine && noteClick(message, record, now);
    case 'unsubscribed': return !message.unsubscribed && (message.unsubscribed = true);
    case 'complained': case 'failed': case 'cancelled': return true;
  }
}

function noteClick(message: SentMessage, record: OutcomeRecord, now: number): boolean {
  const links = message.links ?? [];
  if (links.includes(linkNumber(record)) || links.length >= LINK_LIMIT) return false;
  message.links = [...links, linkNumber(record)];
  message.clickedAt ??= now;
  return true;
}

/** Nothing more may go to the address that the message went to, which need not be the contact's address of today. */
function suppress(turn: Turn, record: OutcomeRecord, message: SentMessage | undefined): void {
  const email = message?.address ?? turn.contact.traits.email?.value;
  const address = typeof email === 'string' ? email.trim().toLowerCase() : '';
  if (address === '' || Object.hasOwn(turn.contact.suppressed, address)) return;
  put(turn.contact.suppressed, address, record.outcome);
  turn.effects.push({ kind: 'suppress', channel: 'email', address, reason: record.outcome, at: turn.now });
  decide(turn, 'suppressed', { reason: record.outcome, answer: record.detail });
}
