/** Random valid definitions, for property tests. */
import fc from 'fast-check';
import type { Json, Scalar } from '../json.ts';
import { CONSENT_DEMANDS } from './consent-rules.ts';
import { OUTCOMES } from './file-keys.ts';
import { slug } from './slug.ts';
import { stepsInOrder } from './step-ids.ts';
import { MESSAGE_CLASSES } from './types.ts';
import type { Condition, Definition, EmailAddress, EventPattern, ExitRule, JourneyDefinition, PropertyTest, SegmentDefinition, Step, TemplateDefinition, Test, Times, WorkspaceDefinition } from './types.ts';

const hostile = fc.constantFrom('true', 'null', '~', '12', '0x1f', '1e3', '.inf', '# no', 'a: b', '- a', '[a]', '{a}', '*a', '&a', '!a', '%a', '@a', '`a`', '"', "'", '|', '>', 'a #b', 'سلام دنیا', 'שלום', '🫖', 'no', '=', '<<', '?', ': ', 'constructor', '__proto__', '21:00', '+0', '2026-03-28');
const clean = (text: string): string => text.replace(/[\p{Cc}\uD800-\uDFFF]/gu, '').trim();

/** One line, trimmed, not empty. */
export const line = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom('Order Completed', 'Cart Viewed', 'total', 'items.0.sku', 'plan') }, hostile, fc.string({ unit: 'binary', maxLength: 20 }).map(clean))
  .filter((text) => clean(text) === text && text !== '');
const shortLine = line.map((text) => text.slice(0, 60)).map(clean).filter((text) => text !== '');
const key = fc.oneof(fc.constantFrom('vip', 'cart-1', 'a', '1', 'true', 'null', '1e3'), fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/));
const stepId = fc.oneof(fc.constantFrom('send-a', 'if', 'split-2', 'wait-1-hour'), fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/));
const durationMs = fc.oneof(fc.constantFrom(1, 60, 3600, 86400, 7 * 86400, 90 * 86400), fc.integer({ min: 1, max: 3_650 * 86_400 })).map((seconds) => seconds * 1000);
const number = fc.oneof(fc.integer(), fc.double({ min: -1e15, max: 1e15, noNaN: true })).map((value) => (value === 0 ? 0 : value));
const content = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replace(/[\0\uD800-\uDFFF]/gu, ''));
const text = fc.oneof(hostile, content, fc.array(fc.oneof(line, fc.constantFrom('', '  x', 'x  ', '\tx', '# x')), { maxLength: 4 }).map((lines) => lines.join('\n')));
const fullText = text.filter((value) => value.trim() !== '');
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(line.filter((name) => name !== '__proto__'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: fc.constantFrom('is' as const, 'is-not' as const), value: scalar }),
  fc.record({ op: fc.constantFrom('more-than' as const, 'at-least' as const, 'less-than' as const, 'at-most' as const), value: fc.oneof(number, text) }),
  fc.record({ op: fc.constantFrom('contains' as const, 'starts-with' as const, 'ends-with' as const), value: text.filter((value) => value !== '') }),
  fc.record({ op: fc.constantFrom('in' as const, 'not-in' as const), values: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const) }),
);
const where: fc.Arbitrary<PropertyTest[]> = fc.array(fc.record({ path: fc.oneof(fc.constantFrom('a', '0', '1'), line), test }), { maxLength: 3 });
const times: fc.Arbitrary<Times> = fc
  .record({ op: fc.constantFrom('at-least' as const, 'at-most' as const, 'exactly' as const), count: fc.integer({ min: 0, max: 5 }) })
  .filter(({ op, count }) => !(op === 'at-least' && count === 0));

/** `sends`: ids of steps that conditions on messages may name; null outside of journeys. */
function condition(sends: readonly string[] | null, hasTriggerEvent: boolean): fc.Arbitrary<Condition> {
  const leaves: fc.Arbitrary<Condition>[] = [
    fc.record({ kind: fc.constant('trait' as const), path: line, test, held: fc.constant(null) }),
    fc.record({ kind: fc.constant('event' as const), event: line, where, times, period: fc.oneof(fc.constant({ kind: 'ever' as const }), fc.record({ kind: fc.constant('within' as const), ms: durationMs })), since: sends === null ? fc.constant('ever' as const) : fc.constantFrom('ever' as const, 'entry' as const) }),
    fc.record({ kind: fc.constant('segment' as const), segment: key }),
    fc.record({ kind: fc.constant('tag' as const), tag: shortLine }),
    fc.record({ kind: fc.constant('consent' as const), channel: fc.constant('email' as const), topic: nullable(shortLine) }),
  ];
  if (sends !== null && hasTriggerEvent) leaves.push(fc.record({ kind: fc.constant('trigger' as const), path: line, test }));
  if (sends !== null && sends.length > 0) leaves.push(fc.record({ kind: fc.constant('message' as const), step: fc.constantFrom(...sends), outcome: fc.constantFrom(...OUTCOMES) }));
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      ...leaves,
      fc.record({ kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    ),
  })).node;
}

function pattern(hasTriggerEvent: boolean): fc.Arbitrary<EventPattern> {
  return fc.record({ event: line, where, same: hasTriggerEvent ? nullable(line) : fc.constant(null) });
}

function steps(hasTriggerEvent: boolean): fc.Arbitrary<Step[]> {
  const id = fc.constant('');
  const own = condition([], hasTriggerEvent);
  return fc.letrec<{ step: Step; list: Step[] }>((tie) => ({
    step: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('send' as const), id, template: key }),
      fc.record({ kind: fc.constant('wait' as const), id, durationMs }),
      fc.record({ kind: fc.constant('set-trait' as const), id, trait: line.filter((name) => name !== '__proto__'), value: json }),
      fc.record({ kind: fc.constant('tag' as const), id, tag: shortLine, present: fc.boolean() }),
      fc.record({ kind: fc.constant('wait-for' as const), id, pattern: pattern(hasTriggerEvent), timeoutMs: durationMs, happened: tie('list'), timedOut: tie('list') }),
      fc.record({ kind: fc.constant('if' as const), id, condition: own, then: tie('list'), else: tie('list') }),
      fc.record({
        kind: fc.constant('split' as const),
        id,
        arms: fc.uniqueArray(fc.record({ name: shortLine, weight: fc.constantFrom(0.5, 1, 50, 33.3), steps: tie('list') }), { minLength: 2, maxLength: 3, selector: (arm) => arm.name }),
      }),
    ),
    // An exit only at the end, and only where it does not end the whole list before other steps.
    list: fc.array(tie('step'), { maxLength: 3 }),
  })).list;
}

/** Gives every step an id of its own: random ones, and ones that look derived. */
function withIds(shared: Step[], ids: readonly string[]): Step[] {
  // Generated values are used again when a failure is shrunk, so they are not to be changed.
  const list = structuredClone(shared);
  const seen = new Set<string>();
  stepsInOrder(list).forEach((step, index) => {
    let id = ids[index % Math.max(1, ids.length)] ?? 'step';
    if (index % 3 === 0) id = `${step.kind}-${slug(id)}`;
    while (seen.has(id)) id = `${id}-2`;
    seen.add(id);
    step.id = id;
  });
  return list;
}

const exits = (hasTriggerEvent: boolean, sends: readonly string[]): fc.Arbitrary<ExitRule[]> =>
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('event' as const), pattern: pattern(hasTriggerEvent), reason: line }),
      fc.record({ kind: fc.constant('condition' as const), condition: condition(sends, hasTriggerEvent), reason: line }),
    ),
    { maxLength: 2 },
  );

export const segment: fc.Arbitrary<SegmentDefinition> = fc.record({ kind: fc.constant('segment' as const), key, name: line, description: nullable(fullText), match: condition(null, false) });

export const journey: fc.Arbitrary<JourneyDefinition> = fc
  .boolean()
  .chain((hasTriggerEvent) =>
    fc.tuple(fc.constant(hasTriggerEvent), steps(hasTriggerEvent), fc.record({ kind: fc.constant('send' as const), id: fc.constant(''), template: key }), fc.array(stepId, { minLength: 1, maxLength: 5 }), nullable(line)),
  )
  .chain(([hasTriggerEvent, list, last, ids, exitReason]) => {
    const end: Step[] = exitReason === null ? [] : [{ kind: 'exit', id: '', reason: exitReason }];
    const all = withIds([...list, last, ...end], ids);
    const sends = stepsInOrder(all).flatMap((step) => (step.kind === 'send' ? [step.id] : []));
    return fc.record({
      kind: fc.constant('journey' as const),
      key,
      name: line,
      description: nullable(fullText),
      trigger: hasTriggerEvent
        ? fc.record({ kind: fc.constant('event' as const), event: line, where, key: nullable(line) })
        : fc.record({ kind: fc.constant('segment' as const), change: fc.constantFrom('enters' as const, 'leaves' as const), segment: key }),
      who: nullable(condition([], hasTriggerEvent)),
      reEntry: fc.oneof(fc.constantFrom({ kind: 'never' as const }, { kind: 'always' as const }), fc.record({ kind: fc.constant('after' as const), delayMs: durationMs })),
      exits: exits(hasTriggerEvent, sends),
      goal: nullable(fc.record({ pattern: pattern(hasTriggerEvent), withinMs: durationMs, valuePath: nullable(line) })),
      ceilingPerHour: fc.integer({ min: 1, max: 10_000_000 }),
      steps: fc.constant(all),
    });
  });

const address: fc.Arbitrary<EmailAddress> = fc.record({
  name: nullable(fc.oneof(fc.constantFrom('Shop', 'Shop, Inc.', '"Q"', 'a <b> c', '"', '\\'), line)),
  address: fc.constantFrom('a@b.co', 'shop+x@example.com', 'ü@münchen.example'),
});

export const template: fc.Arbitrary<TemplateDefinition> = fc.record({
  kind: fc.constant('template' as const),
  key,
  name: line,
  channel: fc.constant('email' as const),
  class: fc.constantFrom(...MESSAGE_CLASSES),
  topic: nullable(shortLine),
  from: nullable(address),
  replyTo: nullable(fc.constant('help@example.com')),
  expiresAfterMs: durationMs,
  languages: fc
    .uniqueArray(fc.tuple(fc.constantFrom('en', 'fa', 'ar', 'he', 'pt-BR', 'no'), fc.record({ subject: line, preheader: nullable(line), body: fullText })), { minLength: 1, maxLength: 3, selector: ([tag]) => tag })
    .map((entries) => Object.fromEntries(entries)),
});

const demand = fc.constantFrom(...CONSENT_DEMANDS);
const demands = { marketing: demand, legitimateInterest: demand, profiling: demand };

export const workspace: fc.Arbitrary<WorkspaceDefinition> = fc.record({
  kind: fc.constant('workspace' as const),
  name: line,
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Tehran'),
  currency: fc.constantFrom('USD', 'EUR', 'IRR'),
  language: fc.constantFrom('en', 'fa'),
  from: nullable(address),
  quietHours: nullable(fc.record({ fromMinute: fc.integer({ min: 0, max: 719 }), toMinute: fc.integer({ min: 720, max: 1439 }) })),
  frequencyCap: nullable(fc.record({ messages: fc.integer({ min: 1, max: 9 }), windowMs: durationMs })),
  attribution: fc.record({ clickWindowMs: durationMs, openWindowMs: fc.oneof(fc.constant(0), durationMs) }),
  consent: fc.record({
    groups: fc.array(fc.record({ name: shortLine, countries: fc.uniqueArray(fc.constantFrom('AE', 'NO', 'DE', 'US'), { minLength: 1 }), ...demands }), { maxLength: 2 }),
    europe: fc.record(demands), others: fc.record(demands), unknown: fc.record(demands),
  }),
});

export const definition: fc.Arbitrary<Definition> = fc.oneof(segment, journey, template, workspace);
