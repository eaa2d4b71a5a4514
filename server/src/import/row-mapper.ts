import { createHash } from 'node:crypto';
import { EVENT_LIMITS, EVENT_NAMES } from '@samovar/contract';
import type { Identifier, JsonObject, Millis, TrackedEvent } from '@samovar/core';
import type { Decimal } from './decimal.ts';
import type { ContactsMap, EventsMap, Source } from './import-map.ts';
import { RowProblem, answerOf, identifiersOf, textOf, timeReaderOf, valuesOf } from './read-value.ts';
import type { Row } from './row-reader.ts';

/** What is counted while a file is read. */
export interface ImportCounts {
  /** Rows of the file, bad ones included, without the header. */
  lines: number;
  rejectedLines: number;
  linesWithoutContact: number;
  contacts: number;
  events: number;
  orders: number;
  refunds: number;
  /** Quantity × price over all lines, also those without a contact, by currency. */
  revenue: Map<string, Decimal>;
  /** The latest time of any row, also of one without a contact; null: no row had a time. */
  lastAt: Millis | null;
}

/** What all records of an import have in common. */
export interface MapperContext {
  /** Of the file; with the place in it, it makes message ids that are the same in every run. */
  fileDigest: string;
  /** Of the file and the mapping: for records that replace each other, so that a mended mapping can be imported again. */
  mappedDigest: string;
  receivedAt: Millis;
  historical: boolean;
  counts: ImportCounts;
}

/** Turns rows into records. Throws `RowProblem` for a row that cannot be one. */
export interface RowMapper {
  take: (row: Row) => TrackedEvent[];
  /** What was held back until the end of the file. */
  end: () => Iterable<TrackedEvent>;
}

export function messageIdOf(...parts: (string | number)[]): string {
  return `import-${createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32)}`;
}

type Draft = Pick<TrackedEvent, 'name' | 'messageId' | 'identifiers' | 'occurredAt'> & Partial<Pick<TrackedEvent, 'type' | 'properties' | 'traits'>>;

/** A record of the import; what the operator imports is trusted, and nothing happened after it was received. */
export function importedEvent(context: MapperContext, draft: Draft): TrackedEvent {
  return {
    kind: 'event', type: 'track', properties: {}, traits: {}, ...draft,
    occurredAt: Math.min(draft.occurredAt, context.receivedAt),
    receivedAt: context.receivedAt, context: { library: { name: 'samovar import' } }, trusted: true, historical: context.historical,
  };
}

/** Notes when a row happened, for the span that a file covers. */
export function noteTime(counts: ImportCounts, at: Millis | null): void {
  if (at !== null && (counts.lastAt === null || at > counts.lastAt)) counts.lastAt = at;
}

function needContact(identifiers: Identifier[], context: MapperContext): void {
  if (identifiers.length > 0) return;
  context.counts.linesWithoutContact += 1;
  throw new RowProblem('contact_missing', 'The row names no contact.');
}

function consentEvents(row: Row, map: ContactsMap, identifiers: Identifier[], at: Millis, context: MapperContext): TrackedEvent[] {
  const { consent } = map;
  if (consent === null) return [];
  const asked: [string | null, Source][] = Object.entries(consent.topics);
  if (consent.email !== undefined) asked.unshift([null, consent.email]);
  const proof: JsonObject = { source: 'import', ...valuesOf(row, consent.proof) };
  const occurredAt = consent.at === null ? at : (timeReaderOf(consent.at)(row) ?? at);
  return asked.flatMap(([topic, source]) => {
    const answer = answerOf(row, source);
    if (answer === null) return [];
    const name = topic === null ? (answer ? 'Consent Granted' : 'Consent Withdrawn') : answer ? 'Topic Subscribed' : 'Topic Unsubscribed';
    const properties: JsonObject = { channel: 'email', ...(topic === null ? {} : { topic }), ...proof };
    return importedEvent(context, { name, messageId: messageIdOf(context.mappedDigest, 'consent', row.line, topic ?? ''), identifiers, occurredAt, properties });
  });
}

/** Rows that are contacts: what is known of them, and their consent. */
export function contactsMapper(map: ContactsMap, context: MapperContext): RowMapper {
  const readTime = map.at === null ? () => null : timeReaderOf(map.at);
  return {
    take: (row) => {
      const identifiers = identifiersOf(row, map.who);
      needContact(identifiers, context);
      const told = readTime(row);
      noteTime(context.counts, told);
      const at = told ?? context.receivedAt;
      const traits = valuesOf(row, map.traits);
      for (const { kind, value } of identifiers) if (kind === 'email' || kind === 'phone') traits[kind] ??= value;
      const identify = importedEvent(context, {
        type: 'identify', name: EVENT_NAMES.identify, messageId: messageIdOf(context.mappedDigest, 'contact', row.line), identifiers, occurredAt: at, traits,
      });
      const events = [identify, ...consentEvents(row, map, identifiers, at, context)];
      context.counts.contacts += 1;
      return events;
    },
    end: () => [],
  };
}

function usedColumns(map: EventsMap): Set<string> {
  const sources = [map.event, map.at.source, ...Object.values(map.who), ...(map.messageId === null ? [] : [map.messageId])];
  return new Set(sources.flatMap((source) => (source.kind === 'column' ? [source.column] : [])));
}

/** Rows that are events. */
export function eventsMapper(map: EventsMap, context: MapperContext): RowMapper {
  const readTime = timeReaderOf(map.at);
  const used = usedColumns(map);
  const propertiesOf = (row: Row): JsonObject => {
    const { properties } = map;
    return properties === 'all' ? Object.fromEntries(Object.entries(row.all()).filter(([name, value]) => !used.has(name) && value !== '')) : valuesOf(row, properties);
  };
  return {
    take: (row) => {
      const identifiers = identifiersOf(row, map.who);
      needContact(identifiers, context);
      const name = textOf(row, map.event);
      if (name === null || name.length > EVENT_LIMITS.maxNameLength) throw new RowProblem('event_name_invalid', `The row's event needs a name of at most ${EVENT_LIMITS.maxNameLength} characters.`);
      const at = readTime(row);
      if (at === null) throw new RowProblem('time_missing', 'The row has no time.');
      noteTime(context.counts, at);
      const own = map.messageId === null ? null : textOf(row, map.messageId);
      const messageId = own ?? messageIdOf(context.fileDigest, 'event', row.line);
      context.counts.events += 1;
      return [importedEvent(context, { name, messageId, identifiers, occurredAt: at, properties: propertiesOf(row) })];
    },
    end: () => [],
  };
}
