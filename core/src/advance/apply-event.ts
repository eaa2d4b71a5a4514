import type { ContactState } from '../contact/contact-state.ts';
import { noteFacts } from '../contact/facts.ts';
import { noteList } from '../contact/lists.ts';
import { notePrediction } from '../contact/predictions.ts';
import { traitWriteOf, writeTraits } from '../contact/traits.ts';
import { allowedTraits, refuseTrait } from '../contact/refuse-traits.ts';
import { reportTrait } from '../contact/report-trait.ts';
import type { OutcomeRecord, TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';
import { claimIdentifiers } from '../identity/claim.ts';
import type { Happening } from '../journey/matches.ts';
import { exitOnEvent, reactToEvent, settle } from '../journey/react.ts';
import { liftSuppression } from '../message/lift-suppression.ts';
import { applyOutcome } from '../message/apply-outcome.ts';
import { openOf } from '../message/observation-of-outcome.ts';
import type { TraitSource } from './effects.ts';
import { applyOrder } from '../order/apply-order.ts';
import { observe } from '../segment/observe.ts';
import { refreshSegments } from '../segment/refresh.ts';
import { isLate, observationOf } from './observations.ts';
import { applyConsent } from './apply-consent.ts';
import { changeAddress } from './change-address.ts';
import { mayTake, propertiesForJourneys } from './subscription.ts';
import { touchSegments, touchTrait, type Turn } from './turn.ts';

/** The context of events that the admin API tells. */
export const API_CONTEXT = { via: 'samovar-api' } as const;

/** Applies what a shop told us, in a fixed order: who, consent, traits, orders, conditions, journeys. */
export function applyEvent(turn: Turn, event: TrackedEvent): void {
  const taken = mayTake(turn.contact, event);
  if (taken) claimIdentifiers(turn, event);
  applyConsent(turn, event, taken);
  if (taken) applyTraits(turn, event);
  applyFacts(turn, event);
  noteList(turn, event);
  liftSuppression(turn, event);
  const order = applyOrder(turn, event);
  // Neither conditions nor journeys see an order that was told before.
  const observation = order === 'repeat' ? null : observationOf(event);
  if (observation !== null) observe(turn, observation);
  const happening: Happening | null = observation === null ? null : { ...observation, properties: propertiesForJourneys(event) };
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
  for (const one of impliedBy(turn.contact, record)) {
    const observation = applyOutcome(turn, one);
    if (observation === null) continue;
    observe(turn, observation);
    refreshSegments(turn);
    reactToEvent(turn, observation);
  }
}

/** Who clicks has opened, though many mailboxes show no pictures and so tell of no open. */
function impliedBy({ messages }: ContactState, record: OutcomeRecord): OutcomeRecord[] {
  if (record.outcome !== 'clicked' || record.machine) return [record];
  const isOpened = messages.find((message) => message.id === record.messageId)?.openedAt !== null;
  return isOpened ? [record] : [openOf(record), record];
}

function applyTraits(turn: Turn, event: TrackedEvent): void {
  const { consent: _consent, ...given } = event.traits;
  const traits = allowedTraits(turn.program, given);
  if (traits !== given) for (const [name, value] of Object.entries(given)) if (!Object.hasOwn(traits, name)) refuseTrait(turn, name, value, sourceOf(event));
  const email = own(turn.contact.traits, 'email');
  const before = new Map(Object.keys(traits).map((name) => [name, own(turn.contact.traits, name)?.value ?? null]));
  const names = writeTraits(turn.contact, traits, traitWriteOf(event, turn.source === turn.contact.id ? null : turn.source));
  if (event.traits.email !== undefined) changeAddress(turn, email, event);
  for (const name of names) {
    touchTrait(turn, name);
    const after = own(turn.contact.traits, name);
    // The same value since another time concerns segments only.
    if (JSON.stringify(after?.value ?? null) !== JSON.stringify(before.get(name) ?? null)) reportTrait(turn, name, before.get(name) ?? null, after, sourceOf(event));
  }
}

function sourceOf({ messageId: id, trusted, historical, context }: TrackedEvent): TraitSource {
  if (!trusted) return { kind: 'event', id, by: 'browser' };
  return { kind: 'event', id, by: historical ? 'import' : context.via === API_CONTEXT.via ? 'api' : 'server' };
}

function applyFacts(turn: Turn, event: TrackedEvent): void {
  const { dependents } = turn.program;
  if (noteFacts(turn.contact, event)) touchSegments(turn, dependents.facts);
  const prediction = notePrediction(turn.contact, event);
  if (prediction !== null) touchSegments(turn, dependents.predicted.get(prediction));
}
