import { formatDefinition } from '@samovar/contract';
import type { Definition } from '@samovar/contract';
import { adminClient } from '../admin-client.ts';
import { paintFor } from '../cli-io.ts';
import type { CliIo } from '../cli-io.ts';
import { flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import { diffLines, formatDiff } from '../line-diff.ts';
import { nameOf, serverDefinitions } from '../server-definitions.ts';
import { reportProblems } from './validate.ts';

export const diffCommand: Command = {
  synopsis: 'diff DIR [--data DIR] [--exit-code] [--json]',
  help: `
Shows how the definitions below DIR differ from those on the server: what
\`samovar apply DIR\` would change. Comments and layout do not count.

  --data DIR   data directory of the server, for its address and key
  --exit-code  exit with 1 when there are differences
  --json       print { added, changed, removed, unchanged } as JSON
`,
  options: { data: { type: 'string' }, 'exit-code': { type: 'boolean' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const { io } = call;
    const directory = await readDefinitionDirectory(call.positionals[0] ?? '', io.cwd);
    if (directory.problems.length > 0) {
      reportProblems(directory.problems, directory, io);
      return 1;
    }
    const server = await serverDefinitions(await adminClient(io, textOption(call, 'data')));
    const differences = compare(directory.definitions.map(({ definition }) => definition), server.definitions.map(({ definition }) => definition));
    const different = differences.filter(({ change }) => change !== 'unchanged');
    if (flagOption(call, 'json')) {
      const named = (change: Difference['change']): string[] => differences.filter((one) => one.change === change).map(({ name }) => name);
      io.out(`${JSON.stringify({ added: named('added'), changed: named('changed'), removed: named('removed'), unchanged: named('unchanged') }, null, 2)}\n`);
    } else {
      print(different, io);
    }
    return different.length > 0 && flagOption(call, 'exit-code') ? 1 : 0;
  },
};

interface Difference {
  name: string;
  change: 'added' | 'changed' | 'removed' | 'unchanged';
  /** Canonical YAML on the server and in the directory. */
  before: string;
  after: string;
}

function compare(local: readonly Definition[], server: readonly Definition[]): Difference[] {
  const before = new Map(server.map((definition) => [nameOf(definition), formatDefinition(definition)]));
  const after = new Map(local.map((definition) => [nameOf(definition), formatDefinition(definition)]));
  return [...new Set([...after.keys(), ...before.keys()])].sort().map((name): Difference => {
    const [old, young] = [before.get(name), after.get(name)];
    const change = old === undefined ? 'added' : young === undefined ? 'removed' : old === young ? 'unchanged' : 'changed';
    return { name, change, before: old ?? '', after: young ?? '' };
  });
}

function print(differences: readonly Difference[], io: CliIo): void {
  const paint = paintFor(io);
  if (differences.length === 0) io.out('No differences.\n');
  for (const { name, change, before, after } of differences) {
    const note = change === 'removed' ? 'only on the server (apply --prune would remove it)' : change === 'added' ? 'new' : 'changed';
    io.out(`${paint.bold(name)}: ${note}\n`);
    if (change === 'removed') continue;
    for (const line of formatDiff(diffLines(before, after))) io.out(`  ${line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line}\n`);
    io.out('\n');
  }
}
