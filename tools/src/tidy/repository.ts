import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceFile } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

/** The root of the repository. */
export const REPOSITORY_ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const TEXT = /(\.(ts|tsx|mjs|js|cjs|json|jsonc|sql|md|ya?ml|css|html|svg|sh|txt|csv|ndjson|mjml|liquid|toml)|(^|\/)(\.[a-z]+|run|LICENSE))$/;

/** Every text file that is, or is about to be, committed: what git knows plus what it does not ignore. */
export function readRepository(root: string = REPOSITORY_ROOT): SourceFile[] {
  const listed = execFileSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '' && TEXT.test(path));
  return paths
    .toSorted()
    .filter((path) => existsSync(join(root, path)))
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}
