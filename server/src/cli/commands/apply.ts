import { ApiError, adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { paintFor } from '../cli-io.ts';
import type { CliIo } from '../cli-io.ts';
import { CommandError, UsageError, flagOption, listOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import type { DefinitionDirectory } from '../definition-directory.ts';
import { findProblems, reportProblems } from './validate.ts';

export const applyCommand: Command = {
  synopsis: 'apply DIR [--enter-existing KEY|all|none] [--prune] [--dry-run] [--data DIR] [--json]',
  help: `
Checks the definitions below DIR and publishes them on the server: all of them or,
when anything is wrong, none. Those that did not change keep their version; contacts
inside a journey finish the version in which they entered.

A new journey that starts when a contact enters a segment finds contacts inside it
already. Shall they enter? On a terminal you are asked; elsewhere say it:

  --enter-existing KEY   those inside enter the journey KEY (may be repeated);
                         \`all\`: every such journey; \`none\`: nobody who is inside

  --prune     remove definitions from the server that are in no file
  --dry-run   say what would change, and change nothing
  --data DIR  data directory of the server, for its address and key
  --json      print the server's answer as JSON
`,
  options: {
    'enter-existing': { type: 'string', multiple: true }, prune: { type: 'boolean' }, 'dry-run': { type: 'boolean' },
    data: { type: 'string' }, json: { type: 'boolean' },
  },
  words: [1, 1],
  async run(call) {
    const { io } = call;
    const wanted = listOption(call, 'enter-existing');
    if (wanted.length > 1 && (wanted.includes('all') || wanted.includes('none'))) throw new UsageError('`all` and `none` stand alone.');
    const directory = await readDefinitionDirectory(call.positionals[0] ?? '', io.cwd);
    const problems = await findProblems(directory, { templates: false });
    if (problems.length > 0) {
      reportProblems(problems, directory, io);
      return 1;
    }
    const client = await adminClient(io, textOption(call, 'data'));
    const base = { files: definitionFiles(directory), prune: flagOption(call, 'prune') };
    const trial = await put(client, { ...base, dryRun: true, enterExisting: [] }, directory, io);
    if (trial === null) return 1;
    if (flagOption(call, 'dry-run')) {
      if (flagOption(call, 'json')) io.out(`${JSON.stringify(trial, null, 2)}\n`);
      else describeTrial(trial, io);
      for (const { message } of trial.warnings) io.err(`Note: ${message}\n`);
      return 0;
    }
    const enterExisting = await decide(trial.questions, wanted, io);
    for (const { message } of trial.warnings) io.err(`Note: ${message}\n`);
    const done = await put(client, { ...base, dryRun: false, enterExisting }, directory, io);
    if (done === null) return 1;
    if (flagOption(call, 'json')) io.out(`${JSON.stringify(done, null, 2)}\n`);
    else describeDone(done, enterExisting, client.url, io);
    return 0;
  },
};

interface Change {
  kind: string;
  key: string;
  change: 'added' | 'changed' | 'removed' | 'unchanged';
  version: number;
}

interface Question {
  journey: string;
  segment: string;
  inside: number;
}

interface Answer {
  version: number;
  changes: Change[];
  questions: Question[];
  warnings: { message: string }[];
}

/** Scenarios stay at home: they test journeys and are not published. */
function definitionFiles({ files, definitions }: DefinitionDirectory): { path: string; text: string }[] {
  const names = new Set(definitions.map(({ file }) => file));
  return files.filter(({ path }) => names.has(path));
}

async function put(client: AdminClient, body: unknown, directory: DefinitionDirectory, io: CliIo): Promise<Answer | null> {
  try {
    const answer = await client.request('PUT', '/api/definitions', body);
    if (!isObject(answer)) throw new CommandError(`${client.url} answers in a form that this version of the command line does not know.`);
    const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
    return { version: Number(answer['version']), changes: list(answer['changes']) as Change[], questions: list(answer['questions']) as Question[], warnings: list(answer['warnings']) as Answer['warnings'] };
  } catch (error) {
    if (!(error instanceof ApiError) || error.problems.length === 0) throw error;
    reportProblems(error.problems, directory, io);
    return null;
  }
}

/** Which of the journeys in question those inside enter. Nothing has been changed yet. */
async function decide(questions: readonly Question[], wanted: readonly string[], io: CliIo): Promise<string[]> {
  const keys = questions.map(({ journey }) => journey);
  if (wanted[0] === 'all') return keys;
  if (wanted[0] === 'none') return [];
  for (const key of wanted) {
    if (keys.includes(key)) continue;
    throw new CommandError(`--enter-existing ${key}: no new journey of that key starts on entering a segment. ${keys.length === 0 ? 'There is none at all.' : `In question: ${keys.join(', ')}.`}`);
  }
  const enter = [...wanted];
  const open = questions.filter(({ journey, inside }) => inside > 0 && !wanted.includes(journey));
  if (open.length > 0 && !io.interactive) {
    const lines = open.map((question) => `  ${sentence(question)}`);
    throw new CommandError([
      'Nothing was changed, for it has to be said first whether those already inside enter:', ...lines,
      'Say --enter-existing none, --enter-existing all, or --enter-existing KEY for each that they enter.',
    ].join('\n'));
  }
  for (const question of open) {
    const answer = await io.ask(`${sentence(question)} Shall they enter now? [y/N] `);
    if (/^\s*(y|yes)\s*$/i.test(answer)) enter.push(question.journey);
  }
  return enter;
}

function sentence({ journey, segment, inside }: Question): string {
  return `${journey} starts on entering ${segment}, and ${inside === 1 ? '1 contact is' : `${inside} contacts are`} inside already.`;
}

function describeTrial({ changes, questions }: Answer, io: CliIo): void {
  listChanges(changes, io);
  for (const question of questions) io.out(`${sentence(question)}\n`);
  io.out('Nothing was changed (--dry-run).\n');
}

function describeDone({ version, changes }: Answer, entering: readonly string[], url: string, io: CliIo): void {
  listChanges(changes, io);
  for (const key of entering) io.out(`Contacts already inside enter ${key}.\n`);
  io.out(changes.every(({ change }) => change === 'unchanged') ? `Nothing to do: ${url} has all of it (version ${version}).\n` : `Published at ${url} as version ${version}.\n`);
}

function listChanges(changes: readonly Change[], io: CliIo): void {
  const paint = paintFor(io);
  const signs = { added: paint.green('+'), changed: paint.yellow('~'), removed: paint.red('-'), unchanged: ' ' };
  for (const { kind, key, change, version } of changes) {
    if (change !== 'unchanged') io.out(`${signs[change]} ${kind === 'workspace' ? kind : `${kind} ${key}`} ${change}${change === 'removed' ? '' : ` (version ${version})`}\n`);
  }
  const same = changes.filter(({ change }) => change === 'unchanged').length;
  if (same > 0) io.out(`  ${same} unchanged\n`);
}
