import { z } from 'zod';
import type { Json } from '../json.ts';
import { isEmailAddress } from './email-address.ts';
import { OUTCOMES } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { isKey, isStepId } from './slug.ts';
import type { Condition, Definition, EventPattern, ExitRule, JourneyDefinition, SegmentDefinition, SplitArm, Step, TemplateDefinition, Test, Trigger, WorkspaceDefinition } from './types.ts';

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
  z.strictObject({ op: z.enum(['contains', 'starts-with', 'ends-with']), value: z.string() }),
  z.strictObject({ op: z.enum(['in', 'not-in']), values: z.array(scalar).min(1).max(DEFINITION_LIMITS.maxListedValues) }),
  z.strictObject({ op: z.enum(['exists', 'missing']) }),
]);
const where = z.array(z.strictObject({ path: line, test }));
const times = z.strictObject({ op: z.enum(['at-least', 'at-most', 'exactly']), count: z.int().nonnegative().max(DEFINITION_LIMITS.maxTimes) });

export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.enum(['all', 'any', 'none']), of: z.array(conditionSchema).min(1) }),
      z.strictObject({ kind: z.literal('trait'), path: line, test }),
      z.strictObject({ kind: z.literal('event'), event: line, where, times, withinMs: durationMs.nullable(), since: z.enum(['ever', 'entry']) }),
      z.strictObject({ kind: z.literal('segment'), segment: key }),
      z.strictObject({ kind: z.literal('tag'), tag: line }),
      z.strictObject({ kind: z.literal('consent'), channel, topic: line.nullable() }),
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
  class: z.enum(['marketing', 'transactional']),
  topic: line.nullable(),
  from: sender.nullable(),
  replyTo: emailAddress.nullable(),
  expiresAfterMs: durationMs,
  languages: z.record(z.string(), z.strictObject({ subject: z.string().min(1), preheader: z.string().nullable(), body: z.string().min(1) })),
}) satisfies z.ZodType<TemplateDefinition>;

const minuteOfDay = z.int().min(0).max(1439);

const workspace = z.strictObject({
  kind: z.literal('workspace'),
  name: line,
  timezone: line,
  currency: z.string().regex(/^[A-Z]{3}$/),
  language: line,
  from: sender.nullable(),
  quietHours: z.strictObject({ fromMinute: minuteOfDay, toMinute: minuteOfDay }).nullable(),
  frequencyCap: z.strictObject({ messages: z.int().positive(), windowMs: durationMs }).nullable(),
  attribution: z.strictObject({ clickWindowMs: z.int().nonnegative(), openWindowMs: z.int().nonnegative() }),
}) satisfies z.ZodType<WorkspaceDefinition>;

/**
 * Any definition in its normalised form. It checks the shape; whether it makes sense (references, order of steps) is
 * known after `parseDefinitionFile({ path, text: formatDefinition(definition) })`.
 */
export const definitionSchema: z.ZodType<Definition> = z.discriminatedUnion('kind', [segment, journey, template, workspace]).meta({ id: 'Definition' });
