import { posix } from 'node:path';
import type { Finding, Rule } from '../rule.ts';
import { isCode } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

/** No file imports itself by a detour; imports of types count, since they bind the reader just the same. */
export const cyclesRule: Rule = {
  name: 'cycles',
  check: (files) => findCycles(importGraph(files.filter(isCode))).map(describeCycle),
};

/** Which file imports which, over the whole tree; packages of ours lead to their entry. */
export function importGraph(files: readonly SourceFile[]): Map<string, string[]> {
  const paths = new Set(files.map((file) => file.path));
  return new Map(files.map((file) => [file.path, file.syntax().imports.map((found) => target(file.path, found.specifier)).filter((path) => paths.has(path))]));
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const [, ours] = /^@samovar\/([^/]+)$/.exec(specifier) ?? [];
  return ours === undefined ? '' : `${ours}/src/index.ts`;
}

/** The strongly connected components with more than one file, or with a file that imports itself (Tarjan). */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const index = order.size;
    order.set(path, index);
    let lowest = index;
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, low.get(next) ?? order.get(next) ?? index);
    }
    low.set(path, lowest);
    if (lowest === index) {
      const component = stack.splice(stack.indexOf(path));
      if (component.length > 1 || graph.get(path)?.includes(path) === true) cycles.push(component.toSorted());
    }
    return lowest;
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return cycles;
}

function describeCycle(cycle: readonly string[]): Finding {
  return { path: cycle[0] ?? '', line: 1, message: `${cycle.length} files import each other in a circle: ${cycle.join(', ')}. Move what they share into a file of its own.` };
}
