import type { Identifier, IdentifierKind, JsonObject, LogRecord, MessageId, OutcomeRecord, TrackedEvent } from '@samovar/core';

/** Value of `event_log.kind`. */
export const LOG_KIND = { event: 1, outcome: 2 } as const;

/** The columns of `event_log` that hold a record. Body is UTF-8 JSON of what the other columns do not hold. */
export interface EncodedRecord {
  kind: number;
  receivedAt: number;
  occurredAt: number;
  name: string;
  body: Uint8Array;
}

/** What the body of an event holds. Absent means the usual: a track call, nothing in it, not trusted, not historical. */
interface EventBody {
  type?: TrackedEvent['type'];
  id: string;
  who: [IdentifierKind, string][];
  properties?: JsonObject;
  traits?: JsonObject;
  context?: JsonObject;
  trusted?: true;
  historical?: true;
}

interface OutcomeBody {
  message: string;
  machine?: true;
  detail?: string;
}

/** Postgres' text cannot hold U+0000: one such character would fail the whole transaction, neighbours included. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

function eventBody(event: TrackedEvent): EventBody {
  const body: EventBody = { id: event.messageId, who: event.identifiers.map(({ kind, value }) => [kind, value]) };
  if (event.type !== 'track') body.type = event.type;
  if (!isEmpty(event.properties)) body.properties = event.properties;
  if (!isEmpty(event.traits)) body.traits = event.traits;
  if (!isEmpty(event.context)) body.context = event.context;
  if (event.trusted) body.trusted = true;
  if (event.historical) body.historical = true;
  return body;
}

function outcomeBody(outcome: OutcomeRecord): OutcomeBody {
  const body: OutcomeBody = { message: outcome.messageId };
  if (outcome.machine) body.machine = true;
  if (outcome.detail !== null) body.detail = outcome.detail;
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
      body: Buffer.from(JSON.stringify(eventBody(record))),
    };
  }
  return {
    kind: LOG_KIND.outcome,
    receivedAt: record.receivedAt,
    occurredAt: record.receivedAt,
    name: record.outcome,
    body: Buffer.from(JSON.stringify(outcomeBody(record))),
  };
}

function decodeEvent(encoded: EncodedRecord, body: EventBody): TrackedEvent {
  const identifiers: Identifier[] = body.who.map(([kind, value]) => ({ kind, value }));
  return {
    kind: 'event',
    type: body.type ?? 'track',
    name: encoded.name,
    messageId: body.id,
    receivedAt: encoded.receivedAt,
    occurredAt: encoded.occurredAt,
    identifiers,
    properties: body.properties ?? {},
    traits: body.traits ?? {},
    context: body.context ?? {},
    trusted: body.trusted === true,
    historical: body.historical === true,
  };
}

function decodeOutcome(encoded: EncodedRecord, body: OutcomeBody): OutcomeRecord {
  return {
    kind: 'outcome',
    receivedAt: encoded.receivedAt,
    messageId: body.message as MessageId,
    outcome: encoded.name as OutcomeRecord['outcome'],
    machine: body.machine === true,
    detail: body.detail ?? null,
  };
}

/** The record that the columns hold. */
export function decodeRecord(encoded: EncodedRecord): LogRecord {
  const { body } = encoded;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const parsed: unknown = JSON.parse(text);
  if (encoded.kind === LOG_KIND.event) return decodeEvent(encoded, parsed as EventBody);
  if (encoded.kind === LOG_KIND.outcome) return decodeOutcome(encoded, parsed as OutcomeBody);
  throw new RangeError(`the log holds a record of kind ${encoded.kind}, which this version does not know`);
}
