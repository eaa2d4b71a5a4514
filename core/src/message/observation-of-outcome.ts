import type { SentMessage } from '../contact/contact-state.ts';
import type { MessageAbout, OutcomeRecord } from '../event/log-record.ts';
import type { Observation } from '../event/observation.ts';
import { tieOf } from '../event/tie.ts';
import { DAY_MS } from '../time.ts';

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

/** What the contact does with a message later than this after it was decided is kept with the message, and no event any more. */
export const MESSAGE_MEMORY_MS = 90 * DAY_MS;
/** Links of one message whose clicks are events; a mail with more is a catalogue. */
export const LINK_LIMIT = 20;

/** What conditions can ask of a message that the contact remembers. */
export function aboutMessage({ journey, step, template, topic, at }: SentMessage): MessageAbout {
  return { journey, step, template, topic, decidedAt: at };
}

/** The event that conditions and journeys see of an outcome; null: none. `again`: a further link of a message was clicked. */
export function observationOfOutcome(record: OutcomeRecord, about: MessageAbout | undefined, again = false): Observation | null {
  const name = eventNameOf(record);
  if (name === null || (about !== undefined && record.receivedAt - about.decidedAt > MESSAGE_MEMORY_MS)) return null;
  const { journey = null, step = null, template = null, topic = null } = about ?? {};
  return {
    name, at: record.receivedAt, id: `${record.messageId}/${record.outcome}${again ? `/${linkNumber(record)}` : ''}`,
    properties: { journey, step, template, topic, message_id: record.messageId, link: record.detail, again },
  };
}

/** A link as a short number; that two links of one mail share one is unlikelier than a click by mistake. */
export function linkNumber({ detail }: OutcomeRecord): number {
  return tieOf(detail ?? '');
}

/** The open that a click stands for where none was told. */
export function openOf(click: OutcomeRecord): OutcomeRecord {
  return { ...click, outcome: 'opened', detail: null };
}

/** Tells what is news in a history of outcomes from what is not: repeats, and what machines did. */
export class FirstOutcomes {
  readonly #seen = new Set<string>();
  readonly #links = new Map<string, Set<number>>();

  /** What of a record is news: nothing, it, or with the first click of a message also its open. `again`: a further link. */
  news(record: OutcomeRecord): { record: OutcomeRecord; again: boolean }[] {
    const implied = record.outcome === 'clicked' ? [openOf(record), record] : [record];
    return implied.flatMap((one) => {
      const judged = this.#judge(one);
      return judged === 'repeat' ? [] : [{ record: one, again: judged === 'again' }];
    });
  }

  #judge(record: OutcomeRecord): 'first' | 'again' | 'repeat' {
    if (record.machine) return 'repeat';
    if (REPEATABLE.has(record.outcome)) return 'first';
    const name = `${record.outcome} ${record.messageId}`;
    const isFirst = !this.#seen.has(name);
    this.#seen.add(name);
    if (record.outcome !== 'clicked') return isFirst ? 'first' : 'repeat';
    const links = this.#links.get(record.messageId) ?? new Set();
    this.#links.set(record.messageId, links);
    if (links.has(linkNumber(record)) || links.size >= LINK_LIMIT) return 'repeat';
    links.add(linkNumber(record));
    return isFirst ? 'first' : 'again';
  }
}
