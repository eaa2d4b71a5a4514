import { checkConfirmations } from './check-confirmations.ts';
import { checkCircles } from './check-circles.ts';
import { inOrder, readDefinitionFile } from './parse-file.ts';
import type { DefinitionText, ReadFile } from './parse-file.ts';
import type { DefinitionProblemCode, Problem } from './problem.ts';
import { MAIN_SCORE } from './reading-scope.ts';
import type { Reference } from './reading-scope.ts';
import type { ScenarioFile } from './scenario-types.ts';
import { stepsInOrder } from './step-ids.ts';
import { didYouMean } from './suggest.ts';
import type { Definition, JourneyDefinition } from './types.ts';
import { report } from './yaml-tree.ts';

export interface ParsedDirectory {
  /** Of the files without problems of their own. */
  definitions: { file: string; definition: Definition }[];
  scenarios: ScenarioFile[];
  /** In order of file and line; when there are any, nothing should be applied. */
  problems: Problem[];
}

/** Reads all files of a directory and checks what they say about each other. Never throws. */
export function parseDirectory(files: readonly DefinitionText[]): ParsedDirectory {
  const read = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)).map(readDefinitionFile);
  const own = new Map(read.map((file) => [file, file.reading.problems.length]));
  const names = collectNames(read);
  for (const file of read) checkReferences(file, names);
  checkCircles(read);
  checkConfirmations(read);
  // What is wrong between files does not make the definitions themselves unreadable.
  const good = read.filter((file) => own.get(file) === 0);
  return {
    definitions: good.flatMap(({ made, reading }) => (made === null || made.kind === 'scenarios' ? [] : [{ file: reading.file, definition: made }])),
    scenarios: good.flatMap(({ made }) => (made?.kind === 'scenarios' ? [made] : [])),
    problems: read.flatMap((file) => inOrder(file.reading.problems)),
  };
}

/** By kind and key. */
type Names = Map<Definition['kind'], Map<string, Definition>>;

/** Keys of what the files define, also of those with problems: a reference to them is not a second mistake. */
function collectNames(read: readonly ReadFile[]): Names {
  const names: Names = new Map();
  const firstFile = new Map<string, string>();
  let main: string | null = null;
  for (const { made, reading } of read) {
    if (made === null || made.kind === 'scenarios') continue;
    const key = made.kind === 'workspace' ? '' : made.key;
    const first = firstFile.get(`${made.kind} ${key}`);
    if (first === undefined) firstFile.set(`${made.kind} ${key}`, reading.file);
    else reportDuplicate(reading, made, first);
    names.set(made.kind, (names.get(made.kind) ?? new Map<string, Definition>()).set(key, made));
    if (made.kind !== 'score' || !made.main) continue;
    if (main !== null) reportAtKey(reading, 'main', 'conflicting_keys', `The score \`${main}\` is the main one already.`, 'Only one score tells the temperature; remove `main` from the others.');
    main ??= key;
  }
  return names;
}

function reportDuplicate(reading: ReadFile['reading'], definition: Definition, first: string): void {
  const what = definition.kind === 'workspace' ? 'The workspace' : `The ${definition.kind.replace('-', ' ')} \`${definition.key}\``;
  const mend = definition.kind === 'workspace' ? 'Keep one of the two files.' : 'Give one of them another key, or remove one of the files.';
  reportAtKey(reading, definition.kind.replace('-', ' '), 'duplicate_definition', `${what} is defined in ${first} too.`, mend);
}

/** Points at the line of a key of the file itself. */
function reportAtKey(reading: ReadFile['reading'], key: string, code: DefinitionProblemCode, message: string, mend: string): void {
  const start = Math.max(0, reading.text.search(new RegExp(`^${key}\\s*:`, 'm')));
  const end = reading.text.indexOf('\n', start);
  report(reading, { start, end: end < 0 ? reading.text.length : end }, code, message, mend);
}

const UNKNOWN = {
  segment: 'unknown_segment', template: 'unknown_template', journey: 'unknown_journey', step: 'unknown_step', score: 'unknown_score', band: 'unknown_score', personas: 'unknown_persona', persona: 'unknown_persona',
} as const;

function checkReferences({ reading, scope, made }: ReadFile, names: Names): void {
  for (const { kind, name, place, within } of scope?.references ?? []) {
    const known = knownNames(names, kind, within ?? (made?.kind === 'scenarios' ? made.journey : ''));
    // Without the whole its parts are unknown; that it is missing is reported already.
    if (known === null || known.includes(name)) continue;
    report(reading, place, UNKNOWN[kind], unknownInWords(kind, name, within ?? (made?.kind === 'scenarios' ? made.journey : '')), didYouMean(name, known));
  }
}

/** What a reference may name; null: its whole is unknown. */
function knownNames(names: Names, kind: Reference['kind'], within: string): string[] | null {
  switch (kind) {
    case 'step': {
      const journey = names.get('journey')?.get(within);
      return journey?.kind === 'journey' ? sendStepIds(journey) : null;
    }
    case 'band': {
      const scores = [...(names.get('score')?.values() ?? [])];
      const score = scores.find((one) => one.kind === 'score' && (within === MAIN_SCORE ? one.main : one.key === within));
      if (score === undefined && within === MAIN_SCORE) return [];
      return score?.kind === 'score' ? score.bands.map(({ key }) => key) : null;
    }
    case 'persona': {
      const set = names.get('personas')?.get(within);
      return set?.kind === 'personas' ? [...set.choose, ...(set.otherwise === null ? [] : [set.otherwise])].map(({ persona }) => persona) : null;
    }
    default: return [...(names.get(kind)?.keys() ?? [])];
  }
}

function unknownInWords(kind: Reference['kind'], name: string, within: string): string {
  switch (kind) {
    case 'step': return `The journey \`${within}\` has no step \`${name}\` that sends.`;
    case 'band': return within === MAIN_SCORE ? `The main score has no band \`${name}\`, or no score is the main one.` : `The score \`${within}\` has no band \`${name}\`.`;
    case 'persona': return `The set \`${within}\` has no persona \`${name}\`.`;
    case 'personas': return `There is no set of personas \`${name}\`.`;
    default: return `There is no ${kind} \`${name}\`.`;
  }
}

function sendStepIds(journey: JourneyDefinition): string[] {
  return stepsInOrder(journey.steps).flatMap((step) => (step.kind === 'send' ? [step.id] : []));
}
