import { describe, expect, it } from 'vitest';
import type { ComputedTraitDefinition, Definition, Test } from '../definition/index.ts';
import { SARA, START, SmallWorld, programOf } from '../testing/small-world.ts';
import { DAY_MS } from '../time.ts';
import { computedTraits } from './computed-traits.ts';

const EVER = { kind: 'ever' } as const;
const MONTH = { kind: 'within', ms: 30 * DAY_MS } as const;

function computed(key: string, figure: ComputedTraitDefinition['figure'], period: ComputedTraitDefinition['period'] = EVER): ComputedTraitDefinition {
  return { kind: 'computed-trait', key, name: key, description: null, event: 'Bought', where: [], figure, period };
}

function segment(path: string, test: Test): Definition {
  return { kind: 'segment', key: 's', name: 'S', description: null, match: { kind: 'trait', path, test, held: null } };
}

const DEFINITIONS: Definition[] = [
  computed('count', { kind: 'count' }), computed('count_30', { kind: 'count' }, MONTH), computed('count_before', { kind: 'count' }, { kind: 'ago', fromMs: null, toMs: 30 * DAY_MS }),
  computed('spent', { kind: 'sum', property: 'total' }), computed('mean_30', { kind: 'average', property: 'total' }, MONTH),
  computed('largest', { kind: 'max', property: 'total' }), computed('smallest', { kind: 'min', property: 'total' }), computed('kinds', { kind: 'distinct', property: 'category' }),
  computed('first', { kind: 'first', property: 'category' }), computed('last', { kind: 'last', property: 'category' }), computed('favourite', { kind: 'most-frequent', property: 'category' }),
];

/** Sara's computed traits some days after she bought tea twice, then coffee 20 days later. */
function valuesAfter(days: number): unknown {
  const w = new SmallWorld(DEFINITIONS);
  for (const [day, category, total] of [[0, 'tea', 10], [0, 'tea', 20], [20, 'coffee', 60]] as const) w.feed(w.events.track(START + day * DAY_MS, 'Bought', { category, total }));
  const contact = w.world.contact(SARA);
  if (contact === null) throw new Error('nobody bought');
  return computedTraits(contact, programOf(DEFINITIONS), START + days * DAY_MS);
}

describe('computed traits', () => {
  it('are worked out of all events that count', () => {
    expect(valuesAfter(20)).toEqual({ count: 3, count_30: 3, count_before: 0, spent: 90, mean_30: 30, largest: 60, smallest: 10, kinds: 2, first: 'tea', last: 'coffee', favourite: 'tea' });
  });

  it('change as time goes by, and are left out where they are nothing', () => {
    expect(valuesAfter(31)).toMatchObject({ count: 3, count_30: 1, count_before: 2, mean_30: 60 });
    expect(valuesAfter(60)).toEqual(expect.not.objectContaining({ mean_30: expect.anything() }));
  });

  it.each<[string, Test, boolean]>([
    ['count', { op: 'between', from: 2, to: 3 }, true], ['count', { op: 'exists' }, true], ['count_30', { op: 'more-than', value: 3 }, false],
    ['favourite', { op: 'in', values: ['tea', 'mate'] }, true], ['last', { op: 'starts-with', value: 'te' }, false],
  ])('are traits to conditions: %s', (path, test, inside) => {
    const w = new SmallWorld([...DEFINITIONS, segment(path, test)]);
    for (const [day, category] of [[0, 'tea'], [0, 'tea'], [20, 'coffee']] as const) w.feed(w.events.track(START + day * DAY_MS, 'Bought', { category, total: 1 }));
    expect(Object.hasOwn(w.world.contact(SARA)?.segments ?? {}, 's')).toBe(inside);
  });

  it('let contacts in and out as time goes by', () => {
    const w = new SmallWorld([...DEFINITIONS, segment('count_30', { op: 'at-least', value: 1 })]);
    w.feed(w.events.track(START, 'Bought'));
    const inside = (): boolean => Object.hasOwn(w.world.contact(SARA)?.segments ?? {}, 's');
    expect(inside()).toBe(true);
    w.world.runTo(START + 30 * DAY_MS);
    expect(inside()).toBe(true);
    w.world.runTo(START + 30 * DAY_MS + 1);
    expect(inside()).toBe(false);
  });

  it('hide traits of their name that were told, and have no history', () => {
    expect(() => programOf([...DEFINITIONS, { kind: 'segment', key: 's', name: 'S', description: null, match: { kind: 'trait', path: 'count', test: { op: 'exists' }, held: { op: 'at-least', ms: DAY_MS } } }])).toThrow('computed trait');
    expect(() => programOf([...DEFINITIONS, { kind: 'segment', key: 's', name: 'S', description: null, match: { kind: 'date', path: 'last', when: { kind: 'days', from: 0, to: 0 } } }])).toThrow('computed trait');
  });
});
