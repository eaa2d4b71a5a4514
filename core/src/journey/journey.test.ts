import { describe, expect, it } from 'vitest';
import type { Condition, Definition, JourneyDefinition, Step } from '../definition/index.ts';
import { SARA, START, SmallWorld, happened, journeyOf, segmentOf, templateOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import { ENTRY_MEMORY_LIMIT } from './enter.ts';
import { MESSAGE_MEMORY_LIMIT } from './send.ts';

const MAIL = templateOf('mail');
const RECEIPT = templateOf('receipt', { class: 'transactional' });
const send: Step = { kind: 'send', id: 'send', template: 'mail' };
const wait = (id: string, durationMs: number): Step => ({ kind: 'wait', id, durationMs });
const plan = (value: string): Condition => ({ kind: 'trait', path: 'plan', test: { op: 'is', value }, held: null });
const setPlan = (value: string): Step => ({ kind: 'set-trait', id: `set-${value}`, trait: 'plan', value });

function worldWith(...definitions: Definition[]): SmallWorld {
  const world = new SmallWorld([MAIL, RECEIPT, ...definitions]);
  world.feed(world.events.identify(START, { email: 'sara@example.com', consent: true }));
  return world;
}

describe('exit conditions', () => {
  it('end a journey before its first step, when they hold at entry', () => {
    const w = worldWith(journeyOf('j', 'Go', [send], { exits: [{ kind: 'condition', condition: plan('pro'), reason: 'pro' }] }));
    w.feed(w.events.identify(START, { plan: 'pro' }));
    w.feed(w.events.track(START, 'Go'));
    expect([w.messages(), w.decisions('entered', 'exited')]).toEqual([[], ['entered', 'exited pro']]);
  });

  it('end it between two steps, when the first makes them hold', () => {
    const w = worldWith(journeyOf('j', 'Go', [setPlan('pro'), send], { exits: [{ kind: 'condition', condition: { kind: 'segment', segment: 'pros' }, reason: 'pro' }] }), segmentOf('pros', plan('pro')));
    w.feed(w.events.track(START, 'Go'));
    expect([w.messages(), w.decisions('exited')]).toEqual([[], ['exited pro']]);
  });

  it('win over a wake of the same instant', () => {
    const exits = [{ kind: 'condition' as const, condition: happened('Seen', { times: { op: 'exactly', count: 0 }, period: { kind: 'within', ms: DAY_MS } }), reason: 'unseen' }];
    const w = worldWith(journeyOf('j', 'Go', [wait('w', DAY_MS + 1), send], { exits }));
    w.feed(w.events.track(START, 'Seen'));
    w.feed(w.events.track(START, 'Go'));
    w.world.runTo(START + 2 * DAY_MS);
    expect([w.messages(), w.decisions('exited')]).toEqual([[], ['exited unseen']]);
  });

  it('end each journey once, when another that wakes at the same instant makes them hold', () => {
    const exits = [{ kind: 'condition' as const, condition: plan('pro'), reason: 'pro' }];
    const w = worldWith(
      journeyOf('a', 'Go', [wait('w', HOUR_MS), setPlan('pro')], { exits }), journeyOf('b', 'Go', [wait('w', HOUR_MS), setPlan('pro')], { exits }),
    );
    w.feed(w.events.track(START, 'Go'));
    w.world.runTo(START + DAY_MS);
    expect(w.decisions('exited', 'completed').toSorted()).toEqual(['completed', 'exited pro']);
    expect([...Object.values(w.counts('step:a/w')), ...Object.values(w.counts('step:b/w'))]).toEqual([1, 1]);
  });
});

describe('steps', () => {
  it('see what the step before them changed', () => {
    const branch: Step = { kind: 'if', id: 'if', condition: { kind: 'segment', segment: 'pros' }, then: [send], else: [] };
    const w = worldWith(journeyOf('j', 'Go', [setPlan('pro'), branch]), segmentOf('pros', plan('pro')));
    w.feed(w.events.track(START, 'Go'));
    expect(w.messages()).toEqual([['send', 0]]);
  });

  it('that set a trait with a dotted name move the segments that ask for it', () => {
    const set: Step = { kind: 'set-trait', id: 'set', trait: 'address.country', value: 'DE' };
    const w = worldWith(journeyOf('j', 'Go', [set]), segmentOf('german', { kind: 'trait', path: 'address.country', test: { op: 'is', value: 'DE' }, held: null }));
    w.feed(w.events.track(START, 'Go'));
    expect(w.world.contact(SARA)?.segments).toEqual({ german: START });
  });

  it('are reached once, even when quiet hours hold them', () => {
    const w = worldWith(journeyOf('j', 'Go', [send]), workspaceOf({ quietHours: { fromMinute: 11 * 60, toMinute: 13 * 60 } }));
    w.feed(w.events.track(START, 'Go'));
    w.world.runTo(START + DAY_MS);
    expect(w.messages()).toEqual([['send', HOUR_MS]]);
    expect(w.counts('step:j/send')).toEqual({ reached: 1, decided: 1, sent: 1 });
  });
});

describe('since entry', () => {
  const branch: Step = { kind: 'if', id: 'if', condition: happened('Go', { since: 'entry' }), then: [{ kind: 'exit', id: 'exit', reason: 'again' }], else: [] };
  const outcome = (...offsets: [receivedMs: number, occurredMs: number][]): string[] => {
    const w = worldWith(journeyOf('j', 'Go', [wait('w', HOUR_MS), branch], { reEntry: { kind: 'never' } }));
    for (const [received, occurred] of offsets) w.feed(w.events.track(START + received, 'Go', {}, { occurredAt: START + occurred }));
    w.world.runTo(START + DAY_MS);
    return w.decisions('exited', 'completed');
  };

  it('leaves out the event that started it, whatever its way took', () => {
    expect(outcome([0, 0])).toEqual(['completed']);
    expect(outcome([0, -5_000])).toEqual(['completed']);
  });

  it('counts what happened later, also when both arrived together', () => {
    expect(outcome([0, 0], [MINUTE_MS, MINUTE_MS])).toEqual(['exited again']);
    expect(outcome([0, -10_000], [0, -5_000])).toEqual(['exited again']);
  });

  it('leaves out what happened before and arrived later', () => {
    expect(outcome([0, -5_000], [MINUTE_MS, -6_000])).toEqual(['completed']);
  });
});

describe('re-entry', () => {
  it.each<[JourneyDefinition['reEntry'], number[]]>([
    [{ kind: 'never' }, [0]], [{ kind: 'always' }, [0, 1, HOUR_MS - 1, HOUR_MS]], [{ kind: 'after', delayMs: HOUR_MS }, [0, HOUR_MS]],
  ])('%j', (reEntry, entered) => {
    const w = worldWith(journeyOf('j', 'Go', [], { reEntry }));
    for (const at of [0, 1, HOUR_MS - 1, HOUR_MS]) w.feed(w.events.track(START + at, 'Go'));
    expect(w.effects('decision').filter(({ decision }) => decision.code === 'entered').map(({ decision }) => decision.at - START)).toEqual(entered);
  });
});

describe('the same cart', () => {
  it.each([[{ cart: 'a' }, { cart: 'a' }, true], [{ cart: 1 }, { cart: '1' }, true], [{ cart: 'a' }, { cart: 'b' }, false], [{}, {}, false], [{ cart: null }, { cart: null }, false], [{ cart: ['a'] }, { cart: ['a'] }, false]])(
    'of %j and %j: %j', (started, bought, isSame) => {
      const w = worldWith(journeyOf('j', 'Go', [wait('w', DAY_MS)], { exits: [{ kind: 'event', pattern: { event: 'Bought', where: [], same: 'cart' }, reason: 'bought' }] }));
      w.feed(w.events.track(START, 'Go', started));
      w.feed(w.events.track(START + 1, 'Bought', bought));
      expect(w.decisions('exited')).toEqual(isSame ? ['exited bought'] : []);
    },
  );
});

describe('memory', () => {
  it('of entries forgets keys before journeys that have none', () => {
    const w = worldWith(
      journeyOf('welcome', 'Signed Up', [], { reEntry: { kind: 'never' } }),
      journeyOf('cart', 'Cart', [], { reEntry: { kind: 'never' }, trigger: { kind: 'event', event: 'Cart', where: [], key: 'cart_id' } }),
    );
    w.feed(w.events.track(START, 'Signed Up'));
    for (let index = 0; index < 2 * ENTRY_MEMORY_LIMIT; index += 1) w.feed(w.events.track(START + 1 + index, 'Cart', { cart_id: index }));
    w.feed(w.events.track(START + HOUR_MS, 'Signed Up'));
    expect(w.counts('journey:welcome')).toEqual({ entered: 1, completed: 1, 'not_entered:re_entry': 1 });
    expect(Object.keys(w.world.contact(SARA)?.entries ?? {})).toHaveLength(ENTRY_MEMORY_LIMIT);
  });

  it('of messages keeps those that the frequency cap counts', () => {
    const w = worldWith(
      workspaceOf({ frequencyCap: { messages: 1, windowMs: DAY_MS } }), journeyOf('m', 'Mail', [send]),
      journeyOf('r', 'Receipt', [{ kind: 'send', id: 'send', template: 'receipt' }]),
    );
    w.feed(w.events.track(START, 'Mail'));
    for (let index = 1; index <= MESSAGE_MEMORY_LIMIT; index += 1) w.feed(w.events.track(START + index, 'Receipt'));
    w.feed(w.events.track(START + HOUR_MS, 'Mail'));
    expect(w.decisions('message_skipped')).toEqual(['message_skipped frequency_cap']);
    expect(w.world.contact(SARA)?.messages).toHaveLength(MESSAGE_MEMORY_LIMIT);
  });
});

describe('enrollments', () => {
  it('of the same instant have ids of their own', () => {
    const w = worldWith(segmentOf('pros', plan('pro')), journeyOf('j', '', [], { trigger: { kind: 'segment', change: 'enters', segment: 'pros' } }));
    ['pro', 'free', 'pro'].forEach((value, index) => w.feed(w.events.identify(START, { plan: value }, { occurredAt: START - 10 + index })));
    const ids = w.effects('enrollment').filter(({ enrollment }) => enrollment.status === 'completed').map(({ enrollment }) => enrollment.id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });
});

describe('a bounce', () => {
  it('suppresses the address that bounced, not the one that the contact has by now', () => {
    const w = worldWith(journeyOf('j', 'Go', [send]));
    w.feed(w.events.track(START, 'Go'));
    w.feed(w.events.identify(START + 1, { email: 'new@example.com' }));
    const messageId = w.effects('message')[0]!.message.id;
    w.feed({ kind: 'outcome', receivedAt: START + 2, messageId, outcome: 'bounced', machine: false, detail: '550' });
    expect(w.world.contact(SARA)?.suppressed).toEqual({ 'sara@example.com': 'bounced' });
  });
});
