import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PropertyTest } from '../definition/condition.ts';
import type { Json } from '../event/json.ts';
import { testProperties } from '../segment/test-value.ts';
import { EventIndex } from './event-index.ts';

it('finds what looking at everything would find, in the same order', () => {
  const value = fc.constantFrom('a', 'b', 1, null, true, '1');
  const where: fc.Arbitrary<PropertyTest[]> = fc.array(fc.record({ path: fc.constantFrom('x', 'y', 'o.k'), test: fc.oneof(fc.record({ op: fc.constantFrom('is', 'is-not'), value }), fc.record({ op: fc.constantFrom('exists', 'missing') })) }), { maxLength: 3 });
  const items = fc.array(fc.record({ event: fc.constantFrom('A', 'B'), where }), { maxLength: 20 });
  const properties = fc.record({ x: fc.oneof(value, fc.constant<Json>(['a'])), y: value, o: fc.record({ k: value }) }, { requiredKeys: [] });
  fc.assert(fc.property(items, properties, (list, given) => {
    const index = new EventIndex<number>();
    list.forEach((item, position) => index.add(item.event, item.where, position));
    const expected = list.flatMap((item, position) => (item.event === 'A' && testProperties(item.where, given) ? [position] : []));
    expect(index.matching('A', given)).toEqual(expected);
    expect(index.matching('constructor', given)).toEqual([]);
  }), { seed: 1, numRuns: 1000 });
});
