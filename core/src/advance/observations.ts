import type { ContactState } from '../contact/contact-state.ts';
import type { LogRecord, TrackedEvent } from '../event/log-record.ts';
import { FirstOutcomes, aboutMessage, observationOfOutcome } from '../message/observation-of-outcome.ts';
import { ORDER_COMPLETED, orderIdOf } from '../order/apply-order.ts';
import type { Observation } from '../event/observation.ts';
import { DAY_MS, type Millis } from '../time.ts';

/** An event that arrives later than this after it happened updates the contact and ends journeys, but starts nothing. */
export const LATE_EVENT_LIMIT_MS = DAY_MS;

export function isLate({ occurredAt }: TrackedEvent, now: Millis): boolean {
  return now - occurredAt > LATE_EVENT_LIMIT_MS;
}

/** What conditions and journeys see of an event. */
export function observationOf(event: TrackedEvent): Observation {
  return { name: event.name, at: event.occurredAt, id: event.messageId, properties: event.type === 'identify' ? event.traits : event.properties };
}

/** A contact's whole history as conditions see it: an order told twice counts once, so does a message opened twice. */
export function* observations(history: readonly LogRecord[], contact: ContactState): Generator<Observation> {
  const seen = new Set<string>();
  const outcomes = new FirstOutcomes();
  const messages = new Map(contact.messages.map((message) => [message.id, aboutMessage(message)]));
  for (const record of history) {
    if (record.kind === 'outcome') {
      for (const { record: news, again } of outcomes.news(record)) {
        const observation = observationOfOutcome(news, news.about ?? messages.get(news.messageId), again);
        if (observation !== null) yield observation;
      }
      continue;
    }
    if (record.kind !== 'event') continue;
    const orderId = record.name === ORDER_COMPLETED ? orderIdOf(record) : null;
    if (orderId !== null && seen.has(orderId)) continue;
    if (orderId !== null) seen.add(orderId);
    yield observationOf(record);
  }
}
