import type { ComputedTraitDefinition } from './computed-trait.ts';
import type { Condition } from './condition.ts';
import type { ConsentRules } from './consent-rules.ts';
import type { RetentionRules } from './retention.ts';
import type { JourneyDefinition } from './journey.ts';
import type { SchemaDefinition } from './trait-schema.ts';
import type { PersonasDefinition, ScoreDefinition } from './score.ts';

export interface SegmentDefinition {
  kind: 'segment';
  key: string;
  name: string;
  description: string | null;
  match: Condition;
}

/**
 * `marketing` needs consent and obeys caps and quiet hours; `legitimate-interest` is marketing that goes without opt-in
 * where the contact's country allows it; `transactional` answers something the contact did; `confirmation` asks the owner
 * of an address whether a subscription was meant, and is all that an address gets that nobody has confirmed.
 */
export type MessageClass = 'marketing' | 'legitimate-interest' | 'transactional' | 'confirmation';

/** Content of one message in several languages. The body is MJML with Liquid. */
export interface TemplateDefinition {
  kind: 'template';
  key: string;
  name: string;
  channel: 'email';
  class: MessageClass;
  topic: string | null;
  from: EmailAddress | null;
  replyTo: string | null;
  /** A late message is worth nothing: not sent when it could only leave so long after its time. */
  expiresAfterMs: number;
  /** By BCP 47 tag; the first is the fallback. */
  languages: Record<string, { subject: string; preheader: string | null; body: string }>;
}

export interface EmailAddress {
  name: string | null;
  address: string;
}

export interface FrequencyCap {
  messages: number;
  windowMs: number;
}

/** What holds for a whole workspace. */
export interface WorkspaceDefinition {
  kind: 'workspace';
  name: string;
  /** IANA zone, used for contacts without their own. */
  timezone: string;
  /** ISO 4217, used for orders that name none. */
  currency: string;
  language: string;
  from: EmailAddress | null;
  /** Local time of day in minutes since midnight; may wrap past midnight. null: none. */
  quietHours: { fromMinute: number; toMinute: number } | null;
  /** At most so many marketing messages to one contact in any window of that length. null: no cap. */
  frequencyCap: FrequencyCap | null;
  /** By band of the main score, in place of `frequencyCap` for contacts in that band; absent: none. */
  bandCaps?: Record<string, FrequencyCap>;
  /** An order belongs to the last message clicked (or, failing that, opened) at most so long before it. */
  attribution: { clickWindowMs: number; openWindowMs: number };
  /** What may be done with contacts of a country without their consent. */
  consent: ConsentRules;
  /** How long what happened is kept. */
  retention: RetentionRules;
}

/** A subject that contacts subscribe to, with what people read about it. */
export interface TopicDefinition {
  kind: 'topic';
  key: string;
  /** By BCP 47 tag; the first is the fallback. */
  names: Record<string, string>;
  descriptions: Record<string, string>;
  /** Counts only once the owner of the address has confirmed it. */
  doubleOptIn: boolean;
}

export type Definition = SegmentDefinition | JourneyDefinition | TemplateDefinition | TopicDefinition | SchemaDefinition | WorkspaceDefinition | ScoreDefinition | PersonasDefinition | ComputedTraitDefinition;
