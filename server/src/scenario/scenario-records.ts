import { EVENT_NAMES } from '@samovar/contract';
import type { ScenarioConsent, ScenarioContact, ScenarioEvent } from '@samovar/contract';
import type { Identifier, JsonObject, LogRecord, MessageId, Millis, OutcomeRecord, TrackedEvent } from '@samovar/core';

/** The message that an earlier step sent, or null when it has sent none. */
export type LatestMessage = (step: string | null) => MessageId | null;

export function identifierOf(contact: ScenarioContact): Identifier {
  return { kind: 'user', value: contact.id };
}

/** What is known of the contact when the case begins. It is history, so that it triggers nothing. */
export function introduction(contact: ScenarioContact, at: Millis): TrackedEvent {
  const traits: JsonObject = { ...contact.traits };
  for (const name of ['email', 'timezone', 'language'] as const) if (contact[name] !== null) traits[name] = contact[name];
  if (contact.consents.length > 0) traits.consent = consentTrait(contact.consents);
  return { ...happening(contact, at, 'given'), type: 'identify', name: EVENT_NAMES.identify, traits, historical: true };
}

/** A consent in a case is one as it should be, confirmed where its topic asks for that. */
const PROPERLY = { source: 'scenario', confirmed_at: 'before' };

function consentTrait(consents: readonly ScenarioConsent[]): JsonObject {
  const topics: JsonObject = {};
  for (const { topic } of consents) if (topic !== null) topics[topic] = true;
  const whole = consents.some(({ topic }) => topic === null);
  return { ...(whole ? { email: true } : {}), topics, ...PROPERLY };
}

/** What happens in a case, as the log would hold it; null when it is about a message that was never sent. */
export function recordOf(contact: ScenarioContact, event: ScenarioEvent, at: Millis, latest: LatestMessage): LogRecord | null {
  const base = happening(contact, at, `line ${event.line}`);
  switch (event.kind) {
    case 'track': return { ...base, name: event.event, properties: event.properties };
    case 'identify': return { ...base, type: 'identify', name: EVENT_NAMES.identify, traits: event.traits };
    case 'consent': return { ...base, name: event.topic === null ? 'Consent Granted' : 'Topic Subscribed', properties: { ...topicOf(event), ...PROPERLY } };
    case 'unsubscribe': {
      const messageId = latest(null);
      const properties = { ...topicOf(event), source: 'unsubscribe link', ...(messageId === null ? {} : { message_id: messageId }) };
      return { ...base, name: event.topic === null ? 'Consent Withdrawn' : 'Topic Unsubscribed', properties };
    }
    case 'open': return outcome('opened', at, latest(event.step));
    case 'click': return outcome('clicked', at, latest(event.step));
    case 'bounce': return outcome('bounced', at, latest(event.step));
  }
}

function topicOf({ topic }: { topic: string | null }): JsonObject {
  return topic === null ? {} : { topic };
}

function outcome(what: OutcomeRecord['outcome'], at: Millis, messageId: MessageId | null): OutcomeRecord | null {
  return messageId === null ? null : { kind: 'outcome', receivedAt: at, messageId, outcome: what, machine: false, detail: null };
}

function happening(contact: ScenarioContact, at: Millis, messageId: string): TrackedEvent {
  return {
    kind: 'event', type: 'track', name: '', messageId, receivedAt: at, occurredAt: at, identifiers: [identifierOf(contact)],
    properties: {}, traits: {}, context: {}, trusted: true, historical: false,
  };
}
