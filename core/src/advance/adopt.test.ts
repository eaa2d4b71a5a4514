import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition/index.ts';
import type { Program } from '../program/program.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { EventMaker, SARA, START, happened, journeyOf, programOf, segmentOf, templateOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS, type Millis } from '../time.ts';

const silentFor = (days: number): Definition => segmentOf('silent', { kind: 'all', of: [
  happened('Seen'), happened('Seen', { times: { op: 'exactly', count: 0 }, period: { kind: 'within', ms: days * DAY_MS } }),
] });
const winBack = journeyOf('win-back', '', [{ kind: 'wait', id: 'w', durationMs: HOUR_MS }], { trigger: { kind: 'segment', change: 'enters', segment: 'silent' } });

function next(before: Program, definitions: Definition[], enterExisting: Record<string, number> = {}): Program {
  return programOf(definitions, { version: before.version + 1, keptSince: before.keptSince, enterExisting });
}

function seenAtStart(definitions: Definition[]): DelayedWorld {
  const world = new DelayedWorld(programOf(definitions));
  world.feed(SARA, new EventMaker().track(START, 'Seen'));
  return world;
}

/** Decisions that concern the journey, with their times after START. */
const journeyDecisions = (world: DelayedWorld): [string, Millis][] =>
  world.effects.flatMap(({ effect }) => (effect.kind === 'decision' && effect.decision.journey !== null ? [[effect.decision.code, effect.decision.at - START] as [string, Millis]] : []));

describe('a contact that meets a new program', () => {
  it('still enters the segment, and its journey, when time alone moves it there', () => {
    const world = seenAtStart([silentFor(30), winBack]);
    world.program = next(world.program, [silentFor(30), winBack, templateOf('mail')]);
    world.runTo(START + 40 * DAY_MS);
    const closes = 30 * DAY_MS + 1;
    expect(journeyDecisions(world)).toEqual([['entered', closes], ['completed', closes + HOUR_MS]]);
  });

  it('lets its timers act at their own times, however late the worker comes', () => {
    const world = seenAtStart([silentFor(30), winBack]);
    world.program = next(world.program, [silentFor(30), winBack]);
    world.step([...world.rows.keys()][0]!, [], START + 365 * DAY_MS);
    const closes = 30 * DAY_MS + 1;
    expect(journeyDecisions(world)).toEqual([['entered', closes], ['completed', closes + HOUR_MS]]);
  });

  it('lets what was due at that very instant come first', () => {
    const world = new DelayedWorld(programOf([silentFor(30), winBack]));
    const events = new EventMaker();
    world.feed(SARA, events.track(START, 'Seen'));
    world.feed(SARA, events.track(START + 30 * DAY_MS + 1, 'Looked'));
    world.program = next(world.program, [silentFor(30), winBack]);
    world.feed(SARA, events.track(START + 31 * DAY_MS, 'Looked'));
    expect(journeyDecisions(world)[0]).toEqual(['entered', 30 * DAY_MS + 1]);
  });

  it('changes segments silently where their definition changed', () => {
    const world = seenAtStart([silentFor(30), winBack]);
    world.runTo(START + 10 * DAY_MS);
    world.program = next(world.program, [silentFor(5), winBack]);
    world.step([...world.rows.keys()][0]!, [{ kind: 'refresh', at: START + 10 * DAY_MS }], START + 10 * DAY_MS);
    expect([world.contact(SARA)?.segments, journeyDecisions(world)]).toEqual([{ silent: START + 10 * DAY_MS }, []]);
  });

  it('enters a journey published for those inside, once', () => {
    const world = seenAtStart([silentFor(5)]);
    world.runTo(START + 10 * DAY_MS);
    for (let round = 0; round < 3; round += 1) {
      world.program = next(world.program, [silentFor(5), winBack], { 'win-back': 2 });
      world.step([...world.rows.keys()][0]!, [{ kind: 'refresh', at: START + 10 * DAY_MS + round }], START + 10 * DAY_MS + round);
    }
    expect(journeyDecisions(world)).toEqual([['entered', 10 * DAY_MS]]);
  });

  it('forgets when time would have changed a segment that time no longer changes, or that is gone', () => {
    for (const segments of [[segmentOf('silent', happened('Seen'))], []]) {
      const world = seenAtStart([silentFor(30)]);
      world.program = next(world.program, segments);
      world.feed(SARA, new EventMaker().track(START + DAY_MS, 'Looked'));
      world.runTo(START + 40 * DAY_MS);
      expect(world.contact(SARA)?.segmentDue).toEqual({});
    }
  });

  it('rebuilds from history what it did not keep, also after a definition was taken away and came back', () => {
    const world = seenAtStart([silentFor(30)]);
    const twice = segmentOf('twice', happened('Seen', { times: { op: 'exactly', count: 2 } }));
    const events = new EventMaker();
    const first = world.program;
    world.program = next(first, []);
    world.feed(SARA, events.track(START + 1, 'Seen'));
    world.program = next(world.program, [silentFor(30), twice]);
    world.feed(SARA, events.track(START + 2, 'Looked'));
    expect(world.contact(SARA)?.segments).toEqual({ twice: START + 2 });
    expect(world.program.keptSince).toMatchObject(Object.fromEntries([...world.program.leaves.keys()].map((key) => [key, 3])));
    expect(world.program.segments.map(({ since }) => since)).toEqual([3, 3]);
  });

  it('is rebuilt by an older program, too, when that comes back', () => {
    const old = programOf([silentFor(30)]);
    const world = seenAtStart([silentFor(30)]);
    world.program = next(old, []);
    world.feed(SARA, new EventMaker().track(START + 1, 'Looked'));
    world.program = old;
    world.runTo(START + 40 * DAY_MS);
    world.feed(SARA, new EventMaker().track(START + 50 * DAY_MS, 'Looked'));
    expect(Object.keys(world.contact(SARA)?.segments ?? {})).toEqual(['silent']);
  });
});
