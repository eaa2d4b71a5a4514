import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newWalk, walkValue } from './check-value.ts';
import { EVENT_LIMITS } from './limits.ts';
import { parseBatch } from './parse-batch.ts';
import { parseItem } from './parse-item.ts';
import { parseTimestamp } from './timestamp.ts';
import type { ItemDefaults, TrackingItem } from './types.ts';

const RECEIVED_AT = Date.UTC(2026, 2, 28, 10);
const DEFAULTS: ItemDefaults = { type: null, receivedAt: RECEIVED_AT, sentAt: null, anonymousId: null, context: null };

function item(raw: unknown, defaults: Partial<ItemDefaults> = {}): TrackingItem {
  const parsed = parseItem(raw, { ...DEFAULTS, ...defaults });
  if (parsed.kind === 'invalid') throw new Error(`${parsed.code} ${parsed.pointer} ${parsed.message}`);
  return parsed.item;
}

function code(raw: unknown, defaults: Partial<ItemDefaults> = {}): string {
  const parsed = parseItem(raw, { ...DEFAULTS, ...defaults });
  return parsed.kind === 'invalid' ? `${parsed.code} ${parsed.pointer}`.trim() : 'item';
}

const track = { type: 'track', event: 'Order Completed', userId: 'u1' };

describe('items', () => {
  test('a track call', () => {
    const raw = { ...track, messageId: 'm1', anonymousId: 'a1', properties: { total: 40 }, context: { ip: '192.0.2.1' }, timestamp: '2026-03-28T09:00:00Z', integrations: { All: false } };
    expect(item(raw)).toEqual({
      type: 'track',
      messageId: 'm1',
      userId: 'u1',
      anonymousId: 'a1',
      email: null,
      previousId: null,
      groupId: null,
      name: 'Order Completed',
      properties: { total: 40 },
      traits: {},
      context: { ip: '192.0.2.1' },
      occurredAt: RECEIVED_AT - 3_600_000,
    });
  });

  test.each([
    ['identify', 'Identify'],
    ['page', 'Page Viewed'],
    ['screen', 'Screen Viewed'],
  ])('%s is called %s', (type, name) => {
    expect(item({ type, userId: 'u1' }).name).toBe(name);
  });

  test('group and alias keep their second id', () => {
    expect(item({ type: 'group', userId: 'u1', groupId: 7, traits: { email: 'info@initech.example' } })).toMatchObject({ name: 'Group Joined', groupId: '7', email: null });
    expect(item({ type: 'alias', userId: 'u1', previousId: 'a1' })).toMatchObject({ name: 'Alias', previousId: 'a1' });
    expect(item({ ...track, context: { groupId: 'g1' } }).groupId).toBe('g1');
  });

  test('the type comes from the path, the item, or its old name', () => {
    expect(item({ event: 'X', userId: 'u' }, { type: 'track' }).type).toBe('track');
    expect(item({ event: 'X', user_id: 'u', action: 'track' }).userId).toBe('u');
    expect(code({ userId: 'u', type: 'tracks' })).toBe('type_unknown /type');
  });

  test('name and category of a page are among its properties, which win', () => {
    expect(item({ type: 'page', userId: 'u', name: 'Home', category: 'Retail', properties: { category: 'Own', url: '/' } }).properties).toEqual({ name: 'Home', category: 'Own', url: '/' });
  });

  test('ids may be numbers; empty ones are none', () => {
    expect(item({ ...track, userId: 42 }).userId).toBe('42');
    expect(item({ ...track, userId: ' ', anonymousId: 'a' })).toMatchObject({ userId: null, anonymousId: 'a' });
    expect(code({ ...track, userId: null })).toBe('identifier_missing /userId');
    expect(code({ ...track, userId: { id: 1 } })).toBe('id_invalid /userId');
    expect(code({ ...track, messageId: true })).toBe('id_invalid /messageId');
  });

  test('an address in the traits identifies when nothing else does', () => {
    expect(item({ type: 'identify', traits: { email: ' Sara@Example.com ' } })).toMatchObject({ userId: null, anonymousId: null, email: 'sara@example.com' });
    expect(item({ type: 'track', event: 'X', context: { traits: { email: 'a@b.co' } } }).email).toBe('a@b.co');
    expect(code({ type: 'identify', traits: { email: 'nobody' } })).toBe('identifier_missing /userId');
  });

  test('an item that names nobody gets the id that the caller made up, an alias does not', () => {
    expect(item({ type: 'page', name: 'Home' }, { anonymousId: 'made-up' }).anonymousId).toBe('made-up');
    expect(item({ type: 'page', userId: 'u' }, { anonymousId: 'made-up' }).anonymousId).toBe(null);
    expect(code({ type: 'alias', previousId: 'p' }, { anonymousId: 'made-up' })).toBe('identifier_missing /userId');
  });

  test('context of the batch lies below that of the item', () => {
    expect(item({ ...track, context: { ip: '1' } }, { context: { ip: '0', locale: 'fa' } }).context).toEqual({ ip: '1', locale: 'fa' });
  });

  test.each([
    [null, 'not_an_object'],
    [[], 'not_an_object'],
    ['x', 'not_an_object'],
    [{ type: 'track', userId: 'u' }, 'event_name_missing /event'],
    [{ type: 'track', userId: 'u', event: '  ' }, 'event_name_missing /event'],
    [{ type: 'track', userId: 'u', event: 7 }, 'event_name_invalid /event'],
    [{ type: 'group', userId: 'u' }, 'group_id_missing /groupId'],
    [{ type: 'alias', userId: 'u' }, 'previous_id_missing /previousId'],
    [{ ...track, properties: [] }, 'field_invalid /properties'],
    [{ ...track, traits: 'x' }, 'field_invalid /traits'],
    [{ ...track, context: 1 }, 'field_invalid /context'],
    [{ ...track, timestamp: 'yesterday' }, 'timestamp_invalid /timestamp'],
    [{ ...track, properties: { a: { 'b/c': [1, Infinity] } } }, 'number_not_finite /properties/a/b~1c/1'],
    [{ ...track, properties: { a: () => 1 } }, 'value_invalid /properties/a'],
    [{ ...track, properties: { a: new Date(0) } }, 'value_invalid /properties/a'],
  ])('%j is refused: %s', (raw, expected) => {
    expect(code(raw)).toBe(expected);
  });
});

describe('text that cannot be kept', () => {
  test('is replaced in properties, refused in ids and names', () => {
    expect(item({ ...track, properties: { 'a\0': 'x\ud800y\0', ok: '🫖' } }).properties).toEqual({ 'a\uFFFD': 'x\uFFFDy\uFFFD', ok: '🫖' });
    expect(code({ ...track, userId: 'a\0' })).toBe('id_invalid /userId');
    expect(code({ ...track, userId: '\udc00' })).toBe('id_invalid /userId');
    expect(code({ ...track, event: 'a\0' })).toBe('event_name_invalid /event');
  });

  test('__proto__ neither pollutes nor stays', () => {
    const raw: unknown = JSON.parse('{"type":"identify","userId":"u","__proto__":{"x":1},"traits":{"__proto__":{"admin":true},"a":{"__proto__":1,"constructor":2}}}');
    const { traits } = item(raw);
    expect(Object.hasOwn(traits, '__proto__')).toBe(false);
    expect((traits as { admin?: unknown }).admin).toBeUndefined();
    expect(traits['a']).toEqual({ constructor: 2 });
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});

describe('time', () => {
  const at = (raw: object, sentAt: number | null = null): number => item({ ...track, ...raw }, { sentAt }).occurredAt - RECEIVED_AT;

  test('none, or the time that was written', () => {
    expect(at({})).toBe(0);
    expect(at({ timestamp: '2026-03-28T09:59:59.5Z' })).toBe(-500);
    expect(at({ timestamp: '2026-03-28T13:29:00+03:30' })).toBe(-60_000);
  });

  test('a wrong clock is corrected by the time of sending', () => {
    expect(at({ timestamp: '2020-01-01T00:00:00Z', sentAt: '2020-01-01T00:00:10Z' })).toBe(-10_000);
    expect(at({ originalTimestamp: '2030-01-01T00:00:00Z', sentAt: '2030-01-01T00:01:00Z' })).toBe(-60_000);
    expect(at({ timestamp: '2020-01-01T00:00:00Z' }, Date.UTC(2020, 0, 1, 1))).toBe(-3_600_000);
    expect(at({ timestamp: '2026-03-28T09:00:00Z', sentAt: 'soon' })).toBe(-3_600_000);
  });

  test('a time that was corrected or chosen before holds as it is', () => {
    expect(at({ originalTimestamp: '2030-01-01T00:00:00Z', timestamp: '2026-03-28T09:00:00Z', sentAt: '2030-01-01T00:01:00Z' })).toBe(-3_600_000);
  });

  test('nothing happens later than it is received, nor before time began', () => {
    expect(at({ timestamp: '2027-01-01T00:00:00Z' })).toBe(0);
    expect(at({ timestamp: '2026-03-28T10:00:00Z', sentAt: '2026-03-28T09:00:00Z' })).toBe(0);
    expect(item({ ...track, timestamp: '1970-01-01', sentAt: '2026-03-29T00:00:00Z' }).occurredAt).toBe(0);
  });

  test.each([
    ['2012-12-02T00:30:08.276Z', Date.UTC(2012, 11, 2, 0, 30, 8, 276)],
    ['2012-12-02T00:30:08.276543+0100', Date.UTC(2012, 11, 1, 23, 30, 8, 276)],
    ['2012-12-02 00:30', Date.UTC(2012, 11, 2, 0, 30)],
    ['2012-12-02', Date.UTC(2012, 11, 2)],
    [1_354_408_208, 1_354_408_208_000],
    [1_354_408_208_276, 1_354_408_208_276],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['2012-02-30', null],
    ['2012-13-01', null],
    ['12:00', null],
    ['', null],
    [Infinity, null],
    [-1, null],
    [null, null],
  ])('%j is %j', (value, expected) => {
    expect(parseTimestamp(value)).toBe(expected);
  });
});

describe('limits, at the limit and one beyond', () => {
  const long = (length: number): string => 'x'.repeat(length);

  test('ids and names', () => {
    expect(code({ ...track, userId: long(EVENT_LIMITS.maxIdLength) })).toBe('item');
    expect(code({ ...track, userId: long(EVENT_LIMITS.maxIdLength + 1) })).toBe('id_too_long /userId');
    expect(code({ ...track, event: long(EVENT_LIMITS.maxNameLength) })).toBe('item');
    expect(code({ ...track, event: long(EVENT_LIMITS.maxNameLength + 1) })).toBe('event_name_too_long /event');
  });

  test.each(['x', 'é', '\n', '🫖'])('size, filled with %j', (filler) => {
    const empty = { ...track, properties: { text: '' } };
    const bytes = (raw: object): number => Buffer.byteLength(JSON.stringify(raw));
    const each = bytes({ ...track, properties: { text: filler } }) - bytes(empty);
    const room = EVENT_LIMITS.maxItemBytes - bytes(empty);
    const text = filler.repeat(Math.floor(room / each)) + 'x'.repeat(room % each);
    expect(bytes({ ...track, properties: { text } })).toBe(EVENT_LIMITS.maxItemBytes);
    expect(code({ ...track, properties: { text } })).toBe('item');
    expect(code({ ...track, properties: { text: `${text}x` } })).toBe('item_too_large');
    expect(code({ ...track, properties: { text }, integrations: { a: text } })).toBe('item');
  });

  test('depth', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
    expect(code({ ...track, properties: deep(EVENT_LIMITS.maxDepth) })).toBe('item');
    expect(code({ ...track, properties: deep(EVENT_LIMITS.maxDepth + 1) })).toMatch(/^too_deep \/properties\/a/);
    expect(code({ ...track, properties: deep(5_000) })).toMatch(/^too_deep/);
  });

  test('properties', () => {
    const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1]));
    const others = Object.keys({ ...track, properties: {} }).length;
    expect(code({ ...track, properties: many(EVENT_LIMITS.maxProperties - others) })).toBe('item');
    expect(code({ ...track, properties: many(EVENT_LIMITS.maxProperties - others + 1) })).toMatch(/^too_many_properties/);
  });

  test('items of a batch', () => {
    const items = Array.from({ length: EVENT_LIMITS.maxItemsPerBatch }, () => track);
    expect(parseBatch({ batch: items }).kind).toBe('batch');
    expect(parseBatch({ batch: [...items, track] })).toMatchObject({ code: 'batch_too_long' });
  });
});

test('the envelope of a batch', () => {
  expect(parseBatch({ batch: [1], sentAt: '2026-03-28T10:00:00Z', writeKey: 'k', context: { locale: 'fa' } })).toEqual({ kind: 'batch', items: [1], sentAt: RECEIVED_AT, context: { locale: 'fa' }, writeKey: 'k' });
  for (const raw of [null, [], 1, {}, { batch: {} }]) expect(parseBatch(raw)).toMatchObject({ code: 'batch_invalid' });
});

describe('properties that always hold', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const raw = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSparseArray: true, withTypedArray: true }),
    fc.record(
      { type: fc.constantFrom('track', 'identify', 'page', 'group', 'alias', 'x'), event: json, userId: json, anonymousId: json, previousId: json, groupId: json, properties: json, traits: json, context: json, timestamp: json, sentAt: json, messageId: json },
      { requiredKeys: [] },
    ),
  );

  test('garbage never throws, and what is accepted is JSON that can be kept', () => {
    fc.assert(
      fc.property(raw, fc.option(json.map((value) => ({ value })), { nil: null }), (value, context) => {
        const parsed = parseItem(value, { ...DEFAULTS, context: context as ItemDefaults['context'] });
        if (parsed.kind === 'invalid') return;
        const text = JSON.stringify(parsed.item);
        expect(JSON.parse(text)).toEqual(parsed.item);
        expect(parsed.item.occurredAt).toBeLessThanOrEqual(RECEIVED_AT);
        expect(parsed.item.userId ?? parsed.item.anonymousId ?? parsed.item.email).not.toBe(null);
        parseBatch(value);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the size of plain ASCII is counted exactly, other sizes never too high', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json, { minKeys: 1, noNullPrototype: true }), (object) => {
        const walk = newWalk();
        walkValue(walk, object, 0);
        const real = Buffer.byteLength(JSON.stringify(object)) + 1;
        expect(walk.wide ? Math.min(walk.leastBytes, real) : real).toBe(walk.leastBytes);
      }),
    );
  });
});
