import { compileTemplate } from '@samovar/channels';
import type { Definition, Problem } from '@samovar/contract';
import { systemClock } from '../../clock/clock.ts';
import { contradiction } from '../../definitions/contradiction.ts';
import { retentionWarnings } from '../../definitions/retention-warnings.ts';
import { templateProblems } from '../../definitions/template-problems.ts';
import { paintFor } from '../cli-io.ts';
import type { CliIo } from '../cli-io.ts';
import { flagOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import type { DefinitionDirectory } from '../definition-directory.ts';
import { formatProblems } from '../format-problems.ts';

export const validateCommand: Command = {
  synopsis: 'validate DIR [--no-templates] [--json]',
  help: `
Reads every .yaml file below DIR and says what is wrong with it: file, line and
column, the offending text, and how to mend it. Templates are compiled too.

  --no-templates  do not compile the templates' MJML, which takes most of the time
  --json          print { valid, definitions, scenarios, problems, warnings } as
                  JSON
`,
  options: { 'no-templates': { type: 'boolean' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const directory = await readDefinitionDirectory(call.positionals[0] ?? '', call.io.cwd);
    const problems = await findProblems(directory, { templates: !flagOption(call, 'no-templates') });
    const definitions = directory.definitions.map(({ definition }) => definition);
    const warnings = retentionWarnings(definitions, systemClock.now());
    if (flagOption(call, 'json')) {
      const listed = directory.definitions.map(({ file, definition }) => ({ file, kind: definition.kind, key: 'key' in definition ? definition.key : null }));
      const scenarios = directory.scenarios.map(({ file, journey, cases }) => ({ file, journey, cases: cases.length }));
      call.io.out(`${JSON.stringify({ valid: problems.length === 0, definitions: listed, scenarios, problems, warnings }, null, 2)}\n`);
    } else if (problems.length > 0) {
      reportProblems(problems, directory, call.io);
    } else {
      call.io.out(`${summary(definitions)}: valid\n`);
      for (const { message } of warnings) call.io.err(`Note: ${message}\n`);
    }
    return problems.length === 0 ? 0 : 1;
  },
};

/** Everything that would keep a directory from being applied. */
export async function findProblems(directory: DefinitionDirectory, { templates }: { templates: boolean }): Promise<Problem[]> {
  if (directory.problems.length > 0) return directory.problems;
  const problem = contradiction(directory);
  if (problem !== null) return [problem];
  return templates ? findTemplateProblems(directory) : [];
}

async function findTemplateProblems({ definitions, files }: DefinitionDirectory): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { file, definition } of definitions) {
    if (definition.kind !== 'template') continue;
    const from = definition.from === null ? null : { name: definition.from.name ?? '', address: definition.from.address };
    const compiled = await compileTemplate({ ...definition, from });
    const text = files.find(({ path }) => path === file)?.text ?? '';
    if (Array.isArray(compiled)) problems.push(...templateProblems(file, text, compiled));
  }
  return problems;
}

/** Prints problems and how many there are. */
export function reportProblems(problems: readonly Problem[], { files }: DefinitionDirectory, io: CliIo): void {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const inFiles = new Set(problems.map(({ file }) => file)).size;
  io.err(`${formatProblems(problems, files, paintFor(io))}\n\n${count} in ${inFiles === 1 ? '1 file' : `${inFiles} files`}\n`);
}

const KINDS = [
  ['journey', 'journey', 'journeys'], ['segment', 'segment', 'segments'], ['template', 'template', 'templates'], ['topic', 'topic', 'topics'], ['score', 'score', 'scores'],
  ['personas', 'set of personas', 'sets of personas'], ['computed-trait', 'computed trait', 'computed traits'], ['schema', 'schema', 'schemas'], ['workspace', 'workspace', 'workspaces'],
] as const;

/** `4 journeys, 3 segments, 12 templates, 1 workspace`. */
export function summary(definitions: readonly Definition[]): string {
  const parts = KINDS.map(([kind, one, several]) => ({ one, several, count: definitions.filter((definition) => definition.kind === kind).length }));
  return parts.filter(({ count }) => count > 0).map(({ one, several, count }) => `${count} ${count === 1 ? one : several}`).join(', ');
}
