import { describe, expect, it } from 'vitest';
import type { Condition, Definition } from '../definition/index.ts';
import type { ProgramError } from '../program/program-error.ts';
import { fitPointsFor, personasOf, pointsFor, scoreOf } from '../testing/scores.ts';
import { SARA, START, SmallWorld, happened, journeyOf, programOf, segmentOf } from '../testing/small-world.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';

const FADING = pointsFor('Viewed', 10, { halfLifeMs: DAY_MS });
const inBand = (...bands: string[]): Condition => ({ kind: 'band', score: 's', bands });
const isPersona = (persona: string): Condition => ({ kind: 'persona', set: 'p', persona });
const traitIs = (path: string, value: string | boolean): Condition => ({ kind: 'trait', path, test: { op: 'is', value }, held: null });

/** `+KEY` or `-KEY` with the hours since the start, in order. */
function changes(w: SmallWorld): string[] {
  return w.effects('membership').map(({ segment, entered, at }) => `${entered ? '+' : '-'}${segment} ${((at - START) / HOUR_MS).toFixed(2)}`);
}

function view(w: SmallWorld, at: number, times = 1): void {
  for (let n = 0; n < times; n += 1) w.feed(w.events.track(at, 'Viewed'));
}

describe('bands', () => {
  it('are entered at the event that lifts the score, and left at the instant at which it has faded', () => {
    const w = new SmallWorld([scoreOf([FADING])]);
    view(w, START, 8);
    w.world.runTo(START + 100 * DAY_MS);
    const hoursUntil = (points: number): string => (Math.log2(80 / points) * 24).toFixed(2);
    expect(changes(w)).toEqual(['+score/s/warm 0.00', '+score/s/hot 0.00', `-score/s/hot ${hoursUntil(60)}`, `-score/s/warm ${hoursUntil(20)}`]);
    expect(w.effects('membership').map(({ cause }) => cause.kind)).toEqual(['event', 'event', 'time', 'time']);
  });

  it('change by the passing of time to the very millisecond', () => {
    const w = new SmallWorld([scoreOf([FADING])]);
    view(w, START, 4);
    const gone = START + DAY_MS + 1;
    w.world.runTo(gone - 1);
    expect(w.world.contact(SARA)?.segments).toHaveProperty('score/s/warm');
    w.world.runTo(gone);
    expect(w.world.contact(SARA)?.segments).toEqual({});
  });

  it('do not flap: left only so far below where they are entered', () => {
    const w = new SmallWorld([scoreOf([FADING], { hysteresis: 5 })]);
    for (let hour = 0; hour < 48; hour += 1) view(w, START + hour * 24 * HOUR_MS, hour === 0 ? 2 : 1);
    // It settles between 10 right before and 20 right after each event.
    expect(changes(w)[0]).toBe('+score/s/warm 0.00');
    expect(changes(w)[1]).toBe(`-score/s/warm ${(Math.log2(20 / 15) * 24).toFixed(2)}`);
    const steady = new SmallWorld([scoreOf([FADING], { hysteresis: 10 })]);
    for (let day = 0; day < 48; day += 1) view(steady, START + day * DAY_MS, day === 0 ? 2 : 1);
    expect(changes(steady)).toEqual(['+score/s/warm 0.00']);
  });

  it('can be asked for: one of them, several, the lowest', () => {
    const w = new SmallWorld([scoreOf([FADING]), segmentOf('cold', inBand('cold')), segmentOf('warm', inBand('warm')), segmentOf('some', inBand('cold', 'hot'))]);
    const inside = (): string[] => Object.keys(w.world.contact(SARA)?.segments ?? {}).filter((key) => !key.includes('/')).sort();
    w.feed(w.events.track(START, 'Other'));
    expect(inside()).toEqual(['cold', 'some']);
    view(w, START + 1, 3);
    expect(inside()).toEqual(['warm']);
    view(w, START + 2, 4);
    expect(inside()).toEqual(['some']);
    w.world.runTo(START + 100 * DAY_MS);
    expect(inside()).toEqual(['cold', 'some']);
  });

  it('wake a contact once for each change, whatever else the score rests on', () => {
    const rules = [FADING, pointsFor('Bought', 30, { halfLifeMs: 30 * DAY_MS }), pointsFor('Complained', -20, { halfLifeMs: 90 * DAY_MS })];
    const program = programOf([scoreOf(rules, { hysteresis: 3 })]);
    const world = new DelayedWorld(program);
    const w = new SmallWorld([]);
    for (const name of ['Viewed', 'Bought', 'Bought', 'Complained', 'Bought']) world.feed(SARA, w.events.track(START, name));
    world.deliverAll();
    let wakes = 0;
    const dues = (): number => Math.min(Infinity, ...Object.values(world.contact(SARA)?.segmentDue ?? {}));
    for (let due = dues(); due < Infinity; due = dues()) {
      world.runTo(due);
      wakes += 1;
      expect(wakes).toBeLessThan(5);
    }
    // Left hot and left warm; never one more for having looked in vain.
    expect(wakes).toBe(2);
  });
});

describe('a test of the value', () => {
  it('changes its answer when the score fades past a number', () => {
    const w = new SmallWorld([scoreOf([FADING], { bands: [] }), segmentOf('some', { kind: 'score', score: 's', test: { op: 'between', from: 5, to: 15 } })]);
    view(w, START, 4);
    w.world.runTo(START + 100 * DAY_MS);
    expect(changes(w).slice(2)).toEqual([`+some ${(Math.log2(40 / 15) * 24).toFixed(2)}`, `-some ${(Math.log2(40 / 5) * 24).toFixed(2)}`]);
  });
});

describe('a contact of whom no profile may be made', () => {
  const DEFINITIONS: Definition[] = [
    scoreOf([FADING], { needsConsent: true }), segmentOf('cold', inBand('cold')), segmentOf('low', { kind: 'score', score: 's', test: { op: 'less-than', value: 100 } }),
    personasOf([{ persona: 'reader', name: 'Reader', when: happened('Viewed') }], { needsConsent: true, otherwise: { persona: 'other', name: 'Other' } }),
  ];

  it('has neither score nor band nor persona, from the instant of the withdrawal to that of the consent', () => {
    const w = new SmallWorld(DEFINITIONS);
    const inside = (): string[] => Object.keys(w.world.contact(SARA)?.segments ?? {}).sort();
    w.feed(w.events.identify(START, { country: 'DE' }));
    view(w, START + 1, 3);
    expect(inside()).toEqual([]);
    w.feed(w.events.track(START + 2, 'Consent Granted', { purpose: 'profiling' }));
    expect(inside()).toEqual(['low', 'persona/p/reader', 'score/s/warm']);
    w.feed(w.events.track(START + 3, 'Consent Withdrawn', { purpose: 'profiling' }));
    expect(inside()).toEqual([]);
    w.feed(w.events.identify(START + 4, { country: 'US' }));
    expect(inside()).toEqual([]);
    w.feed(w.events.track(START + 5, 'Consent Granted', { purpose: 'profiling' }));
    w.world.runTo(START + 100 * DAY_MS);
    expect(inside()).toEqual(['cold', 'low', 'persona/p/reader']);
  });

  it('is scored or not by where it lives', () => {
    const w = new SmallWorld(DEFINITIONS);
    w.feed(w.events.identify(START, { country: 'US' }));
    view(w, START + 1, 3);
    expect(w.world.contact(SARA)?.segments).toHaveProperty('score/s/warm');
    w.feed(w.events.identify(START + 2, { country: 'FR' }));
    expect(w.world.contact(SARA)?.segments).toEqual({});
  });
});

describe('personas', () => {
  const SET = personasOf([
    { persona: 'buyer', name: 'Buyer', when: happened('Bought') },
    { persona: 'owner', name: 'Owner', when: { kind: 'any', of: [traitIs('role', 'owner'), inBand('hot')] } },
  ], { otherwise: { persona: 'other', name: 'Other' } });

  it('are the first that fits, one at a time', () => {
    const w = new SmallWorld([scoreOf([FADING]), SET, segmentOf('owners', isPersona('owner'))]);
    w.feed(w.events.track(START, 'Other'));
    w.feed(w.events.identify(START + HOUR_MS, { role: 'owner' }));
    w.feed(w.events.track(START + 2 * HOUR_MS, 'Bought'));
    expect(changes(w)).toEqual([
      '+persona/p/other 0.00', '+persona/p/owner 1.00', '+owners 1.00', '-persona/p/other 1.00', '+persona/p/buyer 2.00', '-persona/p/owner 2.00', '-owners 2.00',
    ]);
  });

  it('follow a score by time alone', () => {
    const w = new SmallWorld([scoreOf([FADING]), SET]);
    view(w, START, 8);
    w.world.runTo(START + DAY_MS);
    expect(changes(w).filter((one) => !one.endsWith(' 0.00'))).toEqual(
      ['-score/s/hot 9.96', '-persona/p/owner 9.96', '+persona/p/other 9.96']);
  });
});

describe('journeys', () => {
  it('can be started by a band, once for those who come into it', () => {
    const w = new SmallWorld([scoreOf([FADING]), journeyOf('greet', '', [{ kind: 'tag', id: 'tag', tag: 'greeted', present: true }], { trigger: { kind: 'segment', change: 'enters', segment: 'score/s/hot' } })]);
    view(w, START, 8);
    expect(w.decisions('entered', 'tagged')).toEqual(['entered', 'tagged']);
  });

  it('start for nobody whom new rules have put into the band, unless asked to', () => {
    for (const enterExisting of [{}, { greet: 2 }]) {
      const journey = journeyOf('greet', '', [{ kind: 'tag', id: 'tag', tag: 'greeted', present: true }], { trigger: { kind: 'segment', change: 'enters', segment: 'score/s/hot' } });
      const world = new DelayedWorld(programOf([scoreOf([FADING]), journey]));
      const w = new SmallWorld([]);
      for (let n = 0; n < 2; n += 1) world.feed(SARA, w.events.track(START + n * MINUTE_MS, 'Viewed'));
      world.feed(SARA, w.events.track(START + HOUR_MS, 'Bought'));
      world.deliverAll();
      expect(Object.keys(world.contact(SARA)?.segments ?? {})).toEqual([]);
      const rules = [{ ...FADING, points: 30 }, pointsFor('Bought', 10)];
      world.program = programOf([scoreOf(rules), journey], { version: 2, keptSince: world.program.keptSince, enterExisting });
      for (const id of [...world.rows.keys()]) world.step(id, [{ kind: 'refresh', at: START + 2 * HOUR_MS }], START + 2 * HOUR_MS);
      expect(Object.keys(world.contact(SARA)?.segments ?? {}).sort()).toEqual(['score/s/hot', 'score/s/warm']);
      expect(world.contact(SARA)?.tags).toEqual('greet' in enterExisting ? ['greeted'] : []);
    }
  });
});

describe('what cannot hold together', () => {
  const scoreWith = (key: string, when: Condition): Definition => scoreOf([fitPointsFor('f', 1, when)], { key, main: false });
  const valueOf = (score: string): Condition => ({ kind: 'score', score, test: { op: 'at-least', value: 1 } });

  it.each<[string, Definition[], string]>([
    ['a score that rests on itself', [scoreWith('a', valueOf('a'))], 'segment_cycle'],
    ['two scores that rest on each other', [scoreWith('a', valueOf('b')), scoreWith('b', { kind: 'band', score: 'a', bands: ['hot'] })], 'segment_cycle'],
    ['a segment and a score', [scoreWith('a', { kind: 'segment', segment: 'x' }), segmentOf('x', valueOf('a'))], 'segment_cycle'],
    ['a persona that rests on itself', [personasOf([{ persona: 'x', name: 'X', when: isPersona('x') }])], 'segment_cycle'],
    ['an unknown score', [segmentOf('x', valueOf('a'))], 'unknown_score'],
    ['an unknown persona', [segmentOf('x', isPersona('a'))], 'unknown_persona'],
  ])('is refused: %s', (_name, definitions, code) => {
    expect(() => programOf(definitions)).toThrow(expect.objectContaining({ code }) as ProgramError);
  });
});
