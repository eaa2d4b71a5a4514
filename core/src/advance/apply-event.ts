import { addressAt } from '../contact/address.ts';
import { consentChanges } from '../contact/consent-changes.ts';
import { writeConsent } from '../contact/consent.ts';
import { noteFacts } from '../contact/facts.ts';
import { noteList } from '../contact/lists.ts';
import { notePrediction } from '../contact/predictions.ts';
import { traitWriteOf, writeTraits } from '../contact/traits.ts';
import type { OutcomeRecord, TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import type { MessageId } from '../identity/ids.ts';
import { claimIdentifiers } from '../identity/claim.ts';
import type { Happening } from '../journey/matches.ts';
import { exitOnEvent, reactToEvent, settle } from '../journey/react.ts';
import { applyOutcome } from '../message/apply-outcome.ts';
import { applyOrder } from '../order/apply-order.ts';
import { observe } from '../segment/observe.ts';
import { refreshSegments } from '../segment/refresh.ts';
import { isLate, observationOf } from './observations.ts';
import { changeAddress } from './change-address.ts';
import { decide, nextNumber, touchSegments, touchTrait, type Turn } from './turn.ts';

/** Applies what a shop told us, in a fixed order: who, consent, traits, orders, conditions, journeys. */
export function applyEvent(turn: Turn, event: TrackedEvent): void {
  claimIdentifiers(turn, event);
  applyConsent(turn, event);
  applyTraits(turn, event);
  applyFacts(turn, event);
  noteList(turn, event);
  const order = applyOrder(turn, event);
  // Neither conditions nor journeys see an order that was told before.
  const observation = order === 'repeat' ? null : observationOf(event);
  if (observation !== null) observe(turn, observation);
  const happening: Happening | null = observation;
  if (event.historical || isLate(event, turn.now)) {
    refreshSegments(turn);
    turn.changes = [];
    if (!event.historical && happening !== null) exitOnEvent(turn, happening);
  } else if (happening !== null) {
    refreshSegments(turn);
    reactToEvent(turn, happening);
  } else {
    settle(turn);
  }
}

export function applyOutcomeRecord(turn: Turn, record: OutcomeRecord): void {
  const observation = applyOutcome(turn, record);
  if (observation === null) return;
  observe(turn, observation);
  refreshSegments(turn);
  reactToEvent(turn, observation);
}

function applyConsent(turn: Turn, event: TrackedEvent): void {
  for (const change of consentChanges(event)) {
    if (!event.trusted) {
      decide(turn, 'consent_ignored', { reason: 'untrusted_key', state: change.state, topic: change.topic });
      continue;
    }
    const changed = writeConsent(turn.contact, change, event.occurredAt);
    // An address that comes with the consent is the one it was given for.
    const address = change.address ?? addressAt(turn.contact, event.occurredAt);
    turn.effects.push({ kind: 'consent', n: nextNumber(turn), at: event.occurredAt, change, address });
    if (!changed) continue;
    const { purpose, channel, topic, state } = change;
    decide(turn, 'consent_changed', purpose === 'profiling' ? { purpose, state } : { channel, topic, state });
    touchSegments(turn, turn.program.dependents.consent);
    const messageId = change.proof.message_id;
    if (change.state === 'withdrawn' && typeof messageId === 'string') {
      applyOutcome(turn, { kind: 'outcome', receivedAt: turn.now, messageId: messageId as MessageId, outcome: 'unsubscribed', machine: false, detail: null });
    }
  }
}

function applyTraits(turn: Turn, event: TrackedEvent): void {
  const { consent: _consent, ...traits } = event.traits;
  const email = own(turn.contact.traits, 'email');
  const names = writeTraits(turn.contact, traits, traitWriteOf(event, turn.source === turn.contact.id ? null : turn.source));
  if (names.includes('email')) changeAddress(turn, email);
  for (const name of names) touchTrait(turn, name);
}

function applyFacts(turn: Turn, event: TrackedEvent): void {
  const { dependents } = turn.program;
  if (noteFacts(turn.contact, event)) touchSegments(turn, dependents.facts);
  const prediction = notePrediction(turn.contact, event);
  if (prediction !== null) touchSegments(turn, dependents.predicted.get(prediction));
}
