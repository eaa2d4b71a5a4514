import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../event/observation.ts';
import { decayOf, distinctOf, mergeLeaves, addToLeaf, valuesOf, type LeafState } from './leaf.ts';
import { levelAt } from './decay.ts';
import { DISTINCT_LIMIT } from './distinct.ts';
import type { Leaf, LeafRole, LeafShape } from './shape.ts';
import { VALUES_LIMIT, valuesFigure } from './values.ts';

const SECOND = { event: 'B', where: [] };
const SHAPES: LeafShape[] = [
  { kind: 'times', capacity: 4 }, { kind: 'values', property: 'n', keepMs: 1_000 }, { kind: 'values', property: null, keepMs: 1_000 },
  { kind: 'totals', property: 'n' }, { kind: 'distinct', property: 'n' }, { kind: 'edge', edge: 'first', property: 'n' }, { kind: 'edge', edge: 'last', property: 'n' },
  { kind: 'sequence', second: SECOND, key: 'k', withinMs: 5 }, { kind: 'sequence', second: SECOND, key: null, withinMs: 5 },
];

const NOW = 100;
const leafOf = (shape: LeafShape): Leaf => ({ key: 'l', event: 'A', where: [], dates: null, shape });

interface Told { observation: Observation; role: LeafRole }

const told: fc.Arbitrary<Told[]> = fc.array(fc.record({
  at: fc.integer({ min: 0, max: 30 }), n: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.1, 0.2, 19.99)), k: fc.constantFrom('x', 'y', 7), role: fc.constantFrom<LeafRole>('first', 'second'),
}), { maxLength: 12 }).map((all) => all.map(({ at, n, k, role }, index) => ({ observation: { id: `m${index}`, name: 'A', at, properties: { n, k } }, role })));

function stateOf(leaf: Leaf, list: readonly Told[]): LeafState | undefined {
  return list.reduce<LeafState | undefined>((state, { observation, role }) => addToLeaf(leaf, state, observation, role, NOW), undefined);
}

describe.each(SHAPES)('a leaf of %j', (shape) => {
  const leaf = leafOf(shape);

  it('is the same whatever the order of arrival', () => {
    fc.assert(fc.property(told.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
      expect(stateOf(leaf, shuffled)).toEqual(stateOf(leaf, list));
    }), { seed: 1, numRuns: 300 });
  });

  it('of two contacts is that of all their events', () => {
    fc.assert(fc.property(told, fc.nat(12), (list, at) => {
      const [mine, theirs] = [stateOf(leaf, list.slice(0, at)), stateOf(leaf, list.slice(at))];
      fc.pre(mine !== undefined && theirs !== undefined);
      expect(mergeLeaves(leaf, structuredClone(mine!), structuredClone(theirs!))).toEqual(stateOf(leaf, list));
    }), { seed: 1, numRuns: 300 });
  });
});

describe('limits', () => {
  const many = (count: number, properties: (index: number) => Observation['properties']): Told[] =>
    Array.from({ length: count }, (_, index) => ({ observation: { id: `m${index}`, name: 'A', at: index, properties: properties(index) }, role: 'first' as const }));

  it('a flood of events leaves the latest, and the leaf says from when on it knows all', () => {
    const leaf = leafOf({ kind: 'values', property: 'n', keepMs: 1e9 });
    const state = valuesOf(stateOf(leaf, many(VALUES_LIMIT + 5, () => ({ n: 1 }))));
    expect([state?.values.length, state?.cut, state?.count]).toEqual([VALUES_LIMIT, 4, VALUES_LIMIT + 5]);
    expect(valuesFigure(state, 'sum', { from: 5, to: Infinity })).toBe(VALUES_LIMIT);
  });

  it('of too many different values those not seen for longest give way', () => {
    const leaf = leafOf({ kind: 'distinct', property: 'n' });
    const seen = distinctOf(stateOf(leaf, many(DISTINCT_LIMIT + 2, (index) => ({ n: index }))))?.seen ?? {};
    expect([Object.keys(seen).length, seen['0'], seen['1'], seen['2']]).toEqual([DISTINCT_LIMIT, undefined, undefined, [1, 2]]);
  });

  it('values outside of the leaf\'s dates are left out', () => {
    const leaf: Leaf = { ...leafOf({ kind: 'times', capacity: 4 }), dates: { from: 2, until: 4 } };
    expect(stateOf(leaf, many(6, () => ({})))).toEqual({ count: 2, latest: [3, 2] });
  });
});

describe('a decaying sum', () => {
  it('is the same whatever the order of arrival, but for the last digits, and halves in each half-life', () => {
    const leaf = leafOf({ kind: 'decay', halfLifeMs: 10, property: null });
    fc.assert(fc.property(told.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
      const plain = list.reduce((sum, { observation }) => sum + 2 ** -((NOW - observation.at) / 10), 0);
      expect(levelAt(decayOf(stateOf(leaf, shuffled)), 10, NOW)).toBeCloseTo(plain, 12);
      expect(levelAt(decayOf(stateOf(leaf, list)), 10, NOW + 10)).toBeCloseTo(plain / 2, 12);
    }), { seed: 1 });
  });
});
