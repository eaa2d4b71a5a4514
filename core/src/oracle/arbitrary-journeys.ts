import fc from 'fast-check';
import type { Condition, MessageOutcome, Period, PropertyTest, Test } from '../definition/condition.ts';
import type { Definition, JourneyDefinition, Step, Trigger } from '../definition/index.ts';
import type { EventPattern, ExitRule, Goal, ReEntry } from '../definition/journey.ts';
import type { JsonObject } from '../event/json.ts';
import { segmentOf, templateOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../time.ts';

/** What happens to the contact, some time after what happened before. */
export type Happens =
  | { kind: 'track'; afterMs: Millis; name: string; properties: JsonObject; lateMs: Millis; historical: boolean }
  | { kind: 'identify'; afterMs: Millis; traits: JsonObject }
  | { kind: 'consent'; afterMs: Millis; granted: boolean; topic: boolean }
  /** Something becomes of one of the messages sent so far. */
  | { kind: 'outcome'; afterMs: Millis; message: number; outcome: MessageOutcome; machine: boolean };

export interface Life {
  /** Whether marketing was allowed from the start. */
  consented: boolean;
  definitions: Definition[];
  happens: Happens[];
}

const ZONES = ['Europe/Berlin', 'Asia/Tehran', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'America/St_Johns', 'Nowhere/Land'] as const;

const names = fc.constantFrom('E0', 'E1', 'E2', 'E3');
const key = fc.constantFrom('a', 'b', 1);
const someTime = fc.constantFrom(0, 0, 1, MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, DAY_MS);

const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: fc.constantFrom('is', 'is-not'), value: fc.constantFrom('a', 'b', 1) }), fc.record({ op: fc.constantFrom('exists', 'missing') }),
);
const where: fc.Arbitrary<PropertyTest[]> = fc.oneof({ weight: 3, arbitrary: fc.constant<PropertyTest[]>([]) }, { weight: 1, arbitrary: fc.tuple(fc.record({ path: fc.constant('k'), test })) });
const pattern = fc.record({ event: names, where, same: fc.constantFrom(null, null, 'k') });

const plain: fc.Arbitrary<Condition>[] = [
  fc.record({
    kind: fc.constant('event'), event: fc.oneof(names, fc.constantFrom('Email Sent', 'Email Opened')), where, since: fc.constant('ever'),
    times: fc.record({ op: fc.constantFrom('at-least', 'at-most', 'exactly'), count: fc.integer({ min: 0, max: 2 }) }), period: fc.constantFrom<Period>({ kind: 'ever' }, { kind: 'within', ms: HOUR_MS }, { kind: 'within', ms: DAY_MS }),
  }),
  fc.record({ kind: fc.constant('trait'), path: fc.constantFrom('plan', 'plan.x'), test, held: fc.constant(null) }),
  fc.record({ kind: fc.constant('tag'), tag: fc.constantFrom('t0', 't1') }),
  fc.record({ kind: fc.constant('consent'), channel: fc.constant('email'), topic: fc.constantFrom(null, 'news') }),
];
const within: fc.Arbitrary<Condition> = fc.oneof(
  ...plain,
  fc.record({ kind: fc.constant('segment'), segment: fc.constantFrom('s0', 's1') }),
  fc.record({ kind: fc.constant('trigger'), path: fc.constant('k'), test }),
  fc.record({
    kind: fc.constant('event'), event: names, where, since: fc.constant('entry'),
    times: fc.record({ op: fc.constantFrom('at-least', 'exactly'), count: fc.integer({ min: 0, max: 2 }) }), period: fc.constantFrom<Period>({ kind: 'ever' }, { kind: 'within', ms: HOUR_MS }),
  }),
  fc.record({ kind: fc.constant('message'), step: fc.constant('send-0'), outcome: fc.constantFrom('sent', 'opened', 'clicked') }),
);
const asked: fc.Arbitrary<Condition> = fc.oneof(within, fc.record({ kind: fc.constantFrom('all', 'any', 'none'), of: fc.array(within, { maxLength: 2 }) }));

const steps: fc.Arbitrary<Step[]> = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 4 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('wait'), id: fc.constant(''), durationMs: someTime }),
    fc.record({ kind: fc.constant('send'), id: fc.constant(''), template: fc.constantFrom('marketing', 'news', 'receipt', 'missing') }),
    fc.record({ kind: fc.constant('send'), id: fc.constant(''), template: fc.constant('marketing') }),
    fc.constantFrom(true, false).map((present): Step => ({ kind: 'tag', id: '', tag: 't0', present })),
    fc.record({ kind: fc.constant('wait-for'), id: fc.constant(''), pattern: names.map((event): EventPattern => ({ event, where: [], same: null })), timeoutMs: fc.constant(DAY_MS), happened: tie('steps'), timedOut: tie('steps') }),
    fc.record({ kind: fc.constant('set-trait'), id: fc.constant(''), trait: fc.constantFrom('plan', 'plan.x'), value: fc.constantFrom('a', 'b', 1) }),
    fc.record({ kind: fc.constant('tag'), id: fc.constant(''), tag: fc.constantFrom('t0', 't1'), present: fc.boolean() }),
    fc.record({ kind: fc.constant('exit'), id: fc.constant(''), reason: fc.constant('done') }),
    fc.record({ kind: fc.constant('wait-for'), id: fc.constant(''), pattern, timeoutMs: someTime, happened: tie('steps'), timedOut: tie('steps') }),
    fc.record({ kind: fc.constant('if'), id: fc.constant(''), condition: asked, then: tie('steps'), else: tie('steps') }),
    fc.record({
      kind: fc.constant('split'), id: fc.constant(''),
      arms: fc.tuple(tie('steps'), tie('steps')).map(([a, b]) => [{ name: 'a', weight: 30, steps: a }, { name: 'b', weight: 70, steps: b }]),
    }),
  ),
})).steps;

const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('event'), event: names, where, key: fc.constantFrom(null, 'k') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('segment'), change: fc.constantFrom('enters', 'leaves'), segment: fc.constantFrom('s0', 's1') }) },
);
const reEntry: fc.Arbitrary<ReEntry> = fc.oneof(fc.record({ kind: fc.constantFrom('never', 'always') }), fc.record({ kind: fc.constant('after'), delayMs: someTime }));
const exit: fc.Arbitrary<ExitRule> = fc.oneof(
  fc.record({ kind: fc.constant('event'), pattern, reason: fc.constant('event') }), fc.record({ kind: fc.constant('condition'), condition: asked, reason: fc.constant('condition') }),
);
const goal: fc.Arbitrary<Goal> = fc.record({ pattern, withinMs: someTime, valuePath: fc.constantFrom(null, 'k') });

const journey: fc.Arbitrary<Omit<JourneyDefinition, 'key'>> = fc.record({
  kind: fc.constant('journey'), name: fc.constant('j'), description: fc.constant(null), trigger, who: fc.option(asked), reEntry,
  exits: fc.array(exit, { maxLength: 2 }), goal: fc.option(goal), ceilingPerHour: fc.constant(100), steps,
});

const templates = [templateOf('marketing'), templateOf('news', { topic: 'news' }), templateOf('receipt', { class: 'transactional' })];
const hours = fc.integer({ min: 0, max: 47 }).map((half) => half * 30);
const workspace = fc.record({
  quietHours: fc.option(fc.record({ fromMinute: hours, toMinute: hours })), timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
  frequencyCap: fc.option(fc.record({ messages: fc.integer({ min: 1, max: 3 }), windowMs: fc.constantFrom(HOUR_MS, DAY_MS) })),
}).map(workspaceOf);

/** Gives every step an id of its own, in order of reading; the kind comes first, so that conditions can name `send-0`. */
function numbered(list: readonly Step[], used = new Map<string, number>()): Step[] {
  return list.map((step) => {
    const number = used.get(step.kind) ?? 0;
    used.set(step.kind, number + 1);
    const id = `${step.kind}-${number}`;
    switch (step.kind) {
      case 'wait-for': return { ...step, id, happened: numbered(step.happened, used), timedOut: numbered(step.timedOut, used) };
      case 'if': return { ...step, id, then: numbered(step.then, used), else: numbered(step.else, used) };
      case 'split': return { ...step, id, arms: step.arms.map((arm) => ({ ...arm, steps: numbered(arm.steps, used) })) };
      default: return { ...step, id };
    }
  });
}

const definitions: fc.Arbitrary<Definition[]> = fc.tuple(fc.array(journey, { minLength: 1, maxLength: 3 }), fc.oneof(...plain), fc.oneof(...plain), workspace).map(([journeys, s0, s1, workspaceDefinition]) => [
  workspaceDefinition, ...templates, segmentOf('s0', s0), segmentOf('s1', { kind: 'any', of: [s1, { kind: 'segment', segment: 's0' }] }),
  ...journeys.map((one, index): Definition => ({ ...one, key: `j${index}`, steps: numbered(one.steps) })),
]);

const happens: fc.Arbitrary<Happens> = fc.oneof(
  { weight: 8, arbitrary: fc.record({
    kind: fc.constant('track'), afterMs: someTime, name: names, properties: fc.record({ k: key }, { requiredKeys: [] }),
    lateMs: fc.constantFrom(0, 0, 0, 1, HOUR_MS, 2 * DAY_MS), historical: fc.constantFrom(false, false, false, true),
  }) },
  { weight: 2, arbitrary: fc.record({
    kind: fc.constant('identify'), afterMs: someTime,
    traits: fc.record({ timezone: fc.constantFrom(...ZONES), plan: fc.constantFrom('a', 'b', null), email: fc.constantFrom('a@example.com', 'b@example.com') }, { requiredKeys: [] }),
  }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('consent'), afterMs: someTime, granted: fc.constantFrom(true, true, false), topic: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('outcome'), afterMs: someTime, message: fc.nat(10), outcome: fc.constantFrom('sent', 'delivered', 'opened', 'clicked', 'bounced'), machine: fc.boolean() }) },
);

export const arbitraryLife: fc.Arbitrary<Life> = fc.record({ consented: fc.constantFrom(true, true, true, false), definitions, happens: fc.array(happens, { minLength: 1, maxLength: 30, size: 'max' }) });
