import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../event/json.ts';
import { SARA, SOME_ID } from '../testing/small-world.ts';
import { newContact, type ContactState } from './contact-state.ts';
import { TRAIT_COUNT_LIMIT, traitAt, traitValues, writeTraits, type TraitWrite } from './traits.ts';

type Write = TraitWrite & { traits: JsonObject };

function contactAfter(writes: readonly Write[]): ContactState {
  const contact = newContact(SOME_ID, 1, SARA, 0);
  for (const { traits, ...write } of writes) writeTraits(contact, traits, write);
  return contact;
}

const write = (traits: JsonObject, at: number, more: Partial<TraitWrite> = {}): Write => ({ traits, at, messageId: `m${at}`, trusted: true, ...more });

describe('traits', () => {
  it('are what was written last by when it happened, whatever the order of arrival', () => {
    const one = fc.record({ name: fc.constantFrom('a', 'b'), value: fc.nat(9), at: fc.nat(3), messageId: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'), trusted: fc.boolean() });
    // One event writes one value: the same id comes once.
    const writes = fc.uniqueArray(one, { selector: ({ messageId }) => messageId }).chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(fc.property(writes, (orders) => {
      const [one2, other] = orders.map((list) => traitValues(contactAfter(list.map(({ name, value, ...rest }) => ({ ...rest, traits: { [name]: value } })))));
      expect(other).toEqual(one2);
    }), { seed: 1, numRuns: 1000 });
  });

  it('set by a server are not overwritten by a browser, whenever that came', () => {
    expect(traitValues(contactAfter([write({ a: 1 }, 1), write({ a: 2 }, 5, { trusted: false })]))).toEqual({ a: 1 });
    expect(traitValues(contactAfter([write({ a: 2 }, 5, { trusted: false }), write({ a: 1 }, 1)]))).toEqual({ a: 1 });
    expect(traitValues(contactAfter([write({ a: 1 }, 1, { trusted: false }), write({ a: 2 }, 5, { trusted: false })]))).toEqual({ a: 2 });
  });

  it('are removed by null', () => {
    expect(traitValues(contactAfter([write({ a: 1 }, 1), write({ a: null }, 2)]))).toEqual({ a: null });
  });

  it('tell which of them changed', () => {
    const contact = newContact(SOME_ID, 1, SARA, 0);
    const at = (when: number, traits: JsonObject): string[] => writeTraits(contact, traits, { at: when, messageId: `m${when}`, trusted: true });
    expect([at(1, { a: 1, o: { k: 1 } }), at(2, { a: 1, o: { k: 1 }, n: null }), at(3, { o: { k: 2 } }), at(1, { a: 5 }), at(4, {})]).toEqual([['a', 'o'], ['n'], ['o'], [], []]);
  });

  it('are found by dotted paths, their own names first', () => {
    const contact = contactAfter([write({ o: { k: { z: 1 } }, 'o.k': 2, list: [7] }, 1)]);
    expect([traitAt(contact, 'o', 'o.k'), traitAt(contact, 'o', 'o.k.z'), traitAt(contact, 'list', 'list.0'), traitAt(contact, 'x', 'x.y')]).toEqual([2, 1, 7, undefined]);
  });

  it('are so many at most; those known may still change', () => {
    const many = Object.fromEntries(Array.from({ length: TRAIT_COUNT_LIMIT }, (_, index) => [`t${index}`, index]));
    expect(Object.keys(contactAfter([write(many, 1)]).traits)).toHaveLength(TRAIT_COUNT_LIMIT);
    const contact = contactAfter([write(many, 1), write({ more: 1, t0: 'changed' }, 2)]);
    expect([Object.keys(contact.traits).length, contact.traits.more, contact.traits.t0?.value]).toEqual([TRAIT_COUNT_LIMIT, undefined, 'changed']);
  });
});
