import type { JsonObject, Millis } from '../json.ts';

export type TrackingType = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';

/** One accepted call of the tracking API, normalised. Somebody is always named: `userId`, `anonymousId` or `email`. */
export interface TrackingItem {
  type: TrackingType;
  /** null: the caller makes one. */
  messageId: string | null;
  userId: string | null;
  anonymousId: string | null;
  /** Address found in the traits, trimmed and in lower case; identifies only when there is no other id. */
  email: string | null;
  /** Of `alias` only. */
  previousId: string | null;
  /** Of `group`, or of `context.groupId`. */
  groupId: string | null;
  /** The event's name; calls other than `track` have a fixed one, see EVENT_NAMES. */
  name: string;
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  /** Corrected for the sender's clock, never later than it was received. */
  occurredAt: Millis;
}

/** What the request says for all of its items. */
export interface ItemDefaults {
  /** From the path (`/v1/track`); null in a batch, where each item says its own. */
  type: TrackingType | null;
  receivedAt: Millis;
  /** `sentAt` of the batch, if it had one. */
  sentAt: Millis | null;
  /** Used when the item names nobody (a bare page view); null: such an item is refused. */
  anonymousId: string | null;
  /** `context` of the batch; an item's own keys win. */
  context: JsonObject | null;
}

export type ParsedItem =
  | { kind: 'item'; item: TrackingItem }
  /** `pointer` is a JSON pointer into the item. */
  | { kind: 'invalid'; code: EventProblemCode; message: string; pointer: string };

export type ParsedBatch =
  | { kind: 'batch'; items: unknown[]; sentAt: Millis | null; context: JsonObject | null; writeKey: string | null }
  | { kind: 'invalid'; code: EventProblemCode; message: string; pointer: string };

/** Why an item or a batch is refused. */
export const EVENT_PROBLEMS = {
  not_an_object: 'The item is not a JSON object',
  type_unknown: 'The type is missing or is none of the six known ones',
  id_invalid: 'An id is neither text nor a number, or holds characters that cannot be kept',
  id_too_long: 'An id is too long',
  identifier_missing: 'The item names nobody: no userId, no anonymousId, no e-mail address',
  event_name_missing: 'A track call without the name of its event',
  event_name_invalid: 'The name of the event is not text or holds characters that cannot be kept',
  event_name_too_long: 'The name of the event is too long',
  previous_id_missing: 'An alias call without previousId',
  group_id_missing: 'A group call without groupId',
  field_invalid: 'A field has the wrong type',
  timestamp_invalid: 'A time that is not an ISO 8601 time',
  number_not_finite: 'A number too large to be kept',
  value_invalid: 'A value that JSON does not know',
  too_deep: 'Values are nested too deeply',
  too_many_properties: 'Too many properties',
  item_too_large: 'The item is too large',
  batch_invalid: 'The batch is not an object with a list called batch',
  batch_too_long: 'Too many items in one batch',
} as const;

export type EventProblemCode = keyof typeof EVENT_PROBLEMS;
