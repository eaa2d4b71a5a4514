import { readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDirectory } from '@samovar/contract';
import type { DefinitionText, ParsedDirectory } from '@samovar/contract';
import { CommandError } from './command.ts';

export interface DefinitionDirectory extends ParsedDirectory {
  /** Absolute. */
  path: string;
  /** Paths relative to the directory, with slashes. */
  files: DefinitionText[];
}

/** More files than any workspace has; a home directory given by mistake is refused instead of read. */
const FILE_COUNT_LIMIT = 10_000;

/** Reads and checks every .yaml and .yml file below a directory; hidden folders and node_modules are left out. */
export async function readDefinitionDirectory(directory: string, cwd: string): Promise<DefinitionDirectory> {
  const path = resolve(cwd, directory);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CommandError(`There is no directory ${directory}.`);
  if (!found.isDirectory()) throw new CommandError(`${directory} is a file; give the directory that holds the definitions.`);
  const names = await listFiles(path, '');
  if (names.length === 0) throw new CommandError(`There are no .yaml files in ${directory}.`);
  const files = await Promise.all(names.sort().map(async (name) => ({ path: name, text: await readFile(join(path, name), 'utf8') })));
  return { path, files, ...parseDirectory(files) };
}

async function listFiles(root: string, inside: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, inside), { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFiles(root, name)));
    else if (/\.ya?ml$/.test(entry.name)) found.push(name);
    if (found.length > FILE_COUNT_LIMIT) throw new CommandError(`${root} holds more than ${FILE_COUNT_LIMIT} .yaml files; is it the directory you meant?`);
  }
  return found;
}
