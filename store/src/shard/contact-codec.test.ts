import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newContact, type ContactId, type ContactState, type EnrollmentId, type Json, type MessageId, type Occupant } from '@samovar/core';
import { decodeOccupant, encodeOccupant } from './contact-codec.ts';

const ID = '17368759-1568-88fe-80f5-e74c6f2c40cf' as ContactId;

function again(occupant: Occupant): Occupant {
  return decodeOccupant({ contact_id: ID, workspace_id: 7, state: encodeOccupant(occupant) });
}

function contact(more: Partial<ContactState>): ContactState {
  return { ...newContact(ID, 7, { kind: 'user', value: 'u1' }, 1_000), ...more };
}

const value = fc.jsonValue().map((one) => JSON.parse(JSON.stringify(one)) as Json);
const time = fc.option(fc.nat(), { nil: null });
const message = fc.record({
  id: fc.uuid().map((id) => id as MessageId), enrollmentId: fc.uuid().map((id) => id as EnrollmentId), journey: fc.string(), step: fc.oneof(fc.string(), fc.constant('send-cart-1')), template: fc.oneof(fc.string(), fc.constant('cart-1')), topic: fc.option(fc.string(), { nil: null }), address: fc.string(), at: fc.nat(),
  marketing: fc.boolean(), sent: fc.boolean(), delivered: fc.boolean(), bounced: fc.boolean(), unsubscribed: fc.boolean(), machineOpened: fc.boolean(), openedAt: time, clickedAt: time,
});
const trait = fc.record({ value, at: fc.nat(), tie: fc.nat(), verified: fc.boolean(), since: fc.nat() });
const fact = fc.record({ value: fc.string(), at: fc.nat() });
/** As JSON has it: any name is an own property. */
const plain = <T>(record: T): T => JSON.parse(JSON.stringify(record)) as T;

describe('the codec of contacts', () => {
  it('knows tombstones, and what came after them', () => {
    const tombstone = { at: 5, erasure: 'e1', ownerKind: 'user' } as const;
    expect(again({ kind: 'erased', tombstone })).toEqual({ kind: 'erased', tombstone });
    expect(again({ kind: 'contact', state: contact({ erased: tombstone }) })).toMatchObject({ state: { erased: tombstone } });
    const redirect = { to: ID, identifier: { kind: 'anonymous', value: 'd' } as const, trusted: true, frozen: null, erased: tombstone };
    expect(again({ kind: 'redirect', redirect })).toEqual({ kind: 'redirect', redirect });
  });

  it('gives back what it was given', () => {
    const state = fc.record({
      traits: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'redirect')), trait).map(plain),
      seen: fc.record({ city: fact, device: fact }, { requiredKeys: [] }), messages: fc.array(message), tags: fc.array(fc.string()), toldOrders: fc.boolean(), decisions: fc.nat(), seq: fc.nat(), at: fc.nat(),
      leaves: fc.dictionary(fc.string(), fc.record({ count: fc.nat(), latest: fc.array(fc.nat()) })).map(plain),
    }, { requiredKeys: [] });
    fc.assert(fc.property(state, (more) => {
      const before: Occupant = { kind: 'contact', state: contact(more) };
      expect(again(before)).toEqual(before);
      expect(Object.getPrototypeOf(again(before))).toBe(Object.prototype);
    }));
  });

  it('keeps a merged contact behind its redirect', () => {
    const frozen = contact({ tags: ['vip'], traits: { plan: { value: 'pro', at: 5, tie: 6, verified: true, since: 4 } } });
    const redirect = { to: '27368759-1568-88fe-80f5-e74c6f2c40cf' as ContactId, identifier: { kind: 'anonymous', value: 'a1' }, trusted: false } as const;
    for (const before of [{ kind: 'redirect', redirect: { ...redirect, frozen } }, { kind: 'redirect', redirect: { ...redirect, frozen: null } }] as const) {
      expect(again(before)).toEqual(before);
    }
  });

  it('does not store what a contact has anyway', () => {
    const stored = JSON.parse(encodeOccupant({ kind: 'contact', state: contact({}) })) as object;
    expect(Object.keys(stored).sort()).toEqual(['at', 'createdAt', 'decisions', 'home', 'programVersion', 'seq']);
  });

  it('fills in what a row written before lacks', () => {
    const { state } = decodeOccupant({ contact_id: ID, workspace_id: 7, state: '{"home":{"kind":"user","value":"u1"},"createdAt":1,"at":2}' }) as Extract<Occupant, { kind: 'contact' }>;
    expect(state).toEqual({ ...contact({}), createdAt: 1, at: 2 });
  });
});
