import type { Identifier, IdentifierKind, JsonObject, LogRecord, MessageAbout, MessageId, OutcomeRecord, TrackedEvent, UnmergeRecord } from '@samovar/core';

/** Value of `event_log.kind`. */
/** 3 is a switch to another program, which is no record. */
export const LOG_KIND = { event: 1, outcome: 2, unmerge: 4 } as const;

/** Value of `event_log.kind` for the rows that ask to forget somebody; they are part of nobody's history. */
export const ERASURE_KIND = 8;

/** Value of `event_log.kind` for rows whose content was taken out; their time, name and place stay. */
export const BLANK_KIND = 9;

/**
 * The columns of `event_log` that hold a record. Body is UTF-8 JSON of what the other columns do not hold; the context of an
 * event, which is long and which deciding hardly ever looks at, follows as JSON of its own in the next line.
 */
export interface EncodedRecord {
  kind: number;
  receivedAt: number;
  occurredAt: number;
  name: string;
  body: Uint8Array;
}

/** The same as read back: the body may have become text already. */
export type StoredRecord = Omit<EncodedRecord, 'body'> & { body: Uint8Array | string };

/** What the body of an event holds. Absent means the usual: a track call, nothing in it, not trusted, not historical. */
interface EventBody {
  type?: TrackedEvent['type'];
  id: string;
  who: [IdentifierKind, string][];
  properties?: JsonObject;
  traits?: JsonObject;
  trusted?: true;
  historical?: true;
}

interface OutcomeBody {
  message: string;
  machine?: true;
  detail?: string;
  about?: [journey: string, step: string, template: string, topic: string | null, decidedAt: number];
}

/** Postgres' text cannot hold U+0000: one such character would fail the whole transaction, neighbours included. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** JSON has no line ends of its own, so the first one is where the context begins. */
function eventText(event: TrackedEvent): string {
  const body = JSON.stringify(eventBody(event));
  return isEmpty(event.context) ? body : `${body}\n${JSON.stringify(event.context)}`;
}

function eventBody(event: TrackedEvent): EventBody {
  const body: EventBody = { id: event.messageId, who: event.identifiers.map(({ kind, value }) => [kind, value]) };
  if (event.type !== 'track') body.type = event.type;
  if (!isEmpty(event.properties)) body.properties = event.properties;
  if (!isEmpty(event.traits)) body.traits = event.traits;
  if (event.trusted) body.trusted = true;
  if (event.historical) body.historical = true;
  return body;
}

function outcomeBody(outcome: OutcomeRecord): OutcomeBody {
  const body: OutcomeBody = { message: outcome.messageId };
  if (outcome.machine) body.machine = true;
  if (outcome.detail !== null) body.detail = outcome.detail;
  if (outcome.about !== undefined) body.about = [outcome.about.journey, outcome.about.step, outcome.about.template, outcome.about.topic, outcome.about.decidedAt];
  return body;
}

/** The columns for a record. */
export function encodeRecord(record: LogRecord): EncodedRecord {
  if (record.kind === 'event') {
    return {
      kind: LOG_KIND.event,
      receivedAt: record.receivedAt,
      occurredAt: record.occurredAt,
      name: storableText(record.name),
      body: Buffer.from(eventText(record)),
    };
  }
  if (record.kind === 'unmerge') {
    const { receivedAt, by, reason } = record;
    return { kind: LOG_KIND.unmerge, receivedAt, occurredAt: receivedAt, name: 'unmerge', body: Buffer.from(JSON.stringify({ by, reason })) };
  }
  return {
    kind: LOG_KIND.outcome,
    receivedAt: record.receivedAt,
    occurredAt: record.receivedAt,
    name: record.outcome,
    body: Buffer.from(JSON.stringify(outcomeBody(record))),
  };
}

function decodeEvent(stored: StoredRecord, text: string): TrackedEvent {
  const end = text.indexOf('\n');
  const body = JSON.parse(end < 0 ? text : text.slice(0, end)) as EventBody;
  const identifiers: Identifier[] = body.who.map(([kind, value]) => ({ kind, value }));
  let context: JsonObject | undefined;
  return {
    kind: 'event',
    type: body.type ?? 'track',
    name: stored.name,
    messageId: body.id,
    receivedAt: stored.receivedAt,
    occurredAt: stored.occurredAt,
    identifiers,
    properties: body.properties ?? {},
    traits: body.traits ?? {},
    get context() {
      context ??= end < 0 ? {} : JSON.parse(text.slice(end + 1)) as JsonObject;
      return context;
    },
    trusted: body.trusted === true,
    historical: body.historical === true,
  };
}

function aboutOf([journey, step, template, topic, decidedAt]: Required<OutcomeBody>['about']): MessageAbout {
  return { journey, step, template, topic, decidedAt };
}

function decodeOutcome(stored: StoredRecord, body: OutcomeBody): OutcomeRecord {
  return {
    kind: 'outcome',
    receivedAt: stored.receivedAt,
    messageId: body.message as MessageId,
    outcome: stored.name as OutcomeRecord['outcome'],
    machine: body.machine === true,
    detail: body.detail ?? null,
    ...(body.about === undefined ? {} : { about: aboutOf(body.about) }),
  };
}

/** The record that the columns hold. The context of an event is parsed when somebody looks at it. */
export function decodeRecord(stored: StoredRecord): LogRecord {
  const { body } = stored;
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (stored.kind === LOG_KIND.event) return decodeEvent(stored, text);
  if (stored.kind === LOG_KIND.outcome) return decodeOutcome(stored, JSON.parse(text) as OutcomeBody);
  if (stored.kind === LOG_KIND.unmerge) {
    const { by, reason } = JSON.parse(text) as Pick<UnmergeRecord, 'by' | 'reason'>;
    return { kind: 'unmerge', receivedAt: stored.receivedAt, by, reason };
  }
  throw new RangeError(`the log holds a record of kind ${stored.kind}, which this version does not know`);
}
