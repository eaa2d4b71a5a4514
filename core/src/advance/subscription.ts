import { normaliseAddress } from '../contact/address.ts';
import { SUBSCRIPTION_CONFIRMED, SUBSCRIPTION_REQUESTED } from '../contact/consent-changes.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own } from '../event/own.ts';

/**
 * What journeys see of an event: a request for a subscription brings along the proof of who asked, and its address as
 * addresses are compared, so that asking for `A@x.com` is waited for as `a@x.com`.
 */
export function propertiesForJourneys(event: TrackedEvent): JsonObject {
  const { properties, context } = event;
  if (event.type !== 'track' || event.name !== SUBSCRIPTION_REQUESTED) return properties;
  const request: JsonObject = { event: event.messageId, at: event.occurredAt, received_at: event.receivedAt, trusted: event.trusted };
  if (typeof context.ip === 'string') request.ip = context.ip;
  if (typeof context.userAgent === 'string') request.user_agent = context.userAgent;
  return { ...properties, email: addressIn(properties.email), request };
}

/**
 * Whether the contact may take what an event says. A confirmed address is not for everybody: a browser that knows a
 * customer's user id could ask for a subscription with an address of its own, confirm it, and from then on get the
 * customer's mail. So where a browser asked, a known person takes only an address that is its own already.
 */
export function mayTake(contact: ContactState, event: TrackedEvent): boolean {
  if (event.type !== 'track' || event.name !== SUBSCRIPTION_CONFIRMED) return true;
  return mayConfirm(contact, event.properties.email ?? null, event.properties.request ?? null);
}

/** Whether a confirmation of an address may be the contact's own; else it belongs to whoever the address leads to. */
export function mayConfirm(contact: ContactState, email: Json, request: Json): boolean {
  const address = addressIn(email);
  if (address === null) return false;
  const fromServer = request !== null && typeof request === 'object' && !Array.isArray(request) && request.trusted === true;
  if (fromServer || contact.home.kind !== 'user') return true;
  const current = own(contact.traits, 'email');
  if (current?.verified === true && addressIn(current.value) === address) return true;
  return contact.identifiers.some(({ kind, value }) => kind === 'email' && value === address);
}

function addressIn(value: Json | undefined): string | null {
  return typeof value === 'string' ? normaliseAddress(value) : null;
}
