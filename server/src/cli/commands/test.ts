import { runScenarioFile } from '../../scenario/run-scenario-file.ts';
import type { CaseResult } from '../../scenario/run-scenario-file.ts';
import { paintFor } from '../cli-io.ts';
import type { CliIo } from '../cli-io.ts';
import { flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import type { DefinitionDirectory } from '../definition-directory.ts';
import { findProblems, reportProblems } from './validate.ts';

export const testCommand: Command = {
  synopsis: 'test DIR [--only TEXT] [--json]',
  help: `
Plays the scenario files (\`scenarios:\`) below DIR in memory on a virtual clock and
compares what happens with what they expect. A case that fails is shown with what
was expected and what happened instead, in the contact's local time, and why.

  --only TEXT  play only cases whose name, journey or file contains TEXT
  --json       print { passed, failed, cases } as JSON
`,
  options: { only: { type: 'string' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const { io } = call;
    const directory = await readDefinitionDirectory(call.positionals[0] ?? '', io.cwd);
    const problems = await findProblems(directory, { templates: false });
    const json = flagOption(call, 'json');
    if (problems.length > 0) {
      if (json) io.out(`${JSON.stringify({ passed: 0, failed: 0, cases: [], problems }, null, 2)}\n`);
      else reportProblems(problems, directory, io);
      return 1;
    }
    const results = play(directory, textOption(call, 'only'));
    const failed = results.filter(({ passed }) => !passed).length;
    if (json) io.out(`${JSON.stringify({ passed: results.length - failed, failed, cases: results }, null, 2)}\n`);
    else report(results, directory, io);
    return failed === 0 && results.length > 0 ? 0 : 1;
  },
};

function play({ scenarios, definitions }: DefinitionDirectory, only: string | null): CaseResult[] {
  const all = definitions.map(({ definition }) => definition);
  const wanted = (text: string): boolean => only === null || text.toLowerCase().includes(only.toLowerCase());
  return scenarios.flatMap((file) => {
    const cases = wanted(file.journey) || wanted(file.file) ? file.cases : file.cases.filter(({ name }) => wanted(name));
    return cases.length === 0 ? [] : runScenarioFile({ ...file, cases }, all);
  });
}

function report(results: readonly CaseResult[], directory: DefinitionDirectory, io: CliIo): void {
  const paint = paintFor(io);
  let file = '';
  for (const result of results) {
    if (result.file !== file) io.out(`${file === '' ? '' : '\n'}${paint.bold(result.file)}\n`);
    file = result.file;
    if (result.passed) io.out(`  ${paint.green('✓')} ${result.name}\n`);
    else io.out(`\n${indent(result.report.replace(/^✗/, paint.red('✗')))}\n\n`);
  }
  const untested = directory.definitions.flatMap(({ definition }) => (definition.kind === 'journey' ? [definition.key] : []))
    .filter((key) => !directory.scenarios.some(({ journey }) => journey === key));
  if (untested.length > 0) io.out(`\n${paint.yellow('Without scenarios:')} ${untested.join(', ')}\n`);
  if (results.length === 0) io.err('No scenario was played. Write some: a file that begins with `scenarios: JOURNEY`.\n');
  const failed = results.filter(({ passed }) => !passed).length;
  io.out(`\n${results.length - failed} passed, ${failed} failed\n`);
}

function indent(text: string): string {
  return text.split('\n').map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}
