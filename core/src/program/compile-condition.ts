import type { Condition, PropertyTest } from '../definition/condition.ts';
import { derivedUuid } from '../identity/ids.ts';
import { LEAF_CAPACITY_LIMIT, capacityFor } from '../segment/leaf.ts';
import { ProgramError } from './program-error.ts';
import type { Leaf, Predicate } from './program.ts';

/** Collects leaves; conditions that ask for the same events with the same capacity share one. */
export class LeafTable {
  readonly byKey = new Map<string, Leaf>();
  readonly byEvent = new Map<string, Leaf[]>();

  leaf(event: string, where: PropertyTest[], capacity: number): Leaf {
    const key = leafKey(event, where, capacity);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const leaf: Leaf = { key, event, where, capacity };
    this.byKey.set(key, leaf);
    this.byEvent.set(event, [...(this.byEvent.get(event) ?? []), leaf]);
    return leaf;
  }
}

/** Short, since every contact's state bears it; 48 bits keep thousands of leaves apart. */
function leafKey(event: string, where: PropertyTest[], capacity: number): string {
  const parts = where.map((property) => JSON.stringify([property.path, property.test])).sort();
  return derivedUuid('leaf', event, String(capacity), ...parts).replaceAll('-', '').slice(0, 12);
}

export function compileCondition(condition: Condition, leaves: LeafTable): Predicate {
  switch (condition.kind) {
    case 'all': case 'any': case 'none':
      return { kind: condition.kind, of: condition.of.map((inner) => compileCondition(inner, leaves)) };
    case 'event': {
      const { event, where, times, withinMs, since } = condition;
      const capacity = capacityFor(times);
      if (capacity > LEAF_CAPACITY_LIMIT) {
        throw new ProgramError('too_many_times', `"${event}": at most ${LEAF_CAPACITY_LIMIT - 1} times can be counted, not ${times.count}`);
      }
      return { kind: 'leaf', leaf: leaves.leaf(event, where, capacity), times, withinMs, since };
    }
    case 'trait': {
      const root = condition.path.split('.', 1)[0] ?? condition.path;
      return { kind: 'trait', root, path: condition.path, test: condition.test };
    }
    case 'segment': case 'tag': case 'consent': case 'trigger': case 'message':
      return condition;
  }
}
