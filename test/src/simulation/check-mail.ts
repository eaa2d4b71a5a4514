import { localMinuteOfDay, type ContactId, type LogRecord, type Millis } from '@samovar/core';
import { CAP, ZONE } from './definitions.ts';
import type { Faults } from './faults.ts';
import type { AttemptRow, MessageRow, Remains } from './remains.ts';
import type { Simulation } from './simulation.ts';
import { ACKNOWLEDGED_LAG_MS } from './stage.ts';
import { TICK_MS } from './traffic.ts';

const QUIET_FROM_MINUTE = 21 * 60;
const QUIET_TO_MINUTE = 8 * 60;
/** Reasons for which an answer to something that a contact did may end without having left. */
const EXCUSES = ['bounced', 'refused', 'suppressed', 'expired', 'gave_up', 'no_address', 'unverified_address', 'address_changed'];

/** What left, how often, to whom, and what was decided about it. */
export function checkMail(simulation: Simulation, remains: Remains, faults: Faults): void {
  const attempts = new Map<string, AttemptRow[]>();
  for (const attempt of remains.attempts) attempts.set(attempt.message_id, [...(attempts.get(attempt.message_id) ?? []), attempt]);
  const known = new Set(remains.messages.map((row) => row.message_id));
  faults.same('mails of no message', [...simulation.stage.mail.deliveries.keys()].filter((id) => !known.has(id)), []);
  faults.holds('some mail arrived', simulation.stage.mail.deliveries.size > 20);
  for (const message of remains.messages) {
    const own = attempts.get(message.message_id) ?? [];
    checkDeliveries(message, own, simulation.stage.mail.deliveries.get(message.message_id) ?? 0, faults);
    checkDecision(message, remains, faults);
    if (message.class === 'marketing') checkConsent(simulation, remains, message, own, faults);
    checkSuppression(message, own, remains, faults, attempts);
  }
}

function checkDeliveries(message: MessageRow, attempts: readonly AttemptRow[], arrived: number, faults: Faults): void {
  const name = `${message.class} message ${message.message_id} (${message.status} ${message.reason ?? ''})`;
  faults.holds(`${name} has an end`, message.status !== 'queued' && message.status !== 'sending');
  faults.same(`${name}: attempts in the ledger`, attempts.length, message.attempts);
  faults.holds(`${name} arrived ${arrived} times in ${attempts.length} attempts`, arrived <= attempts.length);
  faults.holds(`${name} was sent and never arrived`, message.status !== 'sent' || arrived >= 1);
  const accepted = attempts.filter((one) => one.outcome === 'accepted').length;
  faults.holds(`${name}: ${accepted} attempts were accepted and ${arrived} arrived`, accepted <= arrived);
  faults.holds(`${name}: an attempt never ended`, attempts.every((one) => one.ended_at_ms !== null && one.outcome !== null));
  if (message.class === 'marketing') faults.holds(`${name} arrived ${arrived} times`, arrived <= 1);
  else faults.holds(`${name} never arrived`, arrived >= 1 || EXCUSES.includes(message.reason ?? ''));
}

/** Caps and quiet hours held when it was decided. */
function checkDecision(message: MessageRow, { messages, states }: Remains, faults: Faults): void {
  if (message.class !== 'marketing') return;
  const before = messages.filter((other) => other.class === 'marketing' && other.contact_id === message.contact_id
    && other.decided_at_ms > message.decided_at_ms - CAP.windowMs && other.decided_at_ms <= message.decided_at_ms);
  faults.holds(`${before.length} messages within the cap's window before ${message.message_id}`, before.length <= CAP.messages);
  const zone = states.find((state) => state.id === message.contact_id)?.traits.timezone?.value;
  const minute = localMinuteOfDay(typeof zone === 'string' ? zone : ZONE, message.decided_at_ms);
  faults.holds(`message ${message.message_id} was decided in the quiet hours (${minute})`, minute >= QUIET_TO_MINUTE && minute < QUIET_FROM_MINUTE);
}

interface Withdrawal {
  contactId: ContactId;
  at: Millis;
  topic: string | null;
}

/** No attempt begins once a withdrawal has been acknowledged, whether or not a worker has come to it. */
function checkConsent(simulation: Simulation, { log, redirects }: Remains, message: MessageRow, attempts: readonly AttemptRow[], faults: Faults): void {
  const behind = (id: ContactId, at: Millis): ContactId => {
    const to = redirects.get(id);
    return to === undefined || (simulation.joinedAt.get(id) ?? Infinity) >= at ? id : behind(to, at);
  };
  for (const { started_at_ms: at } of attempts) {
    const same = (id: ContactId): boolean => behind(id, at) === behind(message.contact_id, at);
    const said = log.filter(({ contactId, record }) => record.receivedAt <= at - ACKNOWLEDGED_LAG_MS && same(contactId));
    const granted = Math.max(-Infinity, ...said.map(({ record }) => (grants(record) ? record.receivedAt : -Infinity)));
    const withdrawal = said.flatMap(({ contactId, record }) => withdrawalOf(contactId, record)).find((one) => one.at > granted && (one.topic === null || one.topic === message.topic));
    if (withdrawal !== undefined) {
      faults.found.push(`marketing message ${message.message_id} of ${message.contact_id} was tried at ${at}, though ${withdrawal.contactId} had said no at ${withdrawal.at}`);
    }
  }
}

function grants(record: LogRecord): boolean {
  return record.kind === 'event' && record.trusted && record.traits.consent === true;
}

function withdrawalOf(contactId: ContactId, record: LogRecord): Withdrawal[] {
  if (record.kind !== 'event' || !record.trusted) return [];
  if (record.traits.consent === false || record.name === 'Consent Withdrawn') return [{ contactId, at: record.receivedAt, topic: null }];
  const { topic } = record.properties;
  return record.name === 'Topic Unsubscribed' && typeof topic === 'string' ? [{ contactId, at: record.receivedAt, topic }] : [];
}

/** Nothing is tried at an address that was found not to exist. */
function checkSuppression(message: MessageRow, attempts: readonly AttemptRow[], { messages }: Remains, faults: Faults, all: ReadonlyMap<string, AttemptRow[]>): void {
  const refusedAt = Math.min(Infinity, ...messages.filter((other) => other.address === message.address && other.reason === 'bounced')
    .flatMap((other) => (all.get(other.message_id) ?? []).filter((one) => one.outcome === 'rejected').map((one) => one.ended_at_ms ?? Infinity)));
  for (const one of attempts) {
    faults.holds(`message ${message.message_id} was tried at ${one.started_at_ms}, though ${message.address} was refused at ${refusedAt}`, one.started_at_ms < refusedAt + TICK_MS);
  }
}
