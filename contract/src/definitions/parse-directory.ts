import { checkConfirmations } from './check-confirmations.ts';
import { inOrder, readDefinitionFile } from './parse-file.ts';
import type { DefinitionText, ReadFile } from './parse-file.ts';
import type { Problem } from './problem.ts';
import type { ScenarioFile } from './scenario-types.ts';
import { stepsInOrder } from './step-ids.ts';
import { didYouMean } from './suggest.ts';
import type { Condition, Definition, JourneyDefinition } from './types.ts';
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
  checkCycles(read);
  checkConfirmations(read);
  // What is wrong between files does not make the definitions themselves unreadable.
  const good = read.filter((file) => own.get(file) === 0);
  return {
    definitions: good.flatMap(({ made, reading }) => (made === null || made.kind === 'scenarios' ? [] : [{ file: reading.file, definition: made }])),
    scenarios: good.flatMap(({ made }) => (made?.kind === 'scenarios' ? [made] : [])),
    problems: read.flatMap((file) => inOrder(file.reading.problems)),
  };
}

interface Names {
  segment: string[];
  template: string[];
  topic: string[];
  journey: string[];
  score: string[];
  personas: string[];
  journeys: Map<string, JourneyDefinition>;
}

/** Names of what the files define, also of those with problems: a reference to them is not a second mistake. */
function collectNames(read: readonly ReadFile[]): Names {
  const names: Names = { segment: [], template: [], topic: [], journey: [], score: [], personas: [], journeys: new Map() };
  const firstFile = new Map<string, string>();
  for (const { made, reading } of read) {
    if (made === null || made.kind === 'scenarios') continue;
    const key = made.kind === 'workspace' ? '' : made.key;
    const first = firstFile.get(`${made.kind} ${key}`);
    if (first === undefined) firstFile.set(`${made.kind} ${key}`, reading.file);
    else reportDuplicate(reading, made, first);
    if (made.kind === 'journey') names.journeys.set(key, made);
    if (made.kind !== 'workspace' && key !== '') names[made.kind].push(key);
  }
  return names;
}

function reportDuplicate(reading: ReadFile['reading'], definition: Definition, first: string): void {
  const start = Math.max(0, reading.text.search(new RegExp(`^${definition.kind}\\s*:`, 'm')));
  const end = reading.text.indexOf('\n', start);
  const what = definition.kind === 'workspace' ? 'The workspace' : `The ${definition.kind} \`${definition.key}\``;
  const mend = definition.kind === 'workspace' ? 'Keep one of the two files.' : 'Give one of them another key, or remove one of the files.';
  report(reading, { start, end: end < 0 ? reading.text.length : end }, 'duplicate_definition', `${what} is defined in ${first} too.`, mend);
}

const UNKNOWN = { segment: 'unknown_segment', template: 'unknown_template', journey: 'unknown_journey', step: 'unknown_step' } as const;

function checkReferences({ reading, scope, made }: ReadFile, names: Names): void {
  if (scope === null) return;
  for (const { kind, name, place, journey: named } of scope.references) {
    const journey = names.journeys.get(named ?? (made?.kind === 'scenarios' ? made.journey : ''));
    // Without the journey its steps are unknown; that it is missing is reported already.
    if (kind === 'step' && journey === undefined) continue;
    const known = kind === 'step' ? sendStepIds(journey) : names[kind];
    if (known.includes(name)) continue;
    const where = kind === 'step' ? `The journey \`${journey?.key ?? ''}\` has no step \`${name}\` that sends.` : `There is no ${kind} \`${name}\`.`;
    report(reading, place, UNKNOWN[kind], where, didYouMean(name, known));
  }
}

function sendStepIds(journey: JourneyDefinition | undefined): string[] {
  return stepsInOrder(journey?.steps ?? []).flatMap((step) => (step.kind === 'send' ? [step.id] : []));
}

/** Each circle of segments is reported once, where it closes. */
function checkCycles(read: readonly ReadFile[]): void {
  const files = new Map<string, ReadFile>();
  for (const file of read) if (file.made?.kind === 'segment' && !files.has(file.made.key)) files.set(file.made.key, file);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (key: string): void => {
    const file = files.get(key);
    if (done.has(key) || file?.made?.kind !== 'segment') return;
    path.push(key);
    for (const next of new Set(segmentsIn(file.made.match))) {
      if (path.includes(next)) reportCycle(file, path.slice(path.indexOf(next)), next);
      else visit(next);
    }
    path.pop();
    done.add(key);
  };
  for (const key of files.keys()) visit(key);
}

function reportCycle({ reading, scope }: ReadFile, circle: readonly string[], next: string): void {
  const place = scope?.references.find((reference) => reference.kind === 'segment' && reference.name === next)?.place ?? { start: 0, end: 0 };
  const way = [...circle, next].map((key) => `\`${key}\``).join(' → ');
  report(reading, place, 'segment_cycle', `Segments refer to each other in a circle: ${way}.`, 'Remove one of the references.');
}

function segmentsIn(condition: Condition): string[] {
  if ('of' in condition) return condition.of.flatMap(segmentsIn);
  return condition.kind === 'segment' ? [condition.segment] : [];
}
