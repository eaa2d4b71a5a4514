import { posix } from 'node:path';
import type { Finding, Rule } from '../rule.ts';
import { isCode, isTest, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

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
    return files.filter((file) => isCode(file) && file.path.includes('/')).flatMap((file) => checkFile(file, declared));
  },
};

function checkFile(file: SourceFile, declared: ReadonlyMap<string, ReadonlySet<string>>): Finding[] {
  const home = workspaceOf(file.path);
  const allowed = ARROWS[home.split('/')[0] ?? ''];
  if (allowed === undefined) return [{ path: file.path, line: 1, message: `${home} is no package of ours; add it to ARCHITECTURE.md and to the arrows first.` }];
  return file.syntax().imports.flatMap(({ specifier, start }) => {
    const problem = specifier.startsWith('.') ? judgePath(file, home, specifier) : judgeName(file, home, specifier, allowed, declared);
    return problem === undefined ? [] : [{ path: file.path, line: lineAt(file.text, start), message: problem }];
  });
}

function judgePath(file: SourceFile, home: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier);
  if (!`${target}/`.startsWith(`${home}/`)) return `${specifier} leaves ${home}; import the other package by name (@samovar/…).`;
  if (!/\.[a-z]+$/.test(specifier)) return `${specifier} needs its extension, as Node reads it.`;
  return undefined;
}

function judgeName(
  file: SourceFile,
  home: string,
  specifier: string,
  allowed: readonly string[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  const [, ours, deep] = /^@samovar\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (deep !== undefined) return `${specifier} reaches into a package; import @samovar/${ours} and export there what you need.`;
  if (ours !== undefined && ours !== home.split('/')[0] && !allowed.includes(ours) && !(ours === 'tools' && isTest(file))) return `${home} may not import ${specifier}; the arrows are in ARCHITECTURE.md.`;
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const known = declared.get(home)?.has(name) === true || (declared.get('.')?.has(name) === true && !isShipped(file));
  return known || name === `@samovar/${home}` ? undefined : `${name} is not among the dependencies in ${home}/package.json.`;
}

/** Code that reaches a user, as opposed to what we test and build with. */
const isShipped = (file: SourceFile): boolean => !isTest(file) && !/^(bench|test|tools)\//.test(file.path) && !file.path.endsWith('.config.ts');

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
