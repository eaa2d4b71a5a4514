import { optional, readFields, readLine, readList, readText, required } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { defaultHysteresis, smallestDistance } from './hysteresis.ts';
import { assignIds } from './ids-by-content.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readCondition } from './read-condition.ts';
import { readWhere } from './read-test.ts';
import { readBoolean, readDuration, readKey, readNumber, readStepId } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import { slug } from './slug.ts';
import type { ScoreBand, ScoreDefinition, ScoreRule } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Place, Reading, Tree } from './yaml-tree.ts';

/** A score file: points from what contacts do and are, and the bands that they fall into. */
export function readScore(scope: Scope, tree: Tree): ScoreDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A score', keysOf('score'));
  if (fields === null) return null;
  const key = required(reading, fields, 'score', readKey, '');
  const bands = optional(reading, fields, 'bands', readBands, []);
  return {
    kind: 'score',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    description: optional(reading, fields, 'description', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxDescriptionLength), null),
    main: optional(reading, fields, 'main', readBoolean, false),
    needsConsent: optional(reading, fields, 'needs consent', readBoolean, true),
    hysteresis: readHysteresis(reading, fields, bands),
    bands,
    rules: required(reading, fields, 'rules', (_, value) => readRules(scope, value), []),
  };
}

function readHysteresis(reading: Reading, fields: Fields, bands: readonly ScoreBand[]): number {
  const entry = fields.entries.get('hysteresis');
  if (entry === undefined) return defaultHysteresis(bands);
  const hysteresis = readPoints(reading, entry.value);
  if (hysteresis < 0) report(reading, entry.value, 'invalid_number', 'A hysteresis cannot be negative.', 'Write 0, or how many points below its threshold a band is left.');
  if (hysteresis >= smallestDistance(bands)) report(reading, entry.value, 'invalid_range', 'The hysteresis is as large as the distance between two bands: the lower one would be skipped.', 'Write a smaller one.');
  return hysteresis;
}

function readBands(reading: Reading, tree: Tree): ScoreBand[] {
  const places: Place[] = [];
  const bands = readList(reading, tree, '`bands`', (_, item): ScoreBand => {
    places.push(item);
    const fields = readFields(reading, item, 'A band', keysOf('band'));
    if (fields === null) return { key: '', name: '', from: null };
    const key = required(reading, fields, 'band', readKey, '');
    return { key, name: optional(reading, fields, 'name', readLine(), key), from: optional(reading, fields, 'from', readPoints, null) };
  });
  if (tree.kind === 'list' && bands.length < 2) report(reading, tree, 'empty', 'One band tells nobody apart.', 'Write at least two, or leave `bands` out.');
  if (bands.length > DEFINITION_LIMITS.maxBands) report(reading, tree, 'too_long', `There are more than ${DEFINITION_LIMITS.maxBands} bands.`, 'Remove some.');
  for (const [index, { key, from }] of bands.entries()) {
    const place = places[index] ?? tree;
    const below = bands[index - 1]?.from ?? null;
    if (index === 0 && from !== null) report(reading, place, 'conflicting_keys', 'The first band is all that lies below the second.', 'Remove its `from`.');
    if (index > 0 && from === null) report(reading, place, 'missing_key', '`from` is missing.', 'Say from how many points on the band is entered.');
    if (index > 1 && from !== null && below !== null && from <= below) report(reading, place, 'invalid_range', 'Bands rise: each begins above the one before it.', `Write more than ${below}, or put the bands in order.`);
    if (key !== '' && bands.findIndex((other) => other.key === key) < index) report(reading, place, 'duplicate_name', `There are two bands \`${key}\`.`, 'Rename one.');
  }
  return bands;
}

function readRules(scope: Scope, tree: Tree): ScoreRule[] {
  const { reading } = scope;
  const explicit = new Map<ScoreRule, string>();
  const rules = readList(reading, tree, '`rules`', (_, item) => {
    const { rule, id } = readRule(scope, item);
    const taken = id !== null && [...explicit.values()].includes(id);
    if (taken) report(reading, item, 'duplicate_name', `There are two rules with the id \`${id}\`.`, 'Rename one.');
    if (id !== null) explicit.set(rule, id);
    return rule;
  });
  if (tree.kind === 'list' && rules.length === 0) report(reading, tree, 'empty', 'A score without rules is always 0.', 'Write at least one rule.');
  if (rules.length > DEFINITION_LIMITS.maxScoreRules) report(reading, tree, 'too_long', `There are more than ${DEFINITION_LIMITS.maxScoreRules} rules.`, 'Remove some.');
  const ids = assignIds(rules, ruleId, explicit);
  return rules.map((rule, index) => ({ ...rule, id: ids[index] ?? '' }));
}

/** The id that a rule gets from what it is called, before repeats are numbered. */
export function ruleId({ label }: ScoreRule): string {
  return slug(label) || 'rule';
}

function readRule(scope: Scope, tree: Tree): { rule: ScoreRule; id: string | null } {
  const { reading } = scope;
  const isFit = tree.kind === 'map' && tree.entries.some(({ key }) => key === 'when');
  const fields = readFields(reading, tree, isFit ? 'A rule on what contacts are' : 'A rule on what contacts do', keysOf(isFit ? 'fitRule' : 'behaviourRule'));
  const points = fields === null ? 0 : required(reading, fields, 'points', readPoints, 0);
  const id = fields === null ? null : optional(reading, fields, 'id', readStepId, null);
  if (fields === null) return { rule: { kind: 'fit', id: '', label: '', points, when: { kind: 'all', of: [] } }, id };
  if (isFit) {
    const label = required(reading, fields, 'label', readLine(), '');
    return { rule: { kind: 'fit', id: '', label, points, when: required(reading, fields, 'when', (_, value) => readCondition(scope, value), { kind: 'all' as const, of: [] }) }, id };
  }
  const event = required(reading, fields, 'event', readLine(), '');
  const rule: ScoreRule = {
    kind: 'behaviour',
    id: '',
    label: optional(reading, fields, 'label', readLine(), event),
    event,
    where: optional(reading, fields, 'where', readWhere, []),
    points,
    per: optional(reading, fields, 'per', readLine(), null),
    halfLifeMs: optional(reading, fields, 'half-life', readDuration, null),
    cap: optional(reading, fields, 'at most', readCap, null),
  };
  return { rule, id };
}

const readPoints: Read<number> = (reading, tree) => {
  const points = readNumber(reading, tree);
  if (Math.abs(points) > DEFINITION_LIMITS.maxPoints) report(reading, tree, 'invalid_number', `These are more than ${DEFINITION_LIMITS.maxPoints} points.`, 'Use smaller numbers.');
  return points;
};

const readCap: Read<number> = (reading, tree) => {
  const cap = readPoints(reading, tree);
  if (cap <= 0) report(reading, tree, 'invalid_number', 'A rule comes to at most a positive number of points, up or down.', 'Write e.g. `at most: 20`.');
  return cap;
};
