import type { Condition } from '../definition/condition.ts';
import type { Definition, PersonasDefinition, ScoreDefinition, SegmentDefinition } from '../definition/index.ts';
import { bandSegment, personaSegment } from '../score/score-keys.ts';
import { LeafTable, compileCondition } from './compile-condition.ts';
import { isTimed } from './dependents.ts';
import { holds, nextChange } from './evaluate.ts';
import { ProgramError } from './program-error.ts';
import type { CompiledPersonas, CompiledScore, CompiledSegment, Predicate, ScoringRule } from './program.ts';

/** Something that is compiled after all that it refers to. Keys of segments; a score's own is that of no segment. */
interface Part {
  refersTo: string[];
  compile: () => void;
}

/**
 * Compiles segments, scores and personas, each after those that it refers to. The bands of scores and the personas are
 * segments, too. Scores are left in `leaves`, where other conditions find them.
 */
export function compileSegments(definitions: readonly Definition[], leaves: LeafTable): CompiledSegment[] {
  const segments: CompiledSegment[] = [];
  const add = (key: string, predicate: Predicate): void => void segments.push({ key, predicate, timed: isTimed(predicate), since: 0 });
  const parts = new Map<string, Part>();
  for (const definition of definitions) addParts(parts, definition, leaves, add);
  for (const part of inOrderOfReference(parts)) part.compile();
  return segments;
}

/** The segments that a definition makes (a score has a part of its own besides its bands), each with what it refers to. */
export function segmentPartsOf(definition: Definition): { key: string; refersTo: string[] }[] {
  const parts = new Map<string, Part>();
  addParts(parts, definition, new LeafTable(), () => undefined);
  return [...parts].map(([key, { refersTo }]) => ({ key, refersTo }));
}

function addParts(parts: Map<string, Part>, definition: Definition, leaves: LeafTable, add: Add): void {
  if (definition.kind === 'segment') parts.set(definition.key, segmentPart(definition, leaves, add));
  if (definition.kind === 'score') addScore(parts, definition, leaves, add);
  if (definition.kind === 'personas') addPersonas(parts, definition, leaves, add);
}

type Add = (key: string, predicate: Predicate) => void;

function segmentPart({ key, match }: SegmentDefinition, leaves: LeafTable, add: Add): Part {
  return { refersTo: referencesOf(match), compile: () => add(key, compileCondition(match, leaves)) };
}

function addScore(parts: Map<string, Part>, definition: ScoreDefinition, leaves: LeafTable, add: Add): void {
  const { key, bands, rules } = definition;
  const compiled = (): CompiledScore => leaves.scores.get(key) ?? compileScore(definition, leaves);
  parts.set(scorePart(key), {
    refersTo: rules.flatMap((rule) => (rule.kind === 'fit' ? referencesOf(rule.when) : [])),
    compile: () => void leaves.scores.set(key, compiled()),
  });
  parts.set(bandsPart(key), { refersTo: [scorePart(key), ...bands.flatMap(({ key: band, from }) => (from === null ? [] : [bandSegment(key, band)]))], compile: () => undefined });
  for (const { key: band, from } of bands) {
    const segment = bandSegment(key, band);
    if (from !== null) parts.set(segment, { refersTo: [scorePart(key)], compile: () => add(segment, { kind: 'band', score: compiled(), segment, from }) });
  }
}

function compileScore({ key, main, needsConsent, hysteresis, bands, rules }: ScoreDefinition, leaves: LeafTable): CompiledScore {
  return {
    key, main, needsConsent, hysteresis,
    bands: bands.map(({ key: band, from }) => ({ key: band, from, segment: from === null ? null : bandSegment(key, band) })),
    rules: rules.map((rule): ScoringRule => {
      const { id, label, points } = rule;
      if (rule.kind === 'fit') {
        const predicate = compileCondition(rule.when, leaves);
        return { kind: 'fit', id, label, points, predicate, holds: (scope) => holds(predicate, scope), nextChange: (scope) => nextChange(predicate, scope) };
      }
      const leaf = leaves.leaf(rule, { kind: 'decay', halfLifeMs: rule.halfLifeMs, property: rule.per });
      return { kind: 'behaviour', id, label, points, cap: rule.cap, halfLifeMs: rule.halfLifeMs, leaf };
    }),
  };
}

/** The first that fits: each persona but the first also asks that none before it was chosen. */
function addPersonas(parts: Map<string, Part>, definition: PersonasDefinition, leaves: LeafTable, add: Add): void {
  const { key, needsConsent, choose } = definition;
  const before: string[] = [];
  for (const { key: persona, segment } of compilePersonas(definition).personas) {
    const earlier = [...before];
    const when = choose.find((choice) => choice.persona === persona)?.when;
    parts.set(segment, {
      refersTo: [...(when === undefined ? [] : referencesOf(when)), ...earlier],
      compile: () => add(segment, {
        kind: 'all',
        of: [
          ...(needsConsent ? [{ kind: 'profiled' } as const] : []),
          ...(when === undefined ? [] : [compileCondition(when, leaves)]),
          { kind: 'none', of: earlier.map((other) => ({ kind: 'segment', segment: other })) },
        ],
      }),
    });
    before.push(personaSegment(key, persona));
  }
}

export function compilePersonas({ key, needsConsent, choose, otherwise }: PersonasDefinition): CompiledPersonas {
  const personas = [...choose, ...(otherwise === null ? [] : [otherwise])].map(({ persona, name }) => ({ key: persona, name, segment: personaSegment(key, persona) }));
  return { key, needsConsent, personas };
}

function scorePart(score: string): string {
  return `score/${score}`;
}

/** All bands of a score. */
function bandsPart(score: string): string {
  return bandSegment(score, '');
}

function inOrderOfReference(parts: ReadonlyMap<string, Part>): Part[] {
  const ordered: Part[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (key: string, from: string): void => {
    const part = parts.get(key);
    if (part === undefined) throw unknown(key, from);
    if (state.get(key) === 'done') return;
    if (state.get(key) === 'open') throw new ProgramError('segment_cycle', `segment "${key}" refers to itself by way of "${from}"`);
    state.set(key, 'open');
    for (const other of part.refersTo) visit(other, key);
    state.set(key, 'done');
    ordered.push(part);
  };
  for (const key of [...parts.keys()].sort()) visit(key, key);
  return ordered;
}

function unknown(key: string, from: string): ProgramError {
  if (key.startsWith('score/')) return new ProgramError('unknown_score', `${from} refers to the score or band "${key.slice('score/'.length)}", which does not exist`);
  if (key.startsWith('persona/')) return new ProgramError('unknown_persona', `${from} refers to the persona "${key.slice('persona/'.length)}", which does not exist`);
  return new ProgramError('unknown_segment', `${from} refers to the segment "${key}", which does not exist`);
}

function referencesOf(condition: Condition): string[] {
  switch (condition.kind) {
    case 'all': case 'any': case 'none': return condition.of.flatMap(referencesOf);
    case 'segment': return [condition.segment];
    case 'score': return [scorePart(condition.score)];
    case 'band': return [bandsPart(condition.score)];
    case 'persona': return [personaSegment(condition.set, condition.persona)];
    default: return [];
  }
}
