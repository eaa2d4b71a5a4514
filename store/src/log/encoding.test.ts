import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, LogRecord, MessageId } from '@samovar/core';
import { LOG_KIND, decodeRecord, encodeRecord } from './encoding.ts';

const json = fc.dictionary(fc.string(), fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json)) as fc.Arbitrary<JsonObject>;
const text = fc.string({ unit: 'grapheme' });
const millis = fc.integer({ min: 0, max: 4e12 });

const event: fc.Arbitrary<LogRecord> = fc.record({
  kind: fc.constant('event' as const),
  type: fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias'),
  name: text,
  messageId: text,
  receivedAt: millis,
  occurredAt: millis,
  identifiers: fc.array(fc.record({ kind: fc.constantFrom('user', 'anonymous', 'email', 'phone', 'order'), value: text }), { minLength: 1, maxLength: 3 }),
  properties: json,
  traits: json,
  context: json,
  trusted: fc.boolean(),
  historical: fc.boolean(),
});

const outcome: fc.Arbitrary<LogRecord> = fc.record({
  kind: fc.constant('outcome' as const),
  receivedAt: millis,
  messageId: fc.uuid() as unknown as fc.Arbitrary<MessageId>,
  outcome: fc.constantFrom('sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'complained', 'failed', 'cancelled'),
  machine: fc.boolean(),
  detail: fc.option(text, { nil: null }),
});

describe('encodeRecord', () => {
  it('is undone by decodeRecord', () => {
    fc.assert(fc.property(fc.oneof(event, outcome), (record) => {
      const plain: unknown = JSON.parse(JSON.stringify(record));
      expect(JSON.parse(JSON.stringify(decodeRecord(encodeRecord(record))))).toEqual(plain);
    }));
  });

  it('leaves out what is usual', () => {
    const encoded = encodeRecord({
      kind: 'event', type: 'track', name: 'Product Viewed', messageId: 'm1', receivedAt: 2, occurredAt: 1,
      identifiers: [{ kind: 'user', value: 'u1' }], properties: {}, traits: {}, context: {}, trusted: false, historical: false,
    });
    expect(encoded).toMatchObject({ kind: LOG_KIND.event, name: 'Product Viewed', receivedAt: 2, occurredAt: 1 });
    expect(Buffer.from(encoded.body).toString()).toBe('{"id":"m1","who":[["user","u1"]]}');
  });

  it('replaces what a text column cannot hold', () => {
    const record: LogRecord = {
      kind: 'event', type: 'track', name: 'a\u0000b', messageId: 'm\u0000', receivedAt: 2, occurredAt: 1,
      identifiers: [], properties: { x: '\u0000' }, traits: {}, context: {}, trusted: true, historical: true,
    };
    const encoded = encodeRecord(record);
    expect(encoded.name).toBe('a\uFFFDb');
    expect(decodeRecord(encoded)).toEqual({ ...record, name: 'a\uFFFDb' });
  });

  it('does not guess at kinds it does not know', () => {
    expect(() => decodeRecord({ kind: 9, name: '', receivedAt: 0, occurredAt: 0, body: Buffer.from('{}') })).toThrow(/kind 9/);
  });
});
