import type { Json } from '../event/json.ts';
import type { Condition, PropertyTest } from './condition.ts';

/** What starts an enrollment. */
export type Trigger =
  /** `key`: path of the property that tells enrollments apart (one per cart); null: one at a time per contact. */
  | { kind: 'event'; event: string; where: PropertyTest[]; key: string | null }
  | { kind: 'segment'; change: 'enters' | 'leaves'; segment: string };

/** When a contact (or a key, where the trigger has one) that was enrolled before may enter again. */
export type ReEntry = { kind: 'never' } | { kind: 'always' } | { kind: 'after'; delayMs: number };

/** An event as exits, goals and waits see it. `same`: this property must equal the trigger's property of that path. */
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
  /** Counts when it happens at most so long after entry. */
  withinMs: number;
  /** Path of the property that holds its value in major units, e.g. `total`; null: a goal without value. */
  valuePath: string | null;
}

export interface SplitArm {
  name: string;
  /** Relative weight; shares of an experiment need not sum to 100. */
  weight: number;
  steps: Step[];
}

/** A step of a journey. `id` is stable across edits and unique within its journey. */
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
  /** Checked at entry; null: everybody. */
  who: Condition | null;
  reEntry: ReEntry;
  exits: ExitRule[];
  goal: Goal | null;
  /** At most so many messages of this journey leave in one hour of the clock. */
  ceilingPerHour: number;
  steps: Step[];
}
