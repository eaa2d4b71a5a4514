/** Random valid definitions, for property tests. */
import fc from 'fast-check';
import type { Json } from '../json.ts';
import { condition, figureAndPeriod, filter, period, where } from './arbitrary-condition.ts';
import { durationMs, fullText, key, line, nullable, scalar, shortLine, stepId } from './arbitrary-values.ts';
import { CONSENT_DEMANDS } from './consent-types.ts';
import { defaultHysteresis } from './hysteresis.ts';
import { slug } from './slug.ts';
import { stepsInOrder } from './step-ids.ts';
import { TRAIT_TYPES } from './trait-schema-types.ts';
import type { SchemaDefinition, TraitDeclaration } from './trait-schema-types.ts';
import type { TopicDefinition } from './consent-types.ts';
import { MESSAGE_CLASSES } from './types.ts';
import type { ComputedTraitDefinition, Definition, EmailAddress, EventPattern, ExitRule, JourneyDefinition, PersonasDefinition, ScoreBand, ScoreDefinition, ScoreRule, SegmentDefinition, Step, TemplateDefinition, WorkspaceDefinition } from './types.ts';

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(line.filter((name) => name !== '__proto__'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

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

const frequencyCap = fc.record({ messages: fc.integer({ min: 1, max: 9 }), windowMs: durationMs });

const settings = fc.record({
  kind: fc.constant('workspace' as const),
  name: line,
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Tehran'),
  currency: fc.constantFrom('USD', 'EUR', 'IRR'),
  language: fc.constantFrom('en', 'fa'),
  from: nullable(address),
  quietHours: nullable(fc.record({ fromMinute: fc.integer({ min: 0, max: 719 }), toMinute: fc.integer({ min: 720, max: 1439 }) })),
  frequencyCap: nullable(frequencyCap),
  attribution: fc.record({ clickWindowMs: durationMs, openWindowMs: fc.oneof(fc.constant(0), durationMs) }),
  consent: fc.record({
    groups: fc.array(fc.record({ name: shortLine, countries: fc.uniqueArray(fc.constantFrom('AE', 'NO', 'DE', 'US'), { minLength: 1 }), ...demands }), { maxLength: 2 }),
    europe: fc.record(demands), others: fc.record(demands), unknown: fc.record(demands), confirmWithinMs: durationMs,
  }),
  retention: fc.record({
    defaultMs: nullable(durationMs), events: fc.dictionary(shortLine.filter((name) => name !== '__proto__'), nullable(durationMs), { maxKeys: 3 }), rejectedMs: nullable(durationMs), decisionsMs: nullable(durationMs),
  }),
});

export const workspace: fc.Arbitrary<WorkspaceDefinition> = fc
  .tuple(settings, nullable(fc.dictionary(fc.constantFrom('cold', 'warm', 'hot'), frequencyCap, { minKeys: 1, noNullPrototype: true })))
  .map(([own, bandCaps]) => (bandCaps === null ? own : { ...own, bandCaps }));

const texts = fc.dictionary(fc.constantFrom('en', 'fa', 'pt-BR'), line, { minKeys: 1, maxKeys: 3, noNullPrototype: true });

export const topic: fc.Arbitrary<TopicDefinition> = fc.record({ kind: fc.constant('topic' as const), key, names: texts, descriptions: fc.oneof(fc.constant({}), texts), doubleOptIn: fc.boolean() });

const points = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })).map((value) => (value === 0 ? 0 : value));
const rule: fc.Arbitrary<ScoreRule> = fc.oneof(
  fc.record({ kind: fc.constant('behaviour' as const), id: stepId, label: line, event: line, where, points, per: nullable(line), halfLifeMs: nullable(durationMs), cap: nullable(fc.constantFrom(0.5, 20, 1e6)) }),
  fc.record({ kind: fc.constant('fit' as const), id: stepId, label: line, points, when: condition(null, false) }),
);
const bands: fc.Arbitrary<ScoreBand[]> = fc.uniqueArray(fc.tuple(key, fc.integer({ min: -100, max: 100 })), { maxLength: 4, selector: ([name]) => name }).map((pairs) => {
  const sorted = [...new Map(pairs.map(([name, from]) => [from, name]))].sort(([a], [b]) => a - b);
  return sorted.length < 2 ? [] : sorted.map(([from, name], index) => ({ key: name, name: index === 0 ? 'First' : name, from: index === 0 ? null : from }));
});

export const score: fc.Arbitrary<ScoreDefinition> = fc.tuple(bands, fc.constantFrom(null, 0, 0.25)).chain(([some, hysteresis]) =>
  fc.record({
    kind: fc.constant('score' as const), key, name: line, description: nullable(fullText), main: fc.boolean(), needsConsent: fc.boolean(),
    hysteresis: fc.constant(hysteresis ?? defaultHysteresis(some)), bands: fc.constant(some), rules: fc.uniqueArray(rule, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
  }),
);

const persona = { persona: key, name: line };
export const personas: fc.Arbitrary<PersonasDefinition> = fc.uniqueArray(fc.record({ ...persona, when: condition(null, false) }), { minLength: 1, maxLength: 3, selector: (one) => one.persona }).chain((choose) =>
  fc.record({
    kind: fc.constant('personas' as const), key, name: line, description: nullable(fullText), needsConsent: fc.boolean(), choose: fc.constant(choose),
    otherwise: nullable(fc.record(persona).filter((one) => choose.every((other) => other.persona !== one.persona))),
  }),
);

const declaredTrait: fc.Arbitrary<TraitDeclaration> = fc.oneof(
  fc.record({ type: fc.constantFrom(...TRAIT_TYPES), values: fc.constant(null), description: fc.option(line), personal: fc.boolean() }),
  fc.record({ type: fc.constant('text' as const), values: fc.array(line, { minLength: 1, maxLength: 3 }), description: fc.option(line), personal: fc.boolean() }),
);

export const schema: fc.Arbitrary<SchemaDefinition> = fc.record({
  kind: fc.constant('schema' as const), key, name: line, traits: fc.dictionary(key, declaredTrait, { maxKeys: 4, noNullPrototype: true }),
});

export const computedTrait: fc.Arbitrary<ComputedTraitDefinition> = fc
  .tuple(filter, fc.oneof(figureAndPeriod, fc.record({ figure: fc.constant({ kind: 'count' as const }), period })), fc.record({ key, name: line, description: nullable(fullText) }))
  .map(([events, figure, names]) => ({ kind: 'computed-trait' as const, ...names, ...events, ...figure }));

export const definition: fc.Arbitrary<Definition> = fc.oneof(segment, journey, template, topic, schema, workspace, score, personas, computedTrait);
