/**
 * What a definition file says, normalised: durations in ms, addresses taken apart, defaults filled in, every step with
 * its id. Structurally the same as the types that the decisions work on.
 */
import type { Json } from '../json.ts';
import type { Channel, Condition, PropertyTest } from './condition-types.ts';
import type { ComputedTraitDefinition } from './computed-trait-types.ts';
import type { PersonasDefinition, ScoreDefinition } from './score-types.ts';
import type { RetentionRules } from './retention-types.ts';
import type { SchemaDefinition } from './trait-schema-types.ts';
import type { ConsentRules, TopicDefinition } from './consent-types.ts';

export type * from './condition-types.ts';
export type * from './computed-trait-types.ts';
export type * from './score-types.ts';

export interface SegmentDefinition {
  kind: 'segment';
  key: string;
  name: string;
  description: string | null;
  match: Condition;
}

export const MESSAGE_CLASSES = ['marketing', 'legitimate-interest', 'transactional', 'confirmation'] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

export interface EmailAddress {
  name: string | null;
  address: string;
}

export interface TemplateContent {
  subject: string;
  preheader: string | null;
  body: string;
}

export interface TemplateDefinition {
  kind: 'template';
  key: string;
  name: string;
  channel: Channel;
  class: MessageClass;
  topic: string | null;
  from: EmailAddress | null;
  replyTo: string | null;
  expiresAfterMs: number;
  languages: Record<string, TemplateContent>;
}

export interface FrequencyCap {
  messages: number;
  windowMs: number;
}

export interface WorkspaceDefinition {
  kind: 'workspace';
  name: string;
  timezone: string;
  currency: string;
  language: string;
  from: EmailAddress | null;
  quietHours: { fromMinute: number; toMinute: number } | null;
  frequencyCap: FrequencyCap | null;
  bandCaps?: Record<string, FrequencyCap>;
  attribution: { clickWindowMs: number; openWindowMs: number };
  consent: ConsentRules;
  retention: RetentionRules;
}

export type Trigger =
  | { kind: 'event'; event: string; where: PropertyTest[]; key: string | null }
  | { kind: 'segment'; change: 'enters' | 'leaves'; segment: string };

export type ReEntry = { kind: 'never' } | { kind: 'always' } | { kind: 'after'; delayMs: number };

export interface EventPattern {
  event: string;
  where: PropertyTest[];
  same: string | null;
}

export type ExitRule =
  | { kind: 'event'; pattern: EventPattern; reason: string }
  | { kind: 'condition'; condition: Condition; reason: string };

export interface Goal {
  pattern: EventPattern;
  withinMs: number;
  valuePath: string | null;
}

export interface SplitArm {
  name: string;
  weight: number;
  steps: Step[];
}

export type Step =
  | { kind: 'wait'; id: string; durationMs: number }
  | { kind: 'wait-for'; id: string; pattern: EventPattern; timeoutMs: number; happened: Step[]; timedOut: Step[] }
  | { kind: 'if'; id: string; condition: Condition; then: Step[]; else: Step[] }
  | { kind: 'split'; id: string; arms: SplitArm[] }
  | { kind: 'send'; id: string; template: string }
  | { kind: 'set-trait'; id: string; trait: string; value: Json }
  | { kind: 'tag'; id: string; tag: string; present: boolean }
  | { kind: 'exit'; id: string; reason: string };

export interface JourneyDefinition {
  kind: 'journey';
  key: string;
  name: string;
  description: string | null;
  trigger: Trigger;
  who: Condition | null;
  reEntry: ReEntry;
  exits: ExitRule[];
  goal: Goal | null;
  ceilingPerHour: number;
  steps: Step[];
}

export type Definition = SegmentDefinition | JourneyDefinition | TemplateDefinition | TopicDefinition | SchemaDefinition | WorkspaceDefinition | ScoreDefinition | PersonasDefinition | ComputedTraitDefinition;
export type DefinitionKind = Definition['kind'];
