import { optional, readLine, readList, required } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { FACT_WORDS } from './condition-keys.ts';
import type { FactWord } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readTests, readValueTests } from './read-test.ts';
import { readKey, readNumber } from './read-values.ts';
import { allOf, not } from './reading-scope.ts';
import type { Reference, Scope } from './reading-scope.ts';
import type { Condition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** Everybody who draws by the same words is drawn alike, unless a `salt` is named. */
export const DEFAULT_SALT = 'random';

export const KM_PER_MILE = 1.609344;

/** `country: DE`, `country: [DE, AT]`, or comparisons below it. */
export function readFact(reading: Reading, word: FactWord, fields: Fields): Condition {
  const tests = required(reading, fields, word, readValueTests, []);
  return allOf(tests.map((test) => ({ kind: 'fact', fact: FACT_WORDS[word], test })));
}

/** `near: [52.5, 13.4]`, `radius: 20 km`. */
export function readNear(reading: Reading, fields: Fields): Condition {
  const [latitude, longitude] = required(reading, fields, 'near', readPlace, [0, 0]);
  return { kind: 'near', latitude, longitude, radiusKm: required(reading, fields, 'radius', readDistance, 1) };
}

const readPlace: Read<[number, number]> = (reading, tree) => {
  const numbers = readList(reading, tree, 'A place', readNumber);
  const [latitude = 0, longitude = 0] = numbers;
  if (tree.kind === 'list' && (numbers.length !== 2 || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)) {
    report(reading, tree, 'invalid_place', 'A place is two numbers: degrees of latitude (-90 to 90) and of longitude (-180 to 180).', 'Write e.g. `near: [52.52, 13.4]`.');
  }
  return [latitude, longitude];
};

/** Half the way around the world. */
const MAX_RADIUS_KM = 20_038;

const readDistance: Read<number> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const match = /^(\d{1,5}(?:\.\d+)?(?:e-\d+)?) ?(km|miles?)$/.exec(text);
  const km = Number(match?.[1] ?? 1) * (match?.[2] === undefined || match[2] === 'km' ? 1 : KM_PER_MILE);
  if (text !== '' && (match === null || km <= 0 || km > MAX_RADIUS_KM)) report(reading, tree, 'invalid_place', `\`${text}\` is not a distance.`, 'Write e.g. `20 km` or `12 miles`.');
  return km;
};

/** `random: 10 %`, `random: 10 to 20 %`. */
export function readBucket(reading: Reading, fields: Fields): Condition {
  const { from, to } = required(reading, fields, 'random', readShare, { from: 0, to: 100 });
  return { kind: 'bucket', salt: optional(reading, fields, 'salt', readLine(DEFINITION_LIMITS.maxKeyLength), DEFAULT_SALT), fromPercent: from, toPercent: to };
}

const PERCENT = '(\\d{1,3}(?:\\.\\d+)?(?:e-\\d+)?)';
const SHARE = new RegExp(`^(?:${PERCENT} ?%? to )?${PERCENT} ?%$`);

const readShare: Read<{ from: number; to: number }> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const match = SHARE.exec(text);
  const from = Number(match?.[1] ?? 0);
  const to = Number(match?.[2] ?? 100);
  if (text === '') return { from, to };
  if (match === null || to > 100) report(reading, tree, 'invalid_number', `\`${text}\` is not a share.`, 'Write e.g. `10 %` or `10 to 20 %`.');
  else if (from >= to) report(reading, tree, 'invalid_range', 'The share ends before it begins.', 'Write e.g. `10 to 20 %`.');
  return { from, to };
};

export function readOnList(reading: Reading, head: 'list' | 'not on list', fields: Fields): Condition {
  const condition: Condition = { kind: 'list', list: required(reading, fields, head, readKey, '') };
  return head === 'list' ? condition : not(condition);
}

const JOURNEY_STATUS = { 'in journey': 'inside', 'not in journey': 'inside', 'was in journey': 'entered', 'completed journey': 'completed', 'left journey': 'exited' } as const;

/** `in journey: KEY` and its kin. */
export function readJourneyStatus(scope: Scope, head: keyof typeof JOURNEY_STATUS, fields: Fields): Condition {
  const journey = required(scope.reading, fields, head, readKey, '');
  refer(scope, 'journey', journey, fields.entries.get(head)?.value);
  const condition: Condition = { kind: 'journey', journey, status: JOURNEY_STATUS[head], reason: optional(scope.reading, fields, 'reason', readLine(), null) };
  return head === 'not in journey' ? not(condition) : condition;
}

/** `score: KEY` with comparisons, or with a `band`. */
export function readScoreCondition(scope: Scope, fields: Fields): Condition {
  const { reading } = scope;
  const score = required(reading, fields, 'score', readKey, '');
  refer(scope, 'score', score, fields.entries.get('score')?.value);
  const bands = optional(reading, fields, 'band', (_, value) => readBands(scope, score, value), null);
  const tests = readTests(reading, fields);
  if (bands !== null) {
    if (tests.length > 0) report(reading, fields.place, 'conflicting_keys', '`band` excludes comparisons.', 'Write two conditions, each behind a hyphen.');
    return { kind: 'band', score, bands };
  }
  if (tests.length === 0 && fields.meant.size === 0) report(reading, fields.place, 'missing_key', `The condition does not say what the score \`${score}\` must be.`, 'Add `at least: 50` or `band: hot`.');
  return allOf(tests.map((test) => ({ kind: 'score', score, test })));
}

function refer(scope: Scope, kind: Reference['kind'], name: string, place: Tree | undefined, within?: string): void {
  if (name !== '' && place !== undefined) scope.references.push({ kind, name, place, ...(within === undefined ? {} : { within }) });
}

function readBands(scope: Scope, score: string, tree: Tree): string[] {
  if (tree.kind === 'list' && tree.items.length === 0) report(scope.reading, tree, 'empty', 'The list is empty.', 'Name at least one band.');
  return (tree.kind === 'list' ? tree.items : [tree]).map((item) => {
    const band = readKey(scope.reading, item);
    refer(scope, 'band', band, item, score);
    return band;
  });
}

/** `persona: SET`, `is: NAME`. */
export function readPersonaCondition(scope: Scope, fields: Fields): Condition {
  const { reading } = scope;
  const set = required(reading, fields, 'persona', readKey, '');
  const word = fields.entries.has('is not') ? 'is not' : 'is';
  if (fields.entries.has('is') && fields.entries.has('is not')) report(reading, fields.place, 'conflicting_keys', '`is` and `is not` exclude each other here.', 'Keep one of them.');
  const persona = required(reading, fields, word, readKey, '');
  refer(scope, 'personas', set, fields.entries.get('persona')?.value);
  refer(scope, 'persona', persona, fields.entries.get(word)?.value, set);
  const condition: Condition = { kind: 'persona', set, persona };
  return word === 'is' ? condition : not(condition);
}

/** `predicted: NAME` and comparisons. */
export function readPredicted(reading: Reading, fields: Fields): Condition {
  const name = required(reading, fields, 'predicted', readLine(), '');
  const tests = readTests(reading, fields);
  if (tests.length === 0 && fields.meant.size === 0) report(reading, fields.place, 'missing_key', `The condition does not say what \`${name}\` must be.`, 'Add a comparison, e.g. `at least: 0.5`.');
  return allOf(tests.map((test) => ({ kind: 'predicted', name, test })));
}
