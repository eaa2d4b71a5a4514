import { z } from 'zod';
import type { Json } from '../json.ts';
import { DEFAULT_CONSENT_RULES, consentRulesSchema } from './consent-rules.ts';
import { DEFAULT_RETENTION, retentionSchema } from './retention.ts';
import { isEmailAddress } from './email-address.ts';
import { OUTCOMES } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { isKey, isStepId } from './slug.ts';
import { traitSchemaSchema } from './trait-schema.ts';
import { topicSchema } from './topic.ts';
import { MESSAGE_CLASSES } from './types.ts';
import type { ComputedTraitDefinition, Condition, DateTest, Definition, EventPattern, ExitRule, EventFigure, JourneyDefinition, Period, PersonasDefinition, ScoreDefinition, ScoreRule, SegmentDefinition, SplitArm, Step, TemplateDefinition, Test, Trigger, WorkspaceDefinition } from './types.ts';

/*
 * The normalised definitions as the API passes them in JSON. The annotations make the compiler prove that schema and
 * type are the same.
 */

const key = z.string().refine(isKey, 'not a valid key');
const line = z.string().min(1).max(DEFINITION_LIMITS.maxNameLength);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const json: z.ZodType<Json> = z.json();
const durationMs = z.int().positive().max(DEFINITION_LIMITS.maxDurationMs);
const channel = z.literal('email');

const test: z.ZodType<Test> = z.union([
  z.strictObject({ op: z.enum(['is', 'is-not']), value: scalar }),
  z.strictObject({ op: z.enum(['more-than', 'at-least', 'less-than', 'at-most']), value: z.union([z.number(), z.string()]) }),
  z.strictObject({ op: z.literal('between'), from: z.union([z.number(), z.string()]), to: z.union([z.number(), z.string()]) }),
  z.strictObject({ op: z.literal('contains'), value: scalar }),
  z.strictObject({ op: z.enum(['starts-with', 'ends-with']), value: z.string() }),
  z.strictObject({ op: z.literal('matches'), pattern: z.string().min(1).max(DEFINITION_LIMITS.maxNameLength) }),
  z.strictObject({ op: z.enum(['contains-any', 'contains-all']), values: z.array(scalar).min(1).max(DEFINITION_LIMITS.maxListedValues) }),
  z.strictObject({ op: z.enum(['in', 'not-in']), values: z.array(scalar).min(1).max(DEFINITION_LIMITS.maxListedValues) }),
  z.strictObject({ op: z.enum(['exists', 'missing']) }),
]);
const where = z.array(z.strictObject({ path: line, test }));
const times = z.strictObject({ op: z.enum(['at-least', 'at-most', 'exactly']), count: z.int().nonnegative().max(DEFINITION_LIMITS.maxTimes) });

const eventFilter = z.strictObject({ event: line, where });
const period: z.ZodType<Period> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ever') }),
  z.strictObject({ kind: z.literal('within'), ms: durationMs }),
  z.strictObject({ kind: z.literal('ago'), fromMs: durationMs.nullable(), toMs: durationMs }),
  z.strictObject({ kind: z.literal('dates'), from: z.int().nullable(), until: z.int().nullable() }),
]);
const figure: z.ZodType<EventFigure> = z.strictObject({ kind: z.enum(['sum', 'average', 'min', 'max', 'distinct', 'first', 'last', 'most-frequent']), property: line });
const days = z.int().min(-DEFINITION_LIMITS.maxDays).max(DEFINITION_LIMITS.maxDays);
const offsetMs = z.int().min(-DEFINITION_LIMITS.maxDurationMs).max(DEFINITION_LIMITS.maxDurationMs).nullable();
const dateTest: z.ZodType<DateTest> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('relative'), fromMs: offsetMs, toMs: offsetMs }),
  z.strictObject({ kind: z.literal('days'), from: days, to: days }),
  z.strictObject({ kind: z.literal('anniversary'), calendar: z.enum(['gregorian', 'jalali', 'hijri']), from: days, to: days }),
]);

export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.enum(['all', 'any', 'none']), of: z.array(conditionSchema).min(1) }),
      z.strictObject({ kind: z.literal('trait'), path: line, test, held: z.strictObject({ op: z.enum(['at-least', 'less-than']), ms: durationMs }).nullable() }),
      z.strictObject({ kind: z.literal('date'), path: line, when: dateTest }),
      z.strictObject({ kind: z.literal('event'), event: line, where, times, period, since: z.enum(['ever', 'entry']) }),
      z.strictObject({ kind: z.literal('figure'), event: line, where, figure, test, period }),
      z.strictObject({ kind: z.literal('sequence'), first: eventFilter, second: eventFilter, outcome: z.enum(['happened', 'missing']), withinMs: durationMs, key: line.nullable(), lastMs: durationMs.nullable() }),
      z.strictObject({
        kind: z.literal('engagement'), outcome: z.enum(['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained']),
        journey: key.nullable(), step: line.nullable(), template: key.nullable(), topic: line.nullable(), link: test.nullable(), times, period,
      }),
      z.strictObject({ kind: z.literal('orders'), figure: z.enum(['count', 'value', 'average', 'largest']), test, period }),
      z.strictObject({ kind: z.literal('list'), list: key }),
      z.strictObject({ kind: z.literal('journey'), journey: key, status: z.enum(['inside', 'entered', 'completed', 'exited']), reason: line.nullable() }),
      z.strictObject({ kind: z.literal('score'), score: key, test }),
      z.strictObject({ kind: z.literal('band'), score: key, bands: z.array(key).min(1) }),
      z.strictObject({ kind: z.literal('persona'), set: key, persona: key }),
      z.strictObject({ kind: z.literal('predicted'), name: line, test }),
      z.strictObject({ kind: z.literal('fact'), fact: z.enum(['country', 'region', 'city', 'timezone', 'language', 'device']), test }),
      z.strictObject({ kind: z.literal('near'), latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180), radiusKm: z.number().positive().max(20_038) }),
      z.strictObject({ kind: z.literal('bucket'), salt: line, fromPercent: z.number().min(0).max(100), toPercent: z.number().min(0).max(100) }),
      z.strictObject({ kind: z.literal('segment'), segment: key }),
      z.strictObject({ kind: z.literal('tag'), tag: line }),
      z.strictObject({ kind: z.literal('consent'), channel, topic: line.nullable() }),
      z.strictObject({ kind: z.literal('profiled') }),
      z.strictObject({ kind: z.literal('trigger'), path: line, test }),
      z.strictObject({ kind: z.literal('message'), step: line, outcome: z.enum(OUTCOMES) }),
    ]),
  )
  .meta({ id: 'Condition' });

const pattern: z.ZodType<EventPattern> = z.strictObject({ event: line, where, same: line.nullable() });
const stepId = z.string().refine(isStepId, 'not a valid step id');
const steps: z.ZodType<Step[]> = z.lazy(() => z.array(stepSchema));
const arm: z.ZodType<SplitArm> = z.strictObject({ name: line, weight: z.number().nonnegative().max(DEFINITION_LIMITS.maxWeight), steps });

export const stepSchema: z.ZodType<Step> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('wait'), id: stepId, durationMs }),
      z.strictObject({ kind: z.literal('wait-for'), id: stepId, pattern, timeoutMs: durationMs, happened: steps, timedOut: steps }),
      z.strictObject({ kind: z.literal('if'), id: stepId, condition: conditionSchema, then: steps, else: steps }),
      z.strictObject({ kind: z.literal('split'), id: stepId, arms: z.array(arm).min(2) }),
      z.strictObject({ kind: z.literal('send'), id: stepId, template: key }),
      z.strictObject({ kind: z.literal('set-trait'), id: stepId, trait: line, value: json }),
      z.strictObject({ kind: z.literal('tag'), id: stepId, tag: line, present: z.boolean() }),
      z.strictObject({ kind: z.literal('exit'), id: stepId, reason: line }),
    ]),
  )
  .meta({ id: 'Step' });

const segment = z.strictObject({
  kind: z.literal('segment'),
  key,
  name: line,
  description: z.string().nullable(),
  match: conditionSchema,
}) satisfies z.ZodType<SegmentDefinition>;

const trigger: z.ZodType<Trigger> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), event: line, where, key: line.nullable() }),
  z.strictObject({ kind: z.literal('segment'), change: z.enum(['enters', 'leaves']), segment: key }),
]);

const exit: z.ZodType<ExitRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), pattern, reason: line }),
  z.strictObject({ kind: z.literal('condition'), condition: conditionSchema, reason: line }),
]);

const journey = z.strictObject({
  kind: z.literal('journey'),
  key,
  name: line,
  description: z.string().nullable(),
  trigger,
  who: conditionSchema.nullable(),
  reEntry: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('never') }), z.strictObject({ kind: z.literal('always') }), z.strictObject({ kind: z.literal('after'), delayMs: durationMs })]),
  exits: z.array(exit),
  goal: z.strictObject({ pattern, withinMs: durationMs, valuePath: line.nullable() }).nullable(),
  ceilingPerHour: z.int().positive().max(DEFINITION_LIMITS.maxCeilingPerHour),
  steps: z.array(stepSchema).min(1),
}) satisfies z.ZodType<JourneyDefinition>;

const emailAddress = z.string().refine(isEmailAddress, 'not an e-mail address');
const sender = z.strictObject({ name: line.nullable(), address: emailAddress });

const template = z.strictObject({
  kind: z.literal('template'),
  key,
  name: line,
  channel,
  class: z.enum(MESSAGE_CLASSES),
  topic: line.nullable(),
  from: sender.nullable(),
  replyTo: emailAddress.nullable(),
  expiresAfterMs: durationMs,
  languages: z.record(z.string(), z.strictObject({ subject: z.string().min(1), preheader: z.string().nullable(), body: z.string().min(1) })),
}) satisfies z.ZodType<TemplateDefinition>;

const points = z.number().min(-DEFINITION_LIMITS.maxPoints).max(DEFINITION_LIMITS.maxPoints);
const scoreRule: z.ZodType<ScoreRule> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('behaviour'), id: stepId, label: line, event: line, where, points, per: line.nullable(), halfLifeMs: durationMs.nullable(),
    cap: z.number().positive().max(DEFINITION_LIMITS.maxPoints).nullable(),
  }),
  z.strictObject({ kind: z.literal('fit'), id: stepId, label: line, points, when: conditionSchema }),
]);

const score = z.strictObject({
  kind: z.literal('score'),
  key,
  name: line,
  description: z.string().nullable(),
  main: z.boolean(),
  needsConsent: z.boolean(),
  hysteresis: z.number().nonnegative().max(DEFINITION_LIMITS.maxPoints),
  bands: z.array(z.strictObject({ key, name: line, from: points.nullable() })).max(DEFINITION_LIMITS.maxBands),
  rules: z.array(scoreRule).min(1).max(DEFINITION_LIMITS.maxScoreRules),
}) satisfies z.ZodType<ScoreDefinition>;

const persona = { persona: key, name: line };
const personas = z.strictObject({
  kind: z.literal('personas'),
  key,
  name: line,
  description: z.string().nullable(),
  needsConsent: z.boolean(),
  choose: z.array(z.strictObject({ ...persona, when: conditionSchema })).min(1).max(DEFINITION_LIMITS.maxPersonas),
  otherwise: z.strictObject(persona).nullable(),
}) satisfies z.ZodType<PersonasDefinition>;

const computedTrait = z.strictObject({
  kind: z.literal('computed-trait'),
  key,
  name: line,
  description: z.string().nullable(),
  event: line,
  where,
  figure: z.union([figure, z.strictObject({ kind: z.literal('count') })]),
  period,
}) satisfies z.ZodType<ComputedTraitDefinition>;

const minuteOfDay = z.int().min(0).max(1439);

const frequencyCap = z.strictObject({ messages: z.int().positive(), windowMs: durationMs });

const workspace = z.strictObject({
  kind: z.literal('workspace'),
  name: line,
  timezone: line,
  currency: z.string().regex(/^[A-Z]{3}$/),
  language: line,
  from: sender.nullable(),
  quietHours: z.strictObject({ fromMinute: minuteOfDay, toMinute: minuteOfDay }).nullable(),
  frequencyCap: frequencyCap.nullable(),
  bandCaps: z.record(z.string(), frequencyCap).exactOptional(),
  attribution: z.strictObject({ clickWindowMs: z.int().nonnegative(), openWindowMs: z.int().nonnegative() }),
  consent: consentRulesSchema.default(DEFAULT_CONSENT_RULES),
  retention: retentionSchema.default(DEFAULT_RETENTION),
}) satisfies z.ZodType<WorkspaceDefinition>;

/**
 * Any definition in its normalised form. It checks the shape; whether it makes sense (references, order of steps) is
 * known after `parseDefinitionFile({ path, text: formatDefinition(definition) })`.
 */
export const definitionSchema: z.ZodType<Definition> = z.discriminatedUnion('kind', [segment, journey, template, topicSchema, traitSchemaSchema, workspace, score, personas, computedTrait]).meta({ id: 'Definition' });
