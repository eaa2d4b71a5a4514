import { posix } from 'node:path';
import type { Finding, Rule } from '../rule.ts';
import { baseName } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const LISTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'];

/** Every install is the same install: exact versions, one lockfile, nothing tied to some machine's registry. */
export const manifestsRule: Rule = {
  name: 'manifests',
  check: (files) => files.flatMap((file) => {
    if (file.path === 'package-lock.json') return checkLock(file);
    return baseName(file.path) === 'package.json' && !file.path.includes('fixtures/') ? checkManifest(file) : [];
  }),
};

function checkManifest(file: SourceFile): Finding[] {
  const manifest = record(JSON.parse(file.text));
  const say = (needle: string, message: string): Finding => ({ path: file.path, line: lineOf(file.text, needle), message });
  const findings: Finding[] = [];
  for (const list of LISTS) {
    for (const [name, version] of Object.entries(record(manifest[list]))) {
      if (typeof version !== 'string' || !EXACT.test(version)) findings.push(say(`"${name}"`, `${name} is not pinned: write the exact version instead of ${JSON.stringify(version)}.`));
    }
  }
  if (manifest['type'] !== 'module') findings.push(say('"name"', 'every package of ours is an ES module: "type": "module".'));
  if (manifest['license'] !== 'Apache-2.0') findings.push(say('"name"', 'every package of ours says "license": "Apache-2.0".'));
  if (file.path !== 'package.json' && posix.dirname(file.path).includes('/') === false && manifest['name'] !== `@samovar/${posix.dirname(file.path)}`) {
    findings.push(say('"name"', `the package in ${posix.dirname(file.path)}/ is called @samovar/${posix.dirname(file.path)}.`));
  }
  return findings;
}

function checkLock(file: SourceFile): Finding[] {
  const packages = record(record(JSON.parse(file.text))['packages']);
  return Object.entries(packages).flatMap(([name, entry]) => {
    const messages = [...judgeEntry(name, record(entry)), ...missingBinaries(name, record(entry), packages)];
    return messages.map((message) => ({ path: file.path, line: lineOf(file.text, `"${name}"`), message }));
  });
}

function judgeEntry(name: string, { resolved, link, integrity, extraneous, inBundle, os, cpu }: Record<string, unknown>): string[] {
  if (extraneous === true) return [`${name} is in the lockfile and nobody needs it: npm install again.`];
  if (typeof resolved === 'string' && link !== true) return [`${name} names the registry it came from: npm install with omit-lockfile-registry-resolved.`];
  // A binary for another platform may be listed by its version alone.
  const installed = name.includes('node_modules/') && link !== true && inBundle !== true && os === undefined && cpu === undefined;
  return installed && typeof integrity !== 'string' ? [`${name} has no checksum.`] : [];
}

/** `npm ci` refuses a lockfile that leaves out an optional package, even one for another platform. */
function missingBinaries(name: string, { optionalDependencies }: Record<string, unknown>, packages: Record<string, unknown>): string[] {
  return Object.keys(record(optionalDependencies))
    .filter((wanted) => !placesOf(name, wanted).some((place) => place in packages))
    .map((wanted) => `${wanted}, which ${name} may use on some platform, is missing: npm ci would fail.`);
}

/** Where Node looks for a package from inside another: beside it first, then further and further out. */
function placesOf(from: string, wanted: string): string[] {
  const places = [`${from}/node_modules/${wanted}`];
  for (let at = from.lastIndexOf('/node_modules/'); at > 0; at = from.lastIndexOf('/node_modules/', at - 1)) places.push(`${from.slice(0, at)}/node_modules/${wanted}`);
  return [...places, `node_modules/${wanted}`];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const lineOf = (text: string, needle: string): number => text.slice(0, Math.max(text.indexOf(needle), 0)).split('\n').length;
