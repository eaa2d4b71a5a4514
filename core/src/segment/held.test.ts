import { describe, expect, it } from 'vitest';
import type { Condition } from '../definition/condition.ts';
import { SARA, START, SmallWorld, journeyOf, segmentOf, visitorOf } from '../testing/small-world.ts';
import { HOUR_MS, type Millis } from '../time.ts';

const held = (op: 'at-least' | 'less-than', ms = HOUR_MS, value = 'pro'): Condition => ({ kind: 'trait', path: 'plan', test: { op: 'is', value }, held: { op, ms } });
const both = [segmentOf('long', held('at-least')), segmentOf('short', held('less-than'))];

/** What became of the segments, with times after START. */
function changes(w: SmallWorld, until: Millis): [string, Millis][] {
  w.world.runTo(START + until);
  return w.effects('membership').map(({ segment, entered, at }) => [`${entered ? '+' : '-'}${segment}`, at - START]);
}

/** Writes of `plan`: when told, what, and how much before it happened. */
function told(...writes: [at: Millis, value: string | null, lateMs?: Millis, trusted?: boolean][]): SmallWorld {
  const w = new SmallWorld(both);
  for (const [at, plan, lateMs = 0, trusted = true] of writes) w.feed(w.events.identify(START + at, { plan }, { occurredAt: START + at - lateMs, trusted }));
  return w;
}

describe('a value held for so long', () => {
  it('is so from that millisecond on', () => {
    expect(changes(told([0, 'pro']), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', HOUR_MS], ['-short', HOUR_MS]]);
  });

  it('is held on when it is told again, and starts anew after another', () => {
    expect(changes(told([0, 'pro'], [10, 'pro']), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', HOUR_MS], ['-short', HOUR_MS]]);
    expect(changes(told([0, 'pro'], [10, 'free'], [20, 'pro']), 2 * HOUR_MS)).toEqual([['+short', 0], ['-short', 10], ['+short', 20], ['+long', HOUR_MS + 20], ['-short', HOUR_MS + 20]]);
    expect(changes(told([0, 'pro'], [10, null]), 2 * HOUR_MS)).toEqual([['+short', 0], ['-short', 10]]);
  });

  it('counts from when it happened, not from when it was told', () => {
    expect(changes(told([0, 'pro', HOUR_MS]), 2 * HOUR_MS)).toEqual([['+long', 0]]);
    expect(changes(told([0, 'pro', HOUR_MS - 1]), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', 1], ['-short', 1]]);
  });

  it('was interrupted by what is told too late: it holds since the write that came after that', () => {
    expect(changes(told([0, 'pro'], [30, 'pro'], [40, 'free', 20]), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', HOUR_MS + 30], ['-short', HOUR_MS + 30]]);
    expect(changes(told([0, 'pro'], [HOUR_MS, 'pro'], [HOUR_MS + 5, 'free', 10]), 3 * HOUR_MS)).toEqual([
      ['+short', 0], ['+long', HOUR_MS], ['-short', HOUR_MS], ['-long', HOUR_MS + 5], ['+short', HOUR_MS + 5], ['+long', 2 * HOUR_MS], ['-short', 2 * HOUR_MS],
    ]);
  });

  it('is not longer for what was told too late, nor for what a browser says of a value that a server has set', () => {
    expect(changes(told([0, 'pro'], [10, 'pro', HOUR_MS]), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', HOUR_MS], ['-short', HOUR_MS]]);
    expect(changes(told([0, 'pro'], [10, 'free', 0, false]), 2 * HOUR_MS)).toEqual([['+short', 0], ['+long', HOUR_MS], ['-short', HOUR_MS]]);
  });

  it('holds since the earlier time when a server confirms what a browser said', () => {
    expect(changes(told([10, 'pro', 0, false], [20, 'pro', HOUR_MS + 20]), HOUR_MS)).toEqual([['+short', 10], ['+long', 20], ['-short', 20]]);
  });

  it('of two who turn out to be one is held since the earlier told it, unless the other was told another in between', () => {
    const merged = (...writes: [Millis, string, 'mine' | 'theirs'][]): [string, Millis][] => {
      const w = new SmallWorld(both);
      for (const [at, plan, whose] of writes) w.feed(w.events.identify(START + at, { plan }, { identifiers: [whose === 'mine' ? SARA : visitorOf('v')] }));
      w.feed(w.events.track(START + 100, 'Seen', {}, { identifiers: [SARA, visitorOf('v')] }));
      w.world.runTo(START + 2 * HOUR_MS);
      return w.effects('membership').filter(({ segment, at }) => segment === 'long' && at > START + 100).map(({ segment, at }) => [segment, at - START]);
    };
    expect(merged([0, 'pro', 'mine'], [50, 'pro', 'theirs'])).toEqual([['long', HOUR_MS]]);
    expect(merged([0, 'pro', 'mine'], [60, 'pro', 'mine'], [50, 'free', 'theirs'])).toEqual([['long', HOUR_MS + 60]]);
    expect(merged([0, 'pro', 'mine'], [50, 'free', 'theirs'])).toEqual([]);
  });

  it('is counted for values that journeys set', () => {
    const set = (key: string, event: string, value: string) => journeyOf(key, event, [{ kind: 'set-trait', id: 'set', trait: 'plan', value }]);
    const w = new SmallWorld([...both, set('up', 'Up', 'pro'), set('down', 'Down', 'free')]);
    for (const [at, event] of [[0, 'Up'], [10, 'Up'], [20, 'Down'], [30, 'Up']] as const) w.feed(w.events.track(START + at, event));
    expect(changes(w, 2 * HOUR_MS)).toEqual([['+short', 0], ['-short', 20], ['+short', 30], ['+long', HOUR_MS + 30], ['-short', HOUR_MS + 30]]);
  });

  it('was never held by who was never told it, also where it is asked for another value', () => {
    const w = new SmallWorld([segmentOf('other', { kind: 'trait', path: 'plan', test: { op: 'is-not', value: 'pro' }, held: { op: 'less-than', ms: HOUR_MS } })]);
    w.feed(w.events.track(START, 'Seen'));
    expect(changes(w, 2 * HOUR_MS)).toEqual([]);
  });
});
