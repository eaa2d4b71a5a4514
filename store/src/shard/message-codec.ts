import type { ContactId, SentMessage } from '@samovar/core';

type Mark = { [Key in keyof Required<SentMessage>]: Required<SentMessage>[Key] extends boolean ? Key : never }[keyof SentMessage];

/** The bit of each yes or no; a bit is never given to another mark. */
const BITS: Record<Mark, number> = { marketing: 1, sent: 2, delivered: 4, bounced: 8, unsubscribed: 16, machineOpened: 32 };

/**
 * A remembered message as a list, at less than half the size: a contact that reads its mail remembers dozens of them, and they
 * are written with each of its events. A field that is added later is added at the end.
 */
export type StoredMessage = [
  id: SentMessage['id'], enrollmentId: SentMessage['enrollmentId'], journey: string, step: string, address: string, at: number, marks: number,
  openedAt?: number | null, clickedAt?: number | null, template?: string | null, topic?: string | null, owner?: ContactId | null, links?: number[],
];

/** A step is mostly named after what it sends; then the template need not be written. */
function usualTemplate(step: string): string {
  return step.replace(/^send-/, '');
}

export function messageToStore(message: SentMessage): StoredMessage {
  const { id, enrollmentId, journey, step, address, at, openedAt, clickedAt, template, topic, owner, links } = message;
  let marks = 0;
  for (const mark in BITS) if (message[mark as Mark]) marks |= BITS[mark as Mark];
  const stored: StoredMessage = [id, enrollmentId, journey, step, address, at, marks, openedAt, clickedAt, template === usualTemplate(step) ? null : template, topic];
  if (owner !== undefined || links !== undefined) stored.push(owner ?? null);
  if (links !== undefined) stored.push(links);
  while (stored.length > 7 && stored.at(-1) === null) stored.pop();
  return stored;
}

export function decodeMessage([id, enrollmentId, journey, step, address, at, marks, openedAt = null, clickedAt = null, template, topic = null, owner = null, links]: StoredMessage): SentMessage {
  const has = (mark: Mark): boolean => (marks & BITS[mark]) !== 0;
  return {
    id, enrollmentId, journey, step, template: template ?? usualTemplate(step), topic, address, at, openedAt, clickedAt,
    marketing: has('marketing'), sent: has('sent'), delivered: has('delivered'), bounced: has('bounced'), unsubscribed: has('unsubscribed'),
    machineOpened: has('machineOpened'),
    ...(owner === null ? {} : { owner }),
    ...(links === undefined ? {} : { links }),
  };
}
