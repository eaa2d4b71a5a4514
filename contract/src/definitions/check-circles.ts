import type { ReadFile } from './parse-file.ts';
import { report } from './yaml-tree.ts';

/** Kinds of definitions whose conditions may refer to each other. */
const LINKED = ['segment', 'score', 'personas'] as const;
type LinkedKind = (typeof LINKED)[number];

/** Each circle of segments, scores and personas is reported once, where it closes. */
export function checkCircles(read: readonly ReadFile[]): void {
  const files = new Map<string, ReadFile>();
  for (const file of read) {
    const name = nameOf(file);
    if (name !== null && !files.has(name)) files.set(name, file);
  }
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const file = files.get(name);
    if (done.has(name) || file === undefined) return;
    path.push(name);
    for (const next of new Set(referencesOf(file))) {
      if (path.includes(next)) reportCircle(file, path.slice(path.indexOf(next)), next);
      else visit(next);
    }
    path.pop();
    done.add(name);
  };
  for (const name of files.keys()) visit(name);
}

function nameOf({ made }: ReadFile): string | null {
  return made !== null && isLinked(made.kind) && 'key' in made ? `${made.kind} ${made.key}` : null;
}

function referencesOf({ scope }: ReadFile): string[] {
  return (scope?.references ?? []).flatMap(({ kind, name }) => (isLinked(kind) ? [`${kind} ${name}`] : []));
}

function isLinked(kind: string): kind is LinkedKind {
  return LINKED.some((one) => one === kind);
}

function reportCircle({ reading, scope }: ReadFile, circle: readonly string[], next: string): void {
  const place = scope?.references.find(({ kind, name }) => `${kind} ${name}` === next)?.place ?? { start: 0, end: 0 };
  const whole = [...circle, next];
  const what = whole.every((name) => name.startsWith('segment ')) ? 'Segments' : 'Definitions';
  const way = whole.map((name) => `\`${what === 'Segments' ? name.slice('segment '.length) : name}\``).join(' → ');
  report(reading, place, 'segment_cycle', `${what} refer to each other in a circle: ${way}.`, 'Remove one of the references.');
}
