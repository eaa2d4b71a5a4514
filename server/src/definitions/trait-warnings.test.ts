import { describe, expect, it } from 'vitest';
import type { Condition, Definition, TraitType } from '@samovar/core';
import { traitWarnings } from './trait-warnings.ts';

const segment = (match: Condition): Definition => ({ kind: 'segment', key: 's', name: 's', description: null, match });
const declared = (type: TraitType): Definition => ({ kind: 'schema', key: 'c', name: 'c', traits: { seats: { type, values: null, description: null, personal: false } } });
const more: Condition = { kind: 'trait', path: 'seats', test: { op: 'more-than', value: 5 }, held: null };
const told = (...types: TraitType[]): { trait: string; type: string; value: number }[] => types.map((type) => ({ trait: 'seats', type, value: 3 }));

describe('a comparison with what a trait never is', () => {
  it('is told, as declared and as learned, however deep it stands', () => {
    const deep = segment({ kind: 'all', of: [{ kind: 'none', of: [more] }] });
    expect(traitWarnings([deep, declared('text')], [])).toEqual([{
      kind: 'segment', key: 's', message: 'segment s compares the trait seats with number, and it is declared as text or date: values of different types are never the same.',
    }]);
    expect(traitWarnings([deep], told('text'))).toMatchObject([{ message: expect.stringContaining('it is text so far') }]);
    expect(traitWarnings([segment({ kind: 'date', path: 'seats', when: { kind: 'days', from: 0, to: 0 } })], told('number'))).toHaveLength(1);
  });

  it('is none where some value could pass, or nothing is known', () => {
    expect(traitWarnings([segment(more)], told('text', 'number'))).toEqual([]);
    expect(traitWarnings([segment(more), declared('number')], told('text'))).toEqual([]);
    expect(traitWarnings([segment(more)], [])).toEqual([]);
    expect(traitWarnings([segment({ kind: 'trait', path: 'seats', test: { op: 'exists' }, held: null })], told('list'))).toEqual([]);
    expect(traitWarnings([segment({ kind: 'trait', path: 'seats', test: { op: 'is', value: 'a' }, held: null })], told('date'))).toEqual([]);
  });
});
