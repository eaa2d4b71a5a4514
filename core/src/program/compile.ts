import { newContact } from '../contact/contact-state.ts';
import { DEFAULT_CONSENT_RULES } from '../definition/consent-rules.ts';
import { DEFAULT_RETENTION } from '../definition/retention.ts';
import type { Definition, JourneyDefinition, TraitDeclaration, WorkspaceDefinition } from '../definition/index.ts';
import type { ContactId } from '../identity/ids.ts';
import { DAY_MS } from '../time.ts';
import { compileJourney } from './compile-journey.ts';
import { LeafTable, compileComputedTrait } from './compile-condition.ts';
import { compilePersonas, compileSegments } from './compile-segments.ts';
import { meaningOf } from './meaning-of.ts';
import { dependentsOf, isDrawnByLot } from './dependents.ts';
import { EventIndex } from './event-index.ts';
import { holds } from './evaluate.ts';
import type { CompiledJourney, Program } from './program.ts';

/** What a program is made of. */
export interface ProgramSource {
  workspaceId: number;
  version: number;
  /** The definitions that hold, each with its own version. */
  live: { definition: Definition; version: number }[];
  /** Older versions of journeys in which contacts still are. */
  pinned: { definition: JourneyDefinition; version: number }[];
  enterExisting: Record<string, number>;
  /** `keptSince` of the program before; {} for the first. */
  keptSince: Record<string, number>;
}

export const DEFAULT_WORKSPACE: WorkspaceDefinition = {
  kind: 'workspace', name: 'Workspace', timezone: 'UTC', currency: 'USD', language: 'en', from: null,
  quietHours: null, frequencyCap: null, attribution: { clickWindowMs: 5 * DAY_MS, openWindowMs: DAY_MS },
  consent: DEFAULT_CONSENT_RULES, retention: DEFAULT_RETENTION,
};

/**
 * Compiles definitions that have been validated together.
 * @throws ProgramError where they contradict each other (unknown or circular segments, windows too large).
 */
export function compileProgram(source: ProgramSource): Program {
  const computed = source.live.flatMap(({ definition }) => (definition.kind === 'computed-trait' ? [definition] : []));
  const leaves = new LeafTable(computed);
  const segments = compileSegments(source.live.map(({ definition }) => definition), leaves);
  const program: Program = {
    workspaceId: source.workspaceId, version: source.version, workspace: workspaceOf(source),
    leaves: leaves.byKey, leafIndex: new EventIndex(),
    segments, segmentPositions: new Map(segments.map((segment, position) => [segment.key, position])),
    keptSince: {}, newestLeafSince: 0, bornInto: [], dependents: dependentsOf(segments),
    journeys: new Map(), triggers: new EventIndex(), triggersBySegment: new Map(),
    templates: new Map(), confirmedTopics: new Set(), schema: schemaOf(source), scores: leaves.scores, personas: new Map(),
    computedTraits: new Map(computed.map((definition) => [definition.key, compileComputedTrait(definition, { op: 'exists' }, leaves)])), enterExisting: source.enterExisting,
  };
  for (const { definition, version } of source.pinned) addVersion(program, compileJourney(definition, version, leaves), false);
  for (const { definition, version } of source.live) {
    if (definition.kind === 'journey') addVersion(program, compileJourney(definition, version, leaves), true);
    if (definition.kind === 'personas') program.personas.set(definition.key, compilePersonas(definition));
    if (definition.kind === 'topic' && definition.doubleOptIn) program.confirmedTopics.add(definition.key);
    if (definition.kind === 'template') {
      const { key, topic, expiresAfterMs } = definition;
      program.templates.set(key, { key, version, class: definition.class, topic, expiresAfterMs });
    }
  }
  for (const leaf of leaves.byKey.values()) {
    program.leafIndex.add(leaf.event, leaf.where, { leaf, role: 'first' });
    if (leaf.shape.kind === 'sequence') program.leafIndex.add(leaf.shape.second.event, leaf.shape.second.where, { leaf, role: 'second' });
  }
  program.bornInto = bornInto(program);
  for (const key of leaves.byKey.keys()) program.keptSince[key] = source.keptSince[key] ?? source.version;
  program.newestLeafSince = Math.max(0, ...Object.values(program.keptSince));
  for (const segment of segments) {
    const meaning = meaningOf(segment, program.workspace);
    segment.since = source.keptSince[meaning] ?? source.version;
    program.keptSince[meaning] = segment.since;
  }
  return program;
}

function schemaOf({ live }: ProgramSource): Map<string, TraitDeclaration> {
  return new Map(live.flatMap(({ definition }) => (definition.kind === 'schema' ? Object.entries(definition.traits) : [])));
}

function workspaceOf(source: ProgramSource): WorkspaceDefinition {
  for (const { definition } of source.live) if (definition.kind === 'workspace') return completeWorkspace(definition);
  return DEFAULT_WORKSPACE;
}

/** A workspace as it was published, perhaps by a version that knew fewer settings, with what holds for the others. */
export function completeWorkspace(published: Partial<WorkspaceDefinition> | null): WorkspaceDefinition {
  return { ...DEFAULT_WORKSPACE, ...published, consent: { ...DEFAULT_CONSENT_RULES, ...published?.consent }, retention: { ...DEFAULT_RETENTION, ...published?.retention } };
}

function addVersion(program: Program, journey: CompiledJourney, live: boolean): void {
  const entry = program.journeys.get(journey.key) ?? { live: null, versions: new Map() };
  program.journeys.set(journey.key, entry);
  entry.versions.set(journey.version, journey);
  if (!live) return;
  entry.live = journey;
  const { trigger } = journey;
  if (trigger.kind === 'event') {
    program.triggers.add(trigger.event, trigger.where, journey);
  } else {
    const name = `${trigger.change} ${trigger.segment}`;
    program.triggersBySegment.set(name, [...(program.triggersBySegment.get(name) ?? []), journey]);
  }
}

function bornInto(program: Program): number[] {
  const nobody = newContact('' as ContactId, program.workspaceId, { kind: 'anonymous', value: '' }, 0);
  const positions = new Set<number>();
  program.segments.forEach((segment, position) => {
    // Who is drawn by lot depends on who it is.
    if (isDrawnByLot(segment.predicate) || holds(segment.predicate, { contact: nobody, now: 0, workspace: program.workspace, enrollment: null })) {
      nobody.segments[segment.key] = 0;
      positions.add(position);
    }
    // What refers to such a segment does not hear of it, should the contact's first event keep it out.
    if (positions.has(position)) for (const dependent of program.dependents.segment.get(segment.key) ?? []) positions.add(dependent);
  });
  return [...positions];
}
