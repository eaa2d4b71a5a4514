import { isEmailAddress } from '../definitions/email-address.ts';
import type { JsonObject, Millis } from '../json.ts';
import { cleanValue, escapePointer, isKeepable, newWalk, walkValue } from './check-value.ts';
import { EVENT_LIMITS, EVENT_NAMES } from './limits.ts';
import { parseTimestamp } from './timestamp.ts';
import type { EventProblemCode, ItemDefaults, ParsedItem, TrackingItem, TrackingType } from './types.ts';

type RawItem = Record<string, unknown>;
type Invalid = ParsedItem & { kind: 'invalid' };

/**
 * Validates and normalises one item of the tracking API. Written by hand and shallow, because it runs for every event.
 * `raw` is what JSON.parse made; it is not changed, but parts of it are passed on.
 */
export function parseItem(raw: unknown, defaults: ItemDefaults): ParsedItem {
  if (!isObject(raw)) return invalid('not_an_object', 'An item is a JSON object.', '');
  const type = readType(raw, defaults);
  if (type === null) return invalid('type_unknown', 'type must be identify, track, page, screen, group or alias.', '/type');
  const size = checkSize(raw);
  if (size.problem !== null) return { kind: 'invalid', ...size.problem };
  const source = size.dirty ? cleaned(raw) : raw;

  const ids = readIds(source);
  if ('kind' in ids) return ids;
  const name = readName(type, source);
  if (typeof name !== 'string') return name;
  const parts = readParts(source, defaults);
  if ('kind' in parts) return parts;
  const occurredAt = readOccurredAt(source, defaults);
  if (typeof occurredAt !== 'number') return occurredAt;
  return complete({ type, ...ids, name, ...parts, occurredAt, email: findEmail(type, parts) }, source, defaults);
}

function complete(item: TrackingItem, source: RawItem, defaults: ItemDefaults): ParsedItem {
  const { type } = item;
  if (type !== 'alias') item.previousId = null;
  else if (item.previousId === null) return invalid('previous_id_missing', 'alias needs previousId.', '/previousId');
  // An alias to a visitor who was made up would lose the previous one.
  else if (item.userId === null && item.anonymousId === null) return invalid('identifier_missing', 'alias needs userId.', '/userId');
  if (type === 'group' && item.groupId === null) return invalid('group_id_missing', 'group needs groupId.', '/groupId');
  if (item.groupId === null && item.context['groupId'] !== undefined) {
    // A reference in the context is a convenience: a strange one harms nobody.
    const groupId = readId(item.context, 'groupId', 'group_id');
    item.groupId = typeof groupId === 'string' ? groupId : null;
  }
  if (type === 'page' || type === 'screen') item.properties = pageProperties(item.properties, source);
  if (item.userId === null && item.anonymousId === null && item.email === null) {
    if (defaults.anonymousId === null) return invalid('identifier_missing', 'Add userId or anonymousId.', '/userId');
    item.anonymousId = defaults.anonymousId;
  }
  return { kind: 'item', item };
}

function isObject(value: unknown): value is RawItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(code: EventProblemCode, message: string, pointer: string): Invalid {
  return { kind: 'invalid', code, message, pointer };
}

/** The path says the type of a single call, the item that of one in a batch; `action` is an old name for it. */
function readType(raw: RawItem, defaults: ItemDefaults): TrackingType | null {
  if (defaults.type !== null) return defaults.type;
  const type = raw['type'] ?? raw['action'];
  return isTrackingType(type) ? type : null;
}

function isTrackingType(type: unknown): type is TrackingType {
  return type === 'track' || type === 'identify' || type === 'page' || type === 'screen' || type === 'group' || type === 'alias';
}

function checkSize(raw: RawItem): ReturnType<typeof newWalk> {
  const walk = newWalk();
  for (const key of Object.keys(raw)) {
    // Meant for Segment's destinations; it has no meaning here and is not kept.
    if (key === 'integrations') continue;
    const value = raw[key];
    if (value === undefined) continue;
    walk.leastBytes += key.length + 4;
    walk.properties++;
    if (!walkValue(walk, value, 1)) {
      if (walk.problem !== null) walk.problem.pointer = `/${escapePointer(key)}${walk.problem.pointer}`;
      return walk;
    }
  }
  if (walk.properties > EVENT_LIMITS.maxProperties) {
    walk.problem = { code: 'too_many_properties', message: `An item may have ${EVENT_LIMITS.maxProperties} properties on all levels.`, pointer: '' };
  }
  if (bytesOf(raw, walk.leastBytes, walk.wide) > EVENT_LIMITS.maxItemBytes) {
    walk.problem = { code: 'item_too_large', message: `An item may have ${EVENT_LIMITS.maxItemBytes} bytes.`, pointer: '' };
  }
  return walk;
}

/** Only items near the limit are written out to know their exact size. */
function bytesOf(raw: RawItem, leastBytes: number, wide: boolean): number {
  const surelySmall = leastBytes * MOST_BYTES_PER_CHARACTER <= EVENT_LIMITS.maxItemBytes;
  if (!wide || surelySmall || leastBytes > EVENT_LIMITS.maxItemBytes) return leastBytes;
  return new TextEncoder().encode(JSON.stringify({ ...raw, integrations: undefined })).length;
}

/** A control character is escaped as six, `\u0001`. */
const MOST_BYTES_PER_CHARACTER = 6;

function cleaned(raw: RawItem): RawItem {
  const copy: RawItem = {};
  for (const [key, value] of Object.entries(raw)) {
    // Ids and names are not mended: two that differ must not become the same.
    if (UNMENDED.has(key)) copy[key] = value;
    else if (key !== '__proto__' && key !== 'integrations' && value !== undefined) copy[key] = cleanValue(value);
  }
  return copy;
}

const UNMENDED = new Set(['userId', 'user_id', 'anonymousId', 'anonymous_id', 'previousId', 'previous_id', 'groupId', 'group_id', 'messageId', 'message_id', 'event']);

type Ids = Pick<TrackingItem, 'messageId' | 'userId' | 'anonymousId' | 'previousId' | 'groupId'>;

function readIds(raw: RawItem): Ids | Invalid {
  // Some libraries and examples write ids with underscores.
  const userId = readId(raw, 'userId', 'user_id');
  if (isInvalid(userId)) return userId;
  const anonymousId = readId(raw, 'anonymousId', 'anonymous_id');
  if (isInvalid(anonymousId)) return anonymousId;
  const previousId = readId(raw, 'previousId', 'previous_id');
  if (isInvalid(previousId)) return previousId;
  const groupId = readId(raw, 'groupId', 'group_id');
  if (isInvalid(groupId)) return groupId;
  const messageId = readId(raw, 'messageId', 'message_id');
  if (isInvalid(messageId)) return messageId;
  return { messageId, userId, anonymousId, previousId, groupId };
}

function isInvalid(id: string | null | Invalid): id is Invalid {
  return typeof id === 'object' && id !== null;
}

/** Text or a number, as text without spaces around it; empty is none. */
function readId(raw: RawItem, camelCase: string, snakeCase: string): string | null | Invalid {
  const name = raw[camelCase] === undefined || raw[camelCase] === null ? snakeCase : camelCase;
  const value = raw[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number') return invalid('id_invalid', `${name} must be text or a number.`, `/${name}`);
  const id = String(value).trim();
  if (id.length > EVENT_LIMITS.maxIdLength) return invalid('id_too_long', `${name} may have ${EVENT_LIMITS.maxIdLength} characters.`, `/${name}`);
  if (!isKeepable(id)) return invalid('id_invalid', `${name} holds a character that cannot be kept (NUL or half of a pair).`, `/${name}`);
  return id === '' ? null : id;
}

function readName(type: TrackingType, raw: RawItem): string | Invalid {
  if (type !== 'track') return EVENT_NAMES[type];
  const event = raw['event'];
  if (event === undefined || event === null) return invalid('event_name_missing', 'track needs event, the name of what happened.', '/event');
  if (typeof event !== 'string') return invalid('event_name_invalid', 'event must be text.', '/event');
  const name = event.trim();
  if (name === '') return invalid('event_name_missing', 'event is empty.', '/event');
  if (name.length > EVENT_LIMITS.maxNameLength) return invalid('event_name_too_long', `event may have ${EVENT_LIMITS.maxNameLength} characters.`, '/event');
  if (!isKeepable(name)) return invalid('event_name_invalid', 'event holds a character that cannot be kept (NUL or half of a pair).', '/event');
  return name;
}

type Parts = Pick<TrackingItem, 'properties' | 'traits' | 'context'>;

function readParts(raw: RawItem, defaults: ItemDefaults): Parts | Invalid {
  const properties = raw['properties'] ?? {};
  const traits = raw['traits'] ?? {};
  const own = raw['context'] ?? {};
  if (!isJsonObject(properties)) return invalid('field_invalid', 'properties must be an object.', '/properties');
  if (!isJsonObject(traits)) return invalid('field_invalid', 'traits must be an object.', '/traits');
  if (!isJsonObject(own)) return invalid('field_invalid', 'context must be an object.', '/context');
  const context = defaults.context === null ? own : { ...defaults.context, ...own };
  return { properties, traits, context };
}

/** All values have been walked: what is an object now is JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}

/** The traits of a group belong to the group; only those in the context are the contact's. */
function findEmail(type: TrackingType, { traits, context }: Parts): string | null {
  const own = type === 'group' ? undefined : traits['email'];
  return toEmail(own) ?? (isObject(context['traits']) ? toEmail(context['traits']['email']) : null);
}

function toEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const address = value.trim().toLowerCase();
  return isEmailAddress(address) ? address : null;
}

/** A page's or screen's name and category stand beside the properties; Segment keeps them among these too. */
function pageProperties(properties: JsonObject, raw: RawItem): JsonObject {
  const { name, category } = raw;
  const hasName = typeof name === 'string' && name !== '' && properties['name'] === undefined;
  const hasCategory = typeof category === 'string' && category !== '' && properties['category'] === undefined;
  if (!hasName && !hasCategory) return properties;
  return { ...(hasName ? { name } : {}), ...(hasCategory ? { category } : {}), ...properties };
}

/**
 * Segment's rule: the sender's clock may be wrong, the difference between two readings of it is right, so
 * `receivedAt - (sentAt - originalTimestamp)`. Where `timestamp` stands beside `originalTimestamp` it was either corrected
 * before (by Segment, which forwards both) or chosen by the sender (RudderStack's libraries), and holds as it is.
 * Nothing happens later than it was received.
 */
function readOccurredAt(raw: RawItem, { receivedAt, sentAt: batchSentAt }: ItemDefaults): Millis | Invalid {
  const name = isMissing(raw['timestamp']) ? 'originalTimestamp' : 'timestamp';
  const written = raw[name];
  if (isMissing(written)) return receivedAt;
  const original = parseTimestamp(written);
  if (original === null) return invalid('timestamp_invalid', `${name} must be an ISO 8601 time.`, `/${name}`);
  const isFinal = name === 'timestamp' && !isMissing(raw['originalTimestamp']);
  // A sentAt that cannot be read only loses the correction.
  const sentAt = isFinal ? null : (parseTimestamp(raw['sentAt']) ?? batchSentAt);
  const corrected = sentAt === null ? original : receivedAt - (sentAt - original);
  return Math.max(0, Math.min(corrected, receivedAt));
}

function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
