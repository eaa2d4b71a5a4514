import type { Finding, Rule } from '../rule.ts';
import { lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

interface Leftover {
  readonly pattern: RegExp;
  readonly message: string;
  readonly allowed?: (found: string, path: string) => boolean;
}

/** Addresses that belong to nobody: this machine, "any", and the ranges that RFC 5737 keeps for documents. */
const NOBODY = /^(127\.|0\.0\.0\.0$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|255\.255\.255\.|10\.0\.0\.)/;

/** Words are put together so that this file passes its own check. */
const LATER = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|');

/** A socket's path has to be short, so the embedded Postgres may fall back to the temporary folder by its POSIX name. */
const isSocketFallback = (found: string, path: string): boolean => found === ['', 'tmp'].join('/') && path.startsWith('store/src/embedded/');

const isNoAddress = (found: string): boolean => found.split('.').some((part) => Number(part) > 255);

const LEFTOVERS: readonly Leftover[] = [
  { pattern: new RegExp(`\\b(${LATER})\\b`, 'g'), message: 'do it, drop it, or write it down as an issue' },
  { pattern: /(?<=^|[\s"'`(=:,[])(?:file:\/\/)?\/(?:work|tmp|home\/\w+|Users\/\w+|root)(?=\/|["'`])/gm, message: 'a path of one machine: use os.tmpdir() or a path from the root of the repository', allowed: isSocketFallback },
  { pattern: /(?<![\w.§]|Chrome\/)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g, message: 'an address of some machine: use 192.0.2.x, which is kept for examples', allowed: (found) => NOBODY.test(found) || isNoAddress(found) },
  { pattern: /https?:\/\/[^\s"'`/]*(?:registry|artifactory|nexus|mirror)[^\s"'`/]*/gi, message: 'a package registry of some machine: leave it to npm' },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----\\?n?[A-Za-z0-9+/=\n\\]{64}/g, message: 'a private key: make one when it is needed' },
];

/** What a work in progress leaves behind and a reader should never meet. */
export const leftoversRule: Rule = {
  name: 'leftovers',
  check: (files) => files.flatMap((file) => LEFTOVERS.flatMap((leftover) => search(file, leftover))),
};

/** Recorded input is what others wrote; the lockfile's versions look like addresses and have a rule of their own. */
const isForeign = (path: string): boolean => /(^|\/)(fixtures|regressions)\//.test(path) || path === 'package-lock.json' || path === 'LICENSE';

function search(file: SourceFile, { pattern, message, allowed }: Leftover): Finding[] {
  if (isForeign(file.path)) return [];
  return [...file.text.matchAll(pattern)]
    .filter(([found]) => allowed?.(found, file.path) !== true)
    .map((match) => ({ path: file.path, line: lineAt(file.text, match.index), message: `${match[0].slice(0, 60)}: ${message}.` }));
}
