import type { SentMessage } from '../contact/contact-state.ts';
import type { OutcomeRecord } from '../event/log-record.ts';
import type { Observation } from '../event/observation.ts';

/** The names by which conditions and journeys know what became of messages. */
export const MESSAGE_EVENTS = {
  sent: 'Email Sent', delivered: 'Email Delivered', opened: 'Email Opened', clicked: 'Email Clicked', bounced: 'Email Bounced', complained: 'Email Complained',
} as const satisfies Partial<Record<OutcomeRecord['outcome'], string>>;

const EVENT_NAMES: Partial<Record<OutcomeRecord['outcome'], string>> = MESSAGE_EVENTS;

/** What can happen to a message again and again; of everything else the first counts. */
const REPEATABLE: ReadonlySet<OutcomeRecord['outcome']> = new Set(['complained', 'failed', 'cancelled']);

/** The name of the event that conditions and journeys see of an outcome; null: a machine did it, or it is no event. */
export function eventNameOf({ outcome, machine }: OutcomeRecord): string | null {
  return machine ? null : (EVENT_NAMES[outcome] ?? null);
}

/** The event that conditions and journeys see of an outcome; null: none. */
export function observationOfOutcome(record: OutcomeRecord, message: Pick<SentMessage, 'journey' | 'step' | 'template' | 'topic'> | undefined): Observation | null {
  const name = eventNameOf(record);
  if (name === null) return null;
  return {
    name, at: record.receivedAt, id: `${record.messageId}/${record.outcome}`,
    properties: { journey: message?.journey ?? null, step: message?.step ?? null, template: message?.template ?? null, topic: message?.topic ?? null, message_id: record.messageId, link: record.detail },
  };
}

/** Whether it is the first of its kind among those in `seen`, to which it is added. What machines did is left out. */
export function isFirst(record: OutcomeRecord, seen: Set<string>): boolean {
  const name = `${record.outcome} ${record.messageId}`;
  if (record.machine || seen.has(name)) return false;
  if (!REPEATABLE.has(record.outcome)) seen.add(name);
  return true;
}
