import { describe } from './fields.ts';
import type { Problem } from './problem.ts';
import { readComputedTrait } from './read-computed-trait.ts';
import { readJourney } from './read-journey.ts';
import { readSegment, readTemplate, readWorkspace } from './read-objects.ts';
import { readPersonas } from './read-personas.ts';
import { readScenarios } from './read-scenarios.ts';
import { readScore } from './read-score.ts';
import { newScope } from './reading-scope.ts';
import type { Scope } from './reading-scope.ts';
import type { ScenarioFile } from './scenario-types.ts';
import { didYouMean } from './suggest.ts';
import { readTopic } from './topic.ts';
import { readTraitSchema } from './trait-schema.ts';
import type { Definition } from './types.ts';
import { readYaml, report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

export interface DefinitionText {
  /** As shown in problems; nothing is read from disk. */
  path: string;
  text: string;
}

export type ParsedFile =
  | { kind: 'definition'; definition: Definition }
  | { kind: 'scenarios'; scenarios: ScenarioFile }
  | { kind: 'problems'; problems: Problem[] };

/** One file, read as far as it goes. The scope keeps what must be compared with other files. */
export interface ReadFile {
  reading: Reading;
  scope: Scope | null;
  made: Definition | ScenarioFile | null;
}

const READERS = {
  segment: readSegment,
  journey: readJourney,
  template: readTemplate,
  topic: readTopic,
  score: readScore,
  personas: readPersonas,
  schema: readTraitSchema,
  'computed trait': readComputedTrait,
  workspace: readWorkspace,
  scenarios: readScenarios,
};
type FileKind = keyof typeof READERS;
export const FILE_KINDS = Object.keys(READERS).filter((key): key is FileKind => Object.hasOwn(READERS, key));

/** Reads one file on its own. Never throws; all problems of the file are reported. */
export function parseDefinitionFile(file: DefinitionText): ParsedFile {
  const { reading, made } = readDefinitionFile(file);
  if (reading.problems.length > 0 || made === null) return { kind: 'problems', problems: inOrder(reading.problems) };
  return made.kind === 'scenarios' ? { kind: 'scenarios', scenarios: made } : { kind: 'definition', definition: made };
}

/** As parseDefinitionFile, but keeps what the checks across files need. */
export function readDefinitionFile({ path, text }: DefinitionText): ReadFile {
  const { reading, tree } = readYaml(path, text);
  const kind = tree === null ? null : kindOf(reading, tree);
  if (tree === null || kind === null) return { reading, scope: null, made: null };
  const scope = newScope(reading, kind === 'journey');
  return { reading, scope, made: READERS[kind](scope, tree) };
}

/** Problems in the order in which they stand in the file. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const place = (problem: Problem): number => (problem.code === 'too_many_problems' ? Infinity : problem.line);
  return problems.toSorted((a, b) => (place(a) === place(b) ? a.column - b.column : place(a) - place(b)));
}

function kindOf(reading: Reading, tree: Tree): FileKind | null {
  const mend = `Begin with one of ${FILE_KINDS.map((kind) => `\`${kind}:\``).join(', ')}.`;
  if (tree.kind !== 'map') {
    report(reading, tree, 'wrong_type', `A file defines one object made of keys and values, not ${describe(tree)}.`, mend);
    return null;
  }
  const kinds = tree.entries.flatMap(({ key }) => FILE_KINDS.find((known) => known === key) ?? []);
  // A template has a topic too, and may name it first.
  const kind = kinds.find((one) => one !== 'topic') ?? kinds[0];
  if (kind !== undefined) return kind;
  const [first] = tree.entries;
  const probable = first === undefined ? mend : didYouMean(first.key, FILE_KINDS);
  report(reading, first?.keyPlace ?? tree, 'unknown_kind', 'The file does not say what it defines.', probable.startsWith('Did') ? probable : mend);
  return null;
}
