import { describe, expect, it } from 'vitest';
import type { Condition } from '../definition/condition.ts';
import { IDENTIFIER_COUNT_LIMIT } from '../identity/claim.ts';
import { ACTIVE_ENROLLMENT_LIMIT, OPEN_GOAL_LIMIT } from '../journey/enter.ts';
import { CASCADE_ROUND_LIMIT } from '../journey/react.ts';
import { ProgramError } from '../program/program-error.ts';
import { SARA, START, SmallWorld, happened, journeyOf, programOf, segmentOf, visitorOf } from '../testing/small-world.ts';
import { LATE_EVENT_LIMIT_MS } from './observations.ts';

const plan = (value: string): Condition => ({ kind: 'trait', path: 'plan', test: { op: 'is', value }, held: null });

describe('limits, at them and one beyond', () => {
  it('of identifiers', () => {
    const w = new SmallWorld([]);
    for (let index = 0; index <= IDENTIFIER_COUNT_LIMIT; index += 1) w.feed(w.events.track(START + index, 'Seen', {}, { identifiers: [SARA, visitorOf(`v${index}`)] }));
    expect(w.world.contact(SARA)?.identifiers).toHaveLength(IDENTIFIER_COUNT_LIMIT);
    expect(w.decisions('identifier_limit')).toEqual(['identifier_limit']);
    expect(w.world.contact(visitorOf(`v${IDENTIFIER_COUNT_LIMIT}`))).toBeNull();
  });

  it('of journeys that a contact is in at once', () => {
    const w = new SmallWorld([journeyOf('j', 'Go', [{ kind: 'wait', id: 'w', durationMs: 1_000_000 }], { trigger: { kind: 'event', event: 'Go', where: [], key: 'k' } })]);
    for (let index = 0; index <= ACTIVE_ENROLLMENT_LIMIT; index += 1) w.feed(w.events.track(START + index, 'Go', { k: index }));
    expect(w.counts('journey:j')).toEqual({ entered: ACTIVE_ENROLLMENT_LIMIT, 'not_entered:too_many': 1 });
  });

  it('of open goals: the oldest give way', () => {
    const goal = { pattern: { event: 'Done', where: [], same: 'k' }, withinMs: 1_000_000, valuePath: null };
    const w = new SmallWorld([journeyOf('j', 'Go', [], { goal })]);
    for (let index = 0; index <= OPEN_GOAL_LIMIT; index += 1) w.feed(w.events.track(START + index, 'Go', { k: index }));
    for (const k of [0, 1, OPEN_GOAL_LIMIT]) w.feed(w.events.track(START + 1_000, 'Done', { k }));
    expect(w.counts('journey:j').goal).toBe(2);
  });

  it('of rounds that one event sets off: definitions that feed each other stop, visibly', () => {
    const turn = (key: string, to: string) => journeyOf(key, '', [{ kind: 'set-trait', id: 'set', trait: 'plan', value: to }], { trigger: { kind: 'segment', change: 'enters', segment: key } });
    const w = new SmallWorld([segmentOf('a', plan('a')), segmentOf('b', plan('b')), turn('a', 'b'), turn('b', 'a')]);
    w.feed(w.events.identify(START, { plan: 'a' }));
    expect(w.decisions('cascade_limit')).toEqual(['cascade_limit']);
    expect((w.counts('journey:a').entered ?? 0) + (w.counts('journey:b').entered ?? 0)).toBe(CASCADE_ROUND_LIMIT);
    w.feed(w.events.track(START + 1, 'Seen'));
    expect(w.decisions('cascade_limit')).toHaveLength(1);
  });

  it('of lateness: what is later ends journeys and moves segments, and starts nothing', () => {
    const w = new SmallWorld([
      journeyOf('j', 'Go', [{ kind: 'wait', id: 'w', durationMs: 10 * LATE_EVENT_LIMIT_MS }], { exits: [{ kind: 'event', pattern: { event: 'Stop', where: [], same: null }, reason: 'stop' }] }),
      segmentOf('gone', happened('Go')), journeyOf('s', '', [], { trigger: { kind: 'segment', change: 'enters', segment: 'gone' } }),
    ]);
    w.feed(w.events.track(START, 'Go', {}, { occurredAt: START - LATE_EVENT_LIMIT_MS - 1 }));
    expect([w.counts('journey:j'), w.counts('journey:s'), Object.keys(w.world.contact(SARA)?.segments ?? {})]).toEqual([{}, {}, ['gone']]);
    w.feed(w.events.track(START, 'Go', {}, { occurredAt: START - LATE_EVENT_LIMIT_MS }));
    expect(w.counts('journey:j').entered).toBe(1);
    w.feed(w.events.track(START, 'Stop', {}, { occurredAt: START - LATE_EVENT_LIMIT_MS - 1 }));
    expect(w.counts('journey:j')).toEqual({ entered: 1, exited: 1, 'exited:stop': 1 });
  });

  it('of times that a condition counts', () => {
    expect(() => programOf([segmentOf('s', happened('Seen', { times: { op: 'at-least', count: 1023 } }))])).not.toThrow();
    expect(() => programOf([segmentOf('s', happened('Seen', { times: { op: 'at-least', count: 1024 } }))])).toThrow(ProgramError);
  });
});
