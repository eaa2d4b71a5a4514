import { addressAt, currentAddress } from '../contact/address.ts';
import { consentChanges, type ConsentChange } from '../contact/consent-changes.ts';
import { consentKey, consentStates, standingOf, writeConsent } from '../contact/consent.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { MessageId } from '../identity/ids.ts';
import { applyOutcome } from '../message/apply-outcome.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { decide, nextNumber, touchSegments, type Turn } from './turn.ts';

/** Takes in what an event says about consent. `taken`: whether the contact may take what the event says at all. */
export function applyConsent(turn: Turn, event: TrackedEvent, taken: boolean): void {
  for (const change of consentChanges(event)) {
    const ignored = ignoredBecause(turn, event, change, taken);
    if (ignored === null) applyChange(turn, change, event.occurredAt);
    else decide(turn, 'consent_ignored', { reason: ignored, state: change.state, topic: change.topic });
  }
}

function ignoredBecause({ program }: Turn, event: TrackedEvent, change: ConsentChange, taken: boolean): string | null {
  if (!event.trusted) return 'untrusted_key';
  if (!taken) return 'address_of_somebody_else';
  return lacksConfirmation(program, change) ? 'needs_confirmation' : null;
}

/** Whether a grant is of a topic that asks for more than anybody's word. */
export function lacksConfirmation(program: Program, { state, confirmed, topic }: ConsentChange): boolean {
  return state === 'granted' && !confirmed && topic !== null && program.confirmedTopics.has(topic);
}

function applyChange(turn: Turn, change: ConsentChange, at: Millis): void {
  const changed = writeConsent(turn.contact, change, at);
  // An address that comes with the consent is the one it was given for.
  const address = change.address ?? addressAt(turn.contact, at);
  turn.effects.push({ kind: 'consent', n: nextNumber(turn), at, change, address });
  followAddress(turn, change, address, at);
  if (!changed) return;
  const { purpose, channel, topic, state } = change;
  decide(turn, 'consent_changed', purpose === 'profiling' ? { purpose, state } : { channel, topic, state });
  touchSegments(turn, turn.program.dependents.consent);
  const messageId = change.proof.message_id;
  if (state === 'withdrawn' && typeof messageId === 'string') {
    applyOutcome(turn, { kind: 'outcome', receivedAt: turn.now, messageId: messageId as MessageId, outcome: 'unsubscribed', machine: false, detail: null });
  }
}

/** A withdrawal is for the address too, whoever else has it, until it is granted again for that address. */
function followAddress({ contact, effects }: Turn, change: ConsentChange, address: string | null, at: Millis): void {
  if (change.purpose === 'profiling') return;
  const { channel, topic, state, confirmed } = change;
  if (state === 'granted') {
    if (address !== null) effects.push({ kind: 'address-consent', channel, topic, address, state, confirmed, at });
    return;
  }
  const message = contact.messages.find((one) => one.id === change.proof.message_id);
  const addresses = new Set([address, currentAddress(contact), message?.address.trim().toLowerCase() ?? null]);
  for (const one of addresses) {
    // A withdrawal that arrives after a later grant has nothing to say any more.
    if (one === null || standingOf(contact.consents[consentKey(change)], one) === 'granted') continue;
    effects.push({ kind: 'address-consent', channel, topic, address: one, state, confirmed: false, at });
    if (topic === null) confirmTopicsAgain(contact, one, at, effects);
  }
}

/** Topics that were confirmed after the whole channel was withdrawn stand, though the withdrawal is told later. */
function confirmTopicsAgain(contact: Turn['contact'], address: string, after: Millis, effects: Turn['effects']): void {
  for (const { channel, topic, entry } of consentStates(contact)) {
    const at = entry.confirmed?.[address] ?? -Infinity;
    if (topic !== null && at > after && standingOf(entry, address) === 'granted') effects.push({ kind: 'address-consent', channel, topic, address, state: 'granted', confirmed: true, at });
  }
}
