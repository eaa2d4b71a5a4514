import { describe, expect, it } from 'vitest';
import { newContact, type ContactState } from '../contact/contact-state.ts';
import type { Condition } from '../definition/condition.ts';
import type { Definition } from '../definition/definition.ts';
import type { JourneyDefinition } from '../definition/journey.ts';
import { contactIdOf } from '../identity/ids.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { EventMaker, SARA, START, SmallWorld, journeyOf, programOf, segmentOf, userOf, visitorOf } from '../testing/small-world.ts';
import { HOUR_MS, type Millis } from '../time.ts';
import { isDrawn, percentOf } from './bucket.ts';
import { distanceKm } from './near.ts';

const BERLIN = { kind: 'near', latitude: 52.52, longitude: 13.405, radiusKm: 300 } as const;
const HAMBURG = { latitude: 53.551, longitude: 9.993 };
const MUNICH = { latitude: 48.137, longitude: 11.575 };
/** An hour's wait, which `Stop` ends. */
const journey = (): JourneyDefinition[] => [journeyOf('j', 'Go', [{ kind: 'wait', id: 'w', durationMs: HOUR_MS }], { exits: [{ kind: 'event', pattern: { event: 'Stop', where: [], same: null }, reason: 'stopped' }] })];

class Watched {
  readonly w: SmallWorld;

  constructor(match: Condition, ...more: Definition[]) {
    this.w = new SmallWorld([segmentOf('s', match), ...more]);
  }

  /** Entries and exits, with times after START. */
  changes(): [string, Millis][] {
    return this.w.effects('membership').filter(({ segment }) => segment === 's').map(({ entered, at }) => [entered ? 'in' : 'out', at - START]);
  }
}

describe('facts', () => {
  const fact = (name: 'country' | 'language' | 'device' | 'city', value: string): Condition => ({ kind: 'fact', fact: name, test: { op: 'is', value } });

  it('are what events say of where they come from, the latest of them', () => {
    const watched = new Watched(fact('country', 'DE'));
    const { w } = watched;
    const seen = (at: Millis, country: string, lateMs = 0): void => w.feed(w.events.track(START + at, 'Seen', {}, { context: { location: { country } }, occurredAt: START + at - lateMs }));
    seen(0, 'de');
    seen(5, 'FR');
    seen(6, 'DE', 3);
    seen(7, 'DE');
    expect(watched.changes()).toEqual([['in', 0], ['out', 5], ['in', 7]]);
  });

  it('told as traits win over what was seen, and give way when they are removed', () => {
    const watched = new Watched(fact('language', 'fa'));
    const { w } = watched;
    w.feed(w.events.track(START, 'Seen', {}, { context: { locale: 'fa-IR' } }));
    w.feed(w.events.identify(START + 1, { language: 'de-AT' }));
    w.feed(w.events.identify(START + 2, { language: null }));
    expect(watched.changes()).toEqual([['in', 0], ['out', 1], ['in', 2]]);
  });

  it('know a device by its name or by its browser', () => {
    for (const context of [{ device: { type: 'ios' } }, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile' }, { userAgent: 'Mozilla/5.0 (Linux; Android 14) Mobile' }]) {
      const watched = new Watched(fact('device', 'mobile'));
      watched.w.feed(watched.w.events.track(START, 'Seen', {}, { context }));
      expect([context, watched.changes()]).toEqual([context, [['in', 0]]]);
    }
  });

  it('of two who turn out to be one are the later, and are kept for segments published later', () => {
    const world = new DelayedWorld(programOf([]));
    const events = new EventMaker();
    world.feed(SARA, events.track(START, 'Seen', {}, { context: { location: { city: 'Rasht' } } }));
    world.feed(visitorOf('v'), events.track(START + 1, 'Seen', {}, { identifiers: [visitorOf('v')], context: { location: { city: 'Shiraz' } } }));
    world.feed(SARA, events.track(START + 2, 'Seen', {}, { identifiers: [SARA, visitorOf('v')] }));
    world.deliverAll();
    world.program = programOf([segmentOf('s', fact('city', 'Shiraz'))], { version: 2, keptSince: world.program.keptSince });
    world.feed(SARA, events.track(START + 3, 'Seen'));
    expect(Object.keys(world.contact(SARA)?.segments ?? {})).toEqual(['s']);
  });
});

describe('a place', () => {
  it('is near or far as soon as it is told, by itself or within an address', () => {
    const watched = new Watched(BERLIN);
    const { w } = watched;
    w.feed(w.events.identify(START, HAMBURG));
    w.feed(w.events.identify(START + 1, MUNICH));
    w.feed(w.events.identify(START + 2, { latitude: null, address: HAMBURG }));
    w.feed(w.events.identify(START + 3, { address: null, location: { latitude: '52.5', longitude: 13.4 } }));
    expect(watched.changes()).toEqual([['in', 0], ['out', 1], ['in', 2], ['out', 3]]);
  });

  it.each<[readonly [number, number], readonly [number, number], number]>([
    [[52.52, 13.405], [48.137, 11.575], 504], [[35.689, 51.389], [29.591, 52.583], 687], [[0, 179.5], [0, -179.5], 111], [[90, 0], [-90, 0], 20_015], [[1, 1], [1, 1], 0],
  ])('%j is as far from %j as maps say', (a, b, km) => {
    expect(Math.abs(distanceKm(a, b) - km)).toBeLessThan(1 + km / 500);
    expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 9);
  });
});

describe('a bucket', () => {
  const drawn = (id: string): ContactState => newContact(contactIdOf(1, userOf(id)), 1, userOf(id), 0);
  const draw = (id: string, salt: string, fromPercent: number, toPercent: number): boolean => isDrawn(drawn(id), { salt, fromPercent, toPercent });

  it('takes as many as it says, and cuts all contacts into equal parts', () => {
    const parts = Array.from({ length: 20 }, () => 0);
    const total = 100_000;
    for (let index = 0; index < total; index += 1) {
      const part = Math.floor(percentOf(drawn(`u${index}`), 'trial') / 5);
      parts[part] = (parts[part] ?? 0) + 1;
    }
    const expected = total / parts.length;
    const chiSquare = parts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: one in a thousand fair draws is above 43.8.
    expect([parts.reduce((sum, count) => sum + count, 0), chiSquare < 43.8]).toEqual([total, true]);
  }, 60_000);

  it('is another draw for another salt, and the same one for ever', () => {
    const ids = Array.from({ length: 4000 }, (_, index) => `u${index}`);
    const both = ids.filter((id) => draw(id, 'a', 0, 50) && draw(id, 'b', 0, 50)).length;
    expect(Math.abs(both - 1000)).toBeLessThan(100);
    // What was drawn once must not be drawn otherwise by a later version.
    expect(ids.slice(0, 12).map((id) => Number(draw(id, 'a', 0, 50))).join('')).toBe('000111000001');
  });

  it('is entered at birth, also by who says nothing', () => {
    const watched = new Watched({ kind: 'bucket', salt: 'x', fromPercent: 0, toPercent: 100 });
    watched.w.feed(watched.w.events.track(START, 'Seen'));
    expect(watched.changes()).toEqual([['in', 0]]);
  });
});

describe('lists', () => {
  const onList: Condition = { kind: 'list', list: 'vip' };
  const fed = (...told: [at: Millis, name: string, lateMs?: number, trusted?: boolean][]): Watched => {
    const watched = new Watched(onList);
    for (const [at, name, lateMs = 0, trusted = true] of told) watched.w.feed(watched.w.events.track(START + at, name, { list: 'vip' }, { occurredAt: START + at - lateMs, trusted }));
    return watched;
  };

  it('are joined and left by events of a server, the later wins, of two at once the one that leaves', () => {
    expect(fed([0, 'List Joined'], [5, 'List Left'], [6, 'List Joined', 3], [9, 'List Joined']).changes()).toEqual([['in', 0], ['out', 5], ['in', 9]]);
    expect(fed([0, 'List Joined', 0, false]).changes()).toEqual([]);
    expect([fed([0, 'List Joined'], [0, 'List Left']).changes(), fed([0, 'List Left'], [0, 'List Joined']).changes()]).toEqual([[['in', 0], ['out', 0]], []]);
  });

  it('of two who turn out to be one are joined or left as was said last', () => {
    for (const [mine, theirs, expected] of [['List Joined', 'List Left', []], ['List Left', 'List Joined', ['s']]] as const) {
      const { w } = new Watched(onList);
      w.feed(w.events.track(START, mine, { list: 'vip' }));
      w.feed(w.events.track(START + 1, theirs, { list: 'vip' }, { identifiers: [visitorOf('v')] }));
      w.feed(w.events.track(START + 2, 'Seen', {}, { identifiers: [SARA, visitorOf('v')] }));
      expect(Object.keys(w.world.contact(SARA)?.segments ?? {})).toEqual(expected);
    }
  });
});

describe('predictions', () => {
  it('are the latest that a server told', () => {
    const watched = new Watched({ kind: 'predicted', name: 'churn', test: { op: 'more-than', value: 0.5 } });
    const { w } = watched;
    const told = (at: Millis, value: number | string, more: { occurredAt?: Millis; trusted?: boolean } = {}): void => w.feed(w.events.track(START + at, 'Prediction Updated', { name: 'churn', value }, more));
    told(0, 0.9, { trusted: false });
    told(1, 0.9);
    told(2, 0.1, { occurredAt: START });
    told(3, 'low');
    told(4, 0.5);
    expect(watched.changes()).toEqual([['in', 1], ['out', 4]]);
  });
});

describe('the status in a journey', () => {
  const status = (asked: 'inside' | 'entered' | 'completed' | 'exited', reason: string | null = null): Condition => ({ kind: 'journey', journey: 'j', status: asked, reason });
  const went = (match: Condition, ...told: [Millis, string][]): [string, Millis][] => {
    const watched = new Watched(match, ...journey());
    for (const [at, name] of told) watched.w.feed(watched.w.events.track(START + at, name));
    watched.w.world.runTo(START + 10 * HOUR_MS);
    return watched.changes();
  };

  it('is inside until the last step or an exit, to the millisecond', () => {
    expect(went(status('inside'), [0, 'Go'])).toEqual([['in', 0], ['out', HOUR_MS]]);
    expect(went(status('inside'), [0, 'Go'], [5, 'Stop'])).toEqual([['in', 0], ['out', 5]]);
  });

  it('is entered for good', () => {
    expect(went(status('entered'), [0, 'Go'], [5, 'Stop'])).toEqual([['in', 0]]);
  });

  it('is that of the latest passage, once it is over', () => {
    expect(went(status('completed'), [0, 'Go'], [HOUR_MS + 5, 'Go'])).toEqual([['in', HOUR_MS], ['out', HOUR_MS + 5], ['in', 2 * HOUR_MS + 5]]);
    expect(went(status('completed'), [0, 'Go'], [HOUR_MS + 5, 'Go'], [HOUR_MS + 6, 'Stop'])).toEqual([['in', HOUR_MS], ['out', HOUR_MS + 5]]);
    expect(went(status('exited'), [0, 'Go'], [5, 'Stop'])).toEqual([['in', 5]]);
    expect(went(status('exited', 'stopped'), [0, 'Go'], [5, 'Stop'])).toEqual([['in', 5]]);
    expect(went(status('exited', 'bored'), [0, 'Go'], [5, 'Stop'])).toEqual([]);
  });

  it('is known to a segment published later', () => {
    const world = new DelayedWorld(programOf(journey()));
    world.feed(SARA, new EventMaker().track(START, 'Go'));
    world.program = programOf([...journey(), segmentOf('in', status('inside')), segmentOf('done', status('completed'))], {
      version: 2, keptSince: world.program.keptSince, pinned: journey().map((definition) => ({ definition, version: 1 })),
    });
    world.runTo(START + 2 * HOUR_MS);
    expect(world.contact(SARA)?.segments).toEqual({ done: START + HOUR_MS });
  });
});
