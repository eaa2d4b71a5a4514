import { posix } from 'node:path';
import type { Finding, Rule } from '../rule.ts';
import { isCode, isTest, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { importGraph } from './cycles.ts';

const ALL = ['core', 'contract', 'store', 'channels', 'intelligence', 'server', 'console', 'sdk'];

/** What each folder at the root may import of ours. A folder that is not here may not hold code. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contract: [],
  store: ['core'],
  channels: ['core'],
  intelligence: ['core'],
  sdk: ['contract'],
  console: ['core', 'contract'],
  server: ['core', 'contract', 'store', 'channels', 'intelligence'],
  recipes: ALL,
  examples: ALL,
  bench: ALL,
  test: ALL,
  tools: ALL,
};

/** The arrows between packages go one way, and a package is entered by its front door only. */
export const arrowsRule: Rule = {
  name: 'arrows',
  check: (files) => {
    const declared = new Map(files.filter((file) => file.path.endsWith('package.json')).map((file) => [posix.dirname(file.path), dependenciesOf(file)]));
    const code = files.filter((file) => isCode(file) && file.path.includes('/'));
    const shipped = reachable(importGraph(code), code.map((file) => file.path).filter((path) => /^[^/]+\/(src\/index\.tsx?|bin\/)|\/main\.tsx?$/.test(path)));
    return code.flatMap((file) => checkFile(file, { dependencies: declared, shipped }));
  },
};

interface Known {
  /** What each package.json lists, by folder. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** The files that a package's entry or command leads to, as opposed to tests and what only tests use. */
  readonly shipped: ReadonlySet<string>;
}

function checkFile(file: SourceFile, known: Known): Finding[] {
  const home = workspaceOf(file.path);
  const allowed = ARROWS[home.split('/')[0] ?? ''];
  if (allowed === undefined) return [{ path: file.path, line: 1, message: `${home} is no package of ours; add it to ARCHITECTURE.md and to the arrows first.` }];
  return file.syntax().imports.flatMap(({ specifier, start }) => {
    const problem = specifier.startsWith('.') ? judgePath(file, home, specifier) : judgeName(file, home, specifier, allowed, known);
    return problem === undefined ? [] : [{ path: file.path, line: lineAt(file.text, start), message: problem }];
  });
}

function judgePath(file: SourceFile, home: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier);
  if (!`${target}/`.startsWith(`${home}/`)) return `${specifier} leaves ${home}; import the other package by name (@samovar/…).`;
  if (!/\.[a-z]+$/.test(specifier)) return `${specifier} needs its extension, as Node reads it.`;
  return undefined;
}

function judgeName(file: SourceFile, home: string, specifier: string, allowed: readonly string[], known: Known): string | undefined {
  const [, ours, deep] = /^@samovar\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  const forTests = deep === '/testing' && (!known.shipped.has(file.path) || FOR_TRYING.test(file.path));
  if (deep !== undefined && !forTests) return `${specifier} reaches into a package; import @samovar/${ours} and export there what you need.`;
  if (ours !== undefined && ours !== home.split('/')[0] && !allowed.includes(ours) && !(ours === 'tools' && isTest(file))) return `${home} may not import ${specifier}; the arrows are in ARCHITECTURE.md.`;
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const isTooling = !known.shipped.has(file.path) || /^(bench|test|tools)\//.test(file.path);
  const isListed = known.dependencies.get(home)?.has(name) === true || (isTooling && known.dependencies.get('.')?.has(name) === true);
  return isListed ? undefined : `${name} is not among the dependencies in ${home}/package.json.`;
}

/** Places that may use what packages offer for tests (`@samovar/x/testing`) besides tests themselves. */
const FOR_TRYING = /^(bench|test|tools|examples)\//;

/** All files that some files lead to, those included. */
function reachable(graph: ReadonlyMap<string, readonly string[]>, from: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    open.push(...(graph.get(path) ?? []));
  }
  return found;
}

/** `core` for `core/src/x.ts`; `examples/demo` for `examples/demo/src/x.ts`, since each example is a package. */
export function workspaceOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'examples' ? `${first}/${second}` : first;
}

function dependenciesOf(manifest: SourceFile): ReadonlySet<string> {
  const parsed: unknown = JSON.parse(manifest.text);
  const names = new Set<string>();
  if (typeof parsed !== 'object' || parsed === null) return names;
  for (const [key, value] of Object.entries(parsed)) {
    if (/dependencies$/i.test(key) && typeof value === 'object' && value !== null) for (const name of Object.keys(value)) names.add(name);
  }
  return names;
}
