import type { Channel } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { ConsentEntry, ContactState } from './contact-state.ts';

/** One change of consent that an event carries, with its proof. */
export interface ConsentChange {
  channel: Channel;
  topic: string | null;
  state: ConsentEntry['state'];
  proof: JsonObject;
}

/** Event names by which consent arrives besides the trait `consent` of `identify`. */
export const CONSENT_EVENTS: Record<string, ConsentEntry['state']> = {
  'Consent Granted': 'granted',
  'Topic Subscribed': 'granted',
  'Consent Withdrawn': 'withdrawn',
  'Topic Unsubscribed': 'withdrawn',
};

const PROOF_FIELDS = ['source', 'wording', 'wording_version', 'form', 'ip', 'user_agent', 'url', 'by', 'message_id'];

/**
 * Whether marketing may be sent on the channel, for a topic where one is named: a withdrawal of the channel or of the
 * topic forbids, a grant of either allows, silence forbids.
 */
export function hasConsent(contact: ContactState, channel: Channel, topic: string | null): boolean {
  const whole = contact.consents[channel]?.state;
  const part = topic === null ? undefined : contact.consents[`${channel}/${topic}`]?.state;
  if (whole === 'withdrawn' || part === 'withdrawn') return false;
  return whole === 'granted' || part === 'granted';
}

/** The consent changes that an event asks for, whether or not its sender may ask. */
export function consentChanges(event: TrackedEvent): ConsentChange[] {
  const state = Object.hasOwn(CONSENT_EVENTS, event.name) ? CONSENT_EVENTS[event.name] : undefined;
  if (event.type === 'track' && state !== undefined) {
    const topic = event.properties.topic;
    return [{ channel: 'email', topic: typeof topic === 'string' ? topic : null, state, proof: proofOf(event, event.properties) }];
  }
  return event.traits.consent === undefined ? [] : traitConsent(event, event.traits.consent);
}

/** `consent: true`, or `consent: { email: true, topics: { news: false }, source, wording, … }`. */
function traitConsent(event: TrackedEvent, consent: Json): ConsentChange[] {
  if (typeof consent === 'boolean') return [change(null, consent, proofOf(event, {}))];
  if (consent === null || typeof consent !== 'object' || Array.isArray(consent)) return [];
  const proof = proofOf(event, consent);
  const changes: ConsentChange[] = [];
  if (typeof consent.email === 'boolean') changes.push(change(null, consent.email, proof));
  const topics = consent.topics;
  if (topics !== null && typeof topics === 'object' && !Array.isArray(topics)) {
    for (const [topic, wanted] of Object.entries(topics)) if (typeof wanted === 'boolean') changes.push(change(topic, wanted, proof));
  }
  return changes;
}

function change(topic: string | null, granted: boolean, proof: JsonObject): ConsentChange {
  return { channel: 'email', topic, state: granted ? 'granted' : 'withdrawn', proof };
}

function proofOf(event: TrackedEvent, given: JsonObject): JsonObject {
  const proof: JsonObject = { event: event.messageId, received_at: event.receivedAt };
  for (const field of PROOF_FIELDS) if (given[field] !== undefined) proof[field] = given[field];
  if (proof.ip === undefined && typeof event.context.ip === 'string') proof.ip = event.context.ip;
  return proof;
}

/** Takes the later change; of two at the same instant the withdrawal. Answers whether the state is another now. */
export function writeConsent(contact: ContactState, { channel, topic, state }: ConsentChange, at: number): boolean {
  const key = topic === null ? channel : `${channel}/${topic}`;
  const before = contact.consents[key];
  if (before !== undefined && (before.at > at || (before.at === at && before.state === 'withdrawn'))) return false;
  contact.consents[key] = { state, at };
  return before?.state !== state;
}
