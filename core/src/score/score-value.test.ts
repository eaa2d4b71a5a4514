import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition/index.ts';
import { SARA, START, SmallWorld, happened, programOf } from '../testing/small-world.ts';
import { fitPointsFor, pointsFor, scopeAt, scoreOf } from '../testing/scores.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { readScore } from './explain-score.ts';
import { scoreValue } from './score-value.ts';

/** The score `s` of Sara after what `feed` tells, at an instant. */
function valueAt(definition: Definition, feed: (w: SmallWorld) => void, at: number): number | null {
  const w = new SmallWorld([definition]);
  feed(w);
  const program = programOf([definition]);
  const score = program.scores.get('s');
  const contact = w.world.contact(SARA);
  if (score === undefined || contact === null) throw new Error('nothing to score');
  return scoreValue(score, scopeAt(contact, at));
}

describe('a score', () => {
  it('gives points for each event, and halves them in each half-life', () => {
    const score = scoreOf([pointsFor('Viewed', 8, { halfLifeMs: DAY_MS })]);
    const feed = (w: SmallWorld): void => {
      w.feed(w.events.track(START, 'Viewed'));
      w.feed(w.events.track(START + DAY_MS, 'Viewed'));
    };
    expect([0, 1, 2].map((days) => valueAt(score, feed, START + (1 + days) * DAY_MS))).toEqual([12, 6, 3]);
  });

  it('never lets go of what has no half-life', () => {
    expect(valueAt(scoreOf([pointsFor('Bought', 5)]), (w) => w.feed(w.events.track(START, 'Bought')), START + 10_000 * DAY_MS)).toBe(5);
  });

  it('counts an amount where asked, and only events that pass the filter', () => {
    const score = scoreOf([pointsFor('Bought', 0.5, { per: 'total', where: [{ path: 'shop', test: { op: 'is', value: 'a' } }] })]);
    expect(valueAt(score, (w) => {
      w.feed(w.events.track(START, 'Bought', { total: 30, shop: 'a' }));
      w.feed(w.events.track(START, 'Bought', { total: 50, shop: 'b' }));
      w.feed(w.events.track(START, 'Bought', { shop: 'a' }));
    }, START)).toBe(15);
  });

  it.each([['up', 10, 25], ['down', -10, -25]])('caps a rule %s, by what is left of it now', (_name, each, capped) => {
    const score = scoreOf([pointsFor('Viewed', each, { cap: 25, halfLifeMs: DAY_MS })]);
    const feed = (w: SmallWorld): void => [1, 2, 3, 4].forEach(() => w.feed(w.events.track(START, 'Viewed')));
    expect([valueAt(score, feed, START), valueAt(score, feed, START + DAY_MS)]).toEqual([capped, 2 * each]);
  });

  it('is the same in whatever order its events arrive', () => {
    const score = scoreOf([pointsFor('Viewed', 10, { cap: 15, halfLifeMs: DAY_MS })]);
    const feed = (times: number[]) => (w: SmallWorld): void => times.forEach((at) => w.feed(w.events.track(START + 5 * HOUR_MS, 'Viewed', {}, { occurredAt: START + at })));
    expect(valueAt(score, feed([0, HOUR_MS, 2 * HOUR_MS]), START + DAY_MS)).toBeCloseTo(valueAt(score, feed([2 * HOUR_MS, 0, HOUR_MS]), START + DAY_MS) ?? NaN, 12);
  });

  it('gives points for what a contact is as long as it is so, and takes them for a bad fit', () => {
    const score = scoreOf([
      fitPointsFor('shop', 20, { kind: 'trait', path: 'role', test: { op: 'is', value: 'owner' }, held: null }),
      fitPointsFor('small', -30, { kind: 'trait', path: 'employees', test: { op: 'less-than', value: 5 }, held: null }),
    ]);
    const w = (traits: Record<string, string | number>) => (world: SmallWorld): void => world.feed(world.events.identify(START, traits));
    expect([valueAt(score, w({ role: 'owner' }), START), valueAt(score, w({ role: 'owner', employees: 2 }), START), valueAt(score, w({ employees: 20 }), START)]).toEqual([20, -10, 0]);
  });
});

describe('the lines of a score', () => {
  it('say what each rule adds, why, and what comes next', () => {
    const definition = scoreOf([
      pointsFor('Viewed', 10, { cap: 25, halfLifeMs: DAY_MS, label: 'Looks around' }),
      fitPointsFor('loyal', 40, happened('Bought')),
    ]);
    const w = new SmallWorld([definition]);
    for (const name of ['Viewed', 'Viewed', 'Viewed', 'Bought']) w.feed(w.events.track(START, name));
    const contact = w.world.contact(SARA);
    const score = programOf([definition]).scores.get('s');
    if (contact === null || score === undefined) throw new Error('nothing to read');
    const reading = readScore(score, scopeAt(contact, START));
    expect(reading).toMatchObject({ value: 65, band: 'hot', refusal: null });
    expect(reading.lines[0]).toEqual({
      rule: 'viewed', label: 'Looks around', points: 25, uncapped: 30, cap: 25, fit: null,
      behaviour: { event: 'Viewed', each: 10, level: 3, halfLifeMs: DAY_MS, latest: START },
    });
    expect(reading.lines[1]).toMatchObject({ points: 40, behaviour: null, fit: { observed: 1, holds: true } });
    // 30 points fade to the 20 that are needed to be hot after log2(1.5) days.
    expect(reading.next).toEqual({ at: Math.ceil(START + Math.log2(1.5) * DAY_MS), band: 'warm' });
  });
});
