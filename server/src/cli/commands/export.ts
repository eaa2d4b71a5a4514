import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { definitionPath, formatDefinition, mergeIntoFile } from '@samovar/contract';
import type { Definition } from '@samovar/contract';
import { adminClient } from '../admin-client.ts';
import { CommandError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import type { DefinitionDirectory } from '../definition-directory.ts';
import { nameOf, serverDefinitions } from '../server-definitions.ts';
import type { ServerDefinition } from '../server-definitions.ts';

export const exportCommand: Command = {
  synopsis: 'export DIR [--data DIR] [--dry-run] [--json]',
  help: `
Writes the server's definitions to files below DIR. A file that defines the same
thing already keeps its place, its comments and its order; only what is different
is changed. Nothing is deleted.

  --data DIR  data directory of the server, for its address and key
  --dry-run   say what would be written, and write nothing
  --json      print { written, unchanged, onlyHere } as JSON
`,
  options: { data: { type: 'string' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const { io } = call;
    const root = resolve(io.cwd, call.positionals[0] ?? '');
    const local = await readExisting(root);
    const { definitions } = await serverDefinitions(await adminClient(io, textOption(call, 'data')));
    const plans = definitions.map((one) => plan(one, local));
    const changed = plans.filter(({ before, after }) => before !== after);
    if (!flagOption(call, 'dry-run')) for (const { file, after } of changed) await replace(join(root, file), after);
    const onServer = new Set(definitions.map(({ definition }) => nameOf(definition)));
    const onlyHere = (local?.definitions ?? []).filter(({ definition }) => !onServer.has(nameOf(definition))).map(({ file }) => file);
    const written = changed.map(({ file }) => file);
    if (flagOption(call, 'json')) {
      io.out(`${JSON.stringify({ written, unchanged: plans.length - written.length, onlyHere }, null, 2)}\n`);
    } else {
      for (const file of written) io.out(`${flagOption(call, 'dry-run') ? 'would write' : 'wrote'} ${file}\n`);
      for (const file of onlyHere) io.out(`only here: ${file}\n`);
      io.out(`${written.length} written, ${plans.length - written.length} unchanged\n`);
    }
    return 0;
  },
};

async function readExisting(root: string): Promise<DefinitionDirectory | null> {
  const found = await stat(root).catch(() => null);
  if (found === null) return null;
  try {
    return await readDefinitionDirectory(root, root);
  } catch (error) {
    // An empty directory has no files to keep.
    if (error instanceof CommandError && found.isDirectory()) return null;
    throw error;
  }
}

interface Plan {
  file: string;
  before: string | null;
  after: string;
}

function plan({ definition, source }: ServerDefinition, local: DefinitionDirectory | null): Plan {
  const known = local?.definitions.find((one) => nameOf(one.definition) === nameOf(definition));
  if (known === undefined) return planNew(definition, source, local);
  const before = local?.files.find(({ path }) => path === known.file)?.text ?? '';
  return { file: known.file, before, after: isDeepStrictEqual(known.definition, definition) ? before : mergeIntoFile(before, definition) };
}

function planNew(definition: Definition, source: string, local: DefinitionDirectory | null): Plan {
  const file = definitionPath(definition);
  const taken = local?.files.find(({ path }) => path === file);
  if (taken !== undefined) throw new CommandError(`${file} is in the way: it is where ${nameOf(definition)} would be written, and it holds something else or cannot be read. Move it away first.`);
  return { file, before: null, after: source.trim() === '' ? formatDefinition(definition) : source };
}

/** A file is written beside its place and moved there whole. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}
