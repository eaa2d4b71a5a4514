import type { Channel, DateTest, Fact, MessageOutcome, OrderFigure, Period, Test, Times } from '../definition/condition.ts';
import type { JourneyDefinition, MessageClass, TraitDeclaration, WorkspaceDefinition } from '../definition/index.ts';
import type { EventPattern, Trigger } from '../definition/journey.ts';
import type { Json } from '../event/json.ts';
import type { Leaf, LeafRole } from '../leaf/shape.ts';
import type { ValuesFigure } from '../leaf/values.ts';
import type { SequenceQuestion } from '../leaf/sequence.ts';
import type { Millis } from '../time.ts';
import type { EventIndex } from './event-index.ts';
import type { Scope } from './scope.ts';

/**
 * All definitions of a workspace that hold together at one moment, compiled: what has to be remembered of each
 * contact (leaves), what follows from it (segments, journeys), and which of it a given event can touch at all.
 */
export interface Program {
  workspaceId: number;
  version: number;
  workspace: WorkspaceDefinition;
  leaves: Map<string, Leaf>;
  leafIndex: EventIndex<{ leaf: Leaf; role: LeafRole }>;
  /** A segment stands after all segments that it refers to. */
  segments: CompiledSegment[];
  segmentPositions: Map<string, number>;
  /** Leaf, or segment with its meaning → the program version since which it has been kept without a gap. */
  keptSince: Record<string, number>;
  /** A contact that last met an older program lacks leaves. */
  newestLeafSince: number;
  /** Positions in `segments` that may hold for a contact of which nothing is known, and of those that refer to them. */
  bornInto: number[];
  dependents: Dependents;
  journeys: Map<string, JourneyVersions>;
  triggers: EventIndex<CompiledJourney>;
  /** By `enters KEY` or `leaves KEY`. */
  triggersBySegment: Map<string, CompiledJourney[]>;
  templates: Map<string, TemplateInfo>;
  scores: Map<string, CompiledScore>;
  personas: Map<string, CompiledPersonas>;
  /** By name, each with a test that does not matter: `computedTraits` asks for the values. */
  computedTraits: Map<string, FigurePredicate>;
  /** Topics of which a subscription counts only once the owner of the address has confirmed it. */
  confirmedTopics: Set<string>;
  /** Declared traits, by name. */
  schema: ReadonlyMap<string, TraitDeclaration>;
  /** Journeys for which contacts already in the triggering segment enter when they first meet this program version. */
  enterExisting: Record<string, number>;
}

/** Positions of segments to look at again when something changes. */
export interface Dependents {
  leaf: Map<string, number[]>;
  trait: Map<string, number[]>;
  segment: Map<string, number[]>;
  list: Map<string, number[]>;
  journey: Map<string, number[]>;
  predicted: Map<string, number[]>;
  tag: number[];
  consent: number[];
  orders: number[];
  /** Facts seen in the context of events. */
  facts: number[];
}

export interface CompiledSegment {
  key: string;
  predicate: Predicate;
  /** Whether time alone can change it. */
  timed: boolean;
  /** The program version since which it has meant what it means. */
  since: number;
}

export interface JourneyVersions {
  /** null: taken away; contacts inside go on. */
  live: CompiledJourney | null;
  versions: Map<number, CompiledJourney>;
}

export interface CompiledJourney {
  key: string;
  version: number;
  trigger: Trigger;
  who: Predicate | null;
  reEntry: JourneyDefinition['reEntry'];
  exits: CompiledExit[];
  goal: JourneyDefinition['goal'];
  /** null: no steps at all. */
  first: string | null;
  nodes: Map<string, Node>;
}

export type CompiledExit =
  | { kind: 'event'; pattern: EventPattern; reason: string }
  | { kind: 'condition'; predicate: Predicate; reason: string };

/** A step with where to go from it; null: the end. */
export type Node =
  | { kind: 'wait'; id: string; durationMs: number; next: string | null }
  | { kind: 'wait-for'; id: string; pattern: EventPattern; timeoutMs: number; happened: string | null; timedOut: string | null }
  | { kind: 'if'; id: string; predicate: Predicate; then: string | null; else: string | null }
  | { kind: 'split'; id: string; arms: { name: string; weight: number; next: string | null }[] }
  | { kind: 'send'; id: string; template: string; next: string | null }
  | { kind: 'set-trait'; id: string; trait: string; value: Json; next: string | null }
  | { kind: 'tag'; id: string; tag: string; present: boolean; next: string | null }
  | { kind: 'exit'; id: string; reason: string };

export interface TemplateInfo {
  key: string;
  version: number;
  class: MessageClass;
  topic: string | null;
  expiresAfterMs: number;
}

export interface CompiledScore {
  key: string;
  main: boolean;
  needsConsent: boolean;
  hysteresis: number;
  /** Ascending; the first has no threshold and no segment. Empty: a number only. */
  bands: { key: string; from: number | null; segment: string | null }[];
  rules: ScoringRule[];
}

export type ScoringRule = BehaviourScoring | FitScoring;

export interface BehaviourScoring {
  kind: 'behaviour';
  id: string;
  label: string;
  points: number;
  cap: number | null;
  halfLifeMs: number | null;
  leaf: Leaf;
}

export interface FitScoring {
  kind: 'fit';
  id: string;
  label: string;
  points: number;
  predicate: Predicate;
  holds: (scope: Scope) => boolean;
  /** When the passing of time alone may next change the answer. */
  nextChange: (scope: Scope) => Millis;
}

export interface CompiledPersonas {
  key: string;
  needsConsent: boolean;
  /** In order of choice, whoever is left over last. */
  personas: { key: string; name: string; segment: string }[];
}

/** A condition whose events are bound to leaves. */
export type Predicate =
  | { kind: 'all' | 'any' | 'none'; of: Predicate[] }
  | { kind: 'trait'; root: string; path: string; test: Test; held: { op: 'at-least' | 'less-than'; ms: number } | null }
  | { kind: 'date'; root: string; path: string; when: DateTest }
  | { kind: 'leaf'; leaf: Leaf; times: Times; withinMs: number | null; since: 'ever' | 'entry' }
  | FigurePredicate
  | { kind: 'sequence'; leaf: Leaf; question: SequenceQuestion }
  | { kind: 'orders'; figure: OrderFigure; test: Test; period: Period }
  | { kind: 'segment'; segment: string }
  | { kind: 'list'; list: string }
  | { kind: 'tag'; tag: string }
  | { kind: 'consent'; channel: Channel; topic: string | null }
  | { kind: 'journey'; journey: string; status: 'inside' | 'entered' | 'completed' | 'exited'; reason: string | null }
  | { kind: 'score'; score: CompiledScore; test: Test }
  /** At or above a threshold of a score; who is in `segment` already is so until the score is lower by the hysteresis. */
  | { kind: 'band'; score: CompiledScore; segment: string; from: number }
  /** Whether scores and personas may be made of the contact. */
  | { kind: 'profiled' }
  | { kind: 'predicted'; name: string; test: Test }
  | { kind: 'fact'; fact: Fact; test: Test }
  | { kind: 'near'; latitude: number; longitude: number; radiusKm: number }
  | { kind: 'bucket'; salt: string; fromPercent: number; toPercent: number }
  | { kind: 'trigger'; path: string; test: Test }
  | { kind: 'message'; step: string; outcome: MessageOutcome };

/** A test of what a leaf comes to, over the events between `fromMs` (null: however long) and `toMs` ago. */
export interface FigurePredicate {
  kind: 'figure';
  leaf: Leaf;
  figure: ValuesFigure | 'distinct' | 'first' | 'last' | 'most-frequent';
  test: Test;
  fromMs: number | null;
  toMs: number;
}
