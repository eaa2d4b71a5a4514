import { randomUUID } from 'node:crypto';
import { contactIdOf, isJunkIdentifier, normaliseIdentifier } from '@samovar/core';
import type { Identifier, JsonObject, Millis } from '@samovar/core';
import { parseItem } from '@samovar/contract';
import type { TrackingItem, TrackingType } from '@samovar/contract';
import type { NewRecord } from '@samovar/store';

/** What a request says about all of its items. */
export interface Sender {
  workspaceId: number;
  /** Sent with a server or admin key. */
  trusted: boolean;
  historical: boolean;
  receivedAt: Millis;
  sentAt: Millis | null;
  /** `context` of the batch. */
  context: JsonObject | null;
  /** The visitor that the request's headers name, if they do. */
  anonymousId: string | null;
  /** Added to the context of items from browsers: bots are told by them, and consent is proved. */
  ip: string | null;
  userAgent: string | null;
}

export type ItemResult =
  | { kind: 'record'; record: NewRecord }
  | { kind: 'rejected'; code: string; message: string; pointer: string };

/** All that names the contact, the one that chooses it first. */
function identifiersOf(item: TrackingItem, trusted: boolean): Identifier[] {
  const identifiers: Identifier[] = [];
  const add = (kind: Identifier['kind'], value: string | null): void => {
    if (value !== null) identifiers.push(normaliseIdentifier({ kind, value }));
  };
  add('user', item.userId);
  add('anonymous', item.anonymousId);
  add('anonymous', item.previousId);
  // A stranger could claim anybody's user id or address with a browser key.
  if (trusted) {
    add('user', item.previousId);
    add('email', item.email);
  }
  return identifiers;
}

function contextOf(item: TrackingItem, sender: Sender, junk: readonly Identifier[]): JsonObject {
  const { context } = item;
  if (sender.ip !== null && context['ip'] === undefined) context['ip'] = sender.ip;
  if (sender.userAgent !== null && context['userAgent'] === undefined) context['userAgent'] = sender.userAgent;
  if (junk.length > 0) context['ignoredIdentifiers'] = junk.map(({ kind, value }) => ({ kind, value, reason: 'identifier_junk' }));
  return context;
}

/** The traits of a group belong to the group: as the contact's own they would rename every member after it. */
function factsOf({ type, properties, traits, groupId }: TrackingItem): { properties: JsonObject; traits: JsonObject } {
  if (type !== 'group') return { properties, traits };
  return { properties: { ...traits, ...properties, ...(groupId === null ? {} : { groupId }) }, traits: {} };
}

/** A visitor of its own for an item that names nobody, such as a bare page view. The same item is the same visitor. */
function nobody(raw: unknown): string {
  const id = typeof raw === 'object' && raw !== null && 'messageId' in raw && typeof raw.messageId === 'string' ? raw.messageId : '';
  return `message-${id === '' ? randomUUID() : id}`;
}

const NAMES_NOBODY: ItemResult = {
  kind: 'rejected', code: 'identifier_missing', message: 'With a browser key an e-mail address names nobody; add userId or anonymousId.', pointer: '/anonymousId',
};

/** Validates one item and makes the record that the log keeps of it. */
export function recordOfItem(raw: unknown, type: TrackingType | null, sender: Sender): ItemResult {
  const visitor = sender.anonymousId ?? nobody(raw);
  const parsed = parseItem(raw, { type, receivedAt: sender.receivedAt, sentAt: sender.sentAt, context: sender.context, anonymousId: visitor });
  if (parsed.kind === 'invalid') return { kind: 'rejected', code: parsed.code, message: parsed.message, pointer: parsed.pointer };
  const { item } = parsed;
  const all = identifiersOf(item, sender.trusted);
  if (all.length === 0) return NAMES_NOBODY;
  // An id like «undefined» is a mistake of the page, shared by many people. The event is kept, but it is not theirs.
  const junk = all.filter(isJunkIdentifier);
  const identifiers = all.filter((identifier) => !junk.includes(identifier));
  const first = identifiers[0] ?? { kind: 'anonymous', value: visitor };
  if (identifiers.length === 0) identifiers.push(first);
  const { workspaceId, receivedAt, trusted, historical } = sender;
  return {
    kind: 'record',
    record: {
      workspaceId,
      contactId: contactIdOf(workspaceId, first),
      record: {
        kind: 'event',
        type: item.type,
        name: item.name,
        messageId: item.messageId ?? randomUUID(),
        receivedAt,
        occurredAt: item.occurredAt,
        identifiers,
        ...factsOf(item),
        context: contextOf(item, sender, junk),
        trusted,
        historical,
      },
    },
  };
}
