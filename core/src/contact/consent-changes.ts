import type { Channel } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { normaliseAddress } from './address.ts';
import type { ConsentEntry } from './contact-state.ts';

/** What a contact agrees to: to be written to, or to have conclusions drawn about it (scores, personas, predictions). */
export type ConsentPurpose = 'marketing' | 'profiling';

/** One change of consent that an event carries, with its proof. */
export type ConsentChange = ConsentStatement & (
  | { purpose: 'marketing'; channel: Channel; topic: string | null }
  | { purpose: 'profiling'; channel: null; topic: null }
);

interface ConsentStatement {
  state: ConsentEntry['state'];
  /** The address that it was said for, as `normaliseAddress` leaves it; null: none was named. */
  address: string | null;
  /** Said by the owner of the address, by a link that was sent there by us or, as `confirmed_at` tells, by somebody else. */
  confirmed: boolean;
  proof: JsonObject;
}

/** Told when somebody asks for a subscription, of which an address still has to be confirmed. It grants nothing. */
export const SUBSCRIPTION_REQUESTED = 'Subscription Requested';
/** Told by ourselves when the owner of the address confirmed it. */
export const SUBSCRIPTION_CONFIRMED = 'Subscription Confirmed';

/** Event names by which consent arrives besides the trait `consent` of `identify`. */
const CONSENT_EVENTS: Readonly<Record<string, ConsentEntry['state']>> = {
  'Consent Granted': 'granted',
  'Topic Subscribed': 'granted',
  [SUBSCRIPTION_CONFIRMED]: 'granted',
  'Consent Withdrawn': 'withdrawn',
  'Topic Unsubscribed': 'withdrawn',
};

const PROOF_FIELDS = ['source', 'wording', 'wording_version', 'form', 'ip', 'user_agent', 'url', 'by', 'message_id', 'request', 'confirmed_at'];

/** Most topics that one event may speak about. */
export const TOPIC_LIMIT = 100;
/** Longest topic, as in definitions. */
const TOPIC_LENGTH_LIMIT = 80;

/** The consent changes that an event asks for, whether or not its sender may ask. */
export function consentChanges(event: TrackedEvent): ConsentChange[] {
  const state = Object.hasOwn(CONSENT_EVENTS, event.name) ? CONSENT_EVENTS[event.name] : undefined;
  if (event.type === 'track' && state !== undefined) return changesOfEvent(event, state);
  return event.traits.consent === undefined ? [] : changesOfTrait(event, event.traits.consent);
}

function changesOfEvent(event: TrackedEvent, state: ConsentEntry['state']): ConsentChange[] {
  const { topic, topics, purpose, email } = event.properties;
  const confirmed = event.name === SUBSCRIPTION_CONFIRMED || typeof event.properties.confirmed_at === 'string';
  const statement = { state, address: addressFrom(email ?? event.traits.email), confirmed, proof: proofOf(event, event.properties) };
  if (purpose === 'profiling') return [{ purpose, channel: null, topic: null, ...statement }];
  const named = [...topicsOf(topics), ...(typeof topic === 'string' ? [topic] : [])];
  return (named.length === 0 ? [null] : named).map((one) => ({ purpose: 'marketing', channel: 'email', topic: one, ...statement }));
}

/** The topics of a list, each once. */
export function topicsOf(topics: Json | undefined): string[] {
  if (!Array.isArray(topics)) return [];
  return [...new Set(topics.filter((one) => typeof one === 'string' && one !== '' && one.length <= TOPIC_LENGTH_LIMIT))].slice(0, TOPIC_LIMIT) as string[];
}

/** `consent: true`, or `consent: { email: true, topics: { news: false }, profiling: true, source, wording, … }`. */
function changesOfTrait(event: TrackedEvent, consent: Json): ConsentChange[] {
  const object = consent !== null && typeof consent === 'object' && !Array.isArray(consent) ? consent : null;
  const shared = { address: addressFrom(event.traits.email), confirmed: typeof object?.confirmed_at === 'string', proof: proofOf(event, object ?? {}) };
  const marketing = (topic: string | null, granted: boolean): ConsentChange => ({ purpose: 'marketing', channel: 'email', topic, state: stateOf(granted), ...shared });
  if (typeof consent === 'boolean') return [marketing(null, consent)];
  if (object === null) return [];
  const changes: ConsentChange[] = [];
  if (typeof object.email === 'boolean') changes.push(marketing(null, object.email));
  const { topics } = object;
  if (topics !== null && typeof topics === 'object' && !Array.isArray(topics)) {
    for (const [topic, wanted] of Object.entries(topics).slice(0, TOPIC_LIMIT)) if (typeof wanted === 'boolean') changes.push(marketing(topic, wanted));
  }
  if (typeof object.profiling === 'boolean') changes.push({ purpose: 'profiling', channel: null, topic: null, state: stateOf(object.profiling), ...shared });
  return changes;
}

function stateOf(granted: boolean): ConsentEntry['state'] {
  return granted ? 'granted' : 'withdrawn';
}

function addressFrom(email: Json | undefined): string | null {
  return typeof email === 'string' ? normaliseAddress(email) : null;
}

function proofOf(event: TrackedEvent, given: JsonObject): JsonObject {
  const proof: JsonObject = { event: event.messageId, received_at: event.receivedAt };
  for (const field of PROOF_FIELDS) if (given[field] !== undefined) proof[field] = given[field];
  if (proof.ip === undefined && typeof event.context.ip === 'string') proof.ip = event.context.ip;
  if (proof.user_agent === undefined && typeof event.context.userAgent === 'string') proof.user_agent = event.context.userAgent;
  return proof;
}
