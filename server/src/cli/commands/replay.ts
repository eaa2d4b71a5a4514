import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readImportMap } from '../../import/read-import-map.ts';
import { formatReplay } from '../../replay/format-replay.ts';
import { mappedEvents } from '../../replay/mapped-events.ts';
import { ndjsonEvents } from '../../replay/ndjson-events.ts';
import type { EventFile } from '../../replay/recorded-event.ts';
import { replay } from '../../replay/replay.ts';
import type { ReplayReport } from '../../replay/replay-report.ts';
import type { CliIo } from '../cli-io.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readDefinitionDirectory } from '../definition-directory.ts';
import { findProblems, reportProblems } from './validate.ts';

export const replayCommand: Command = {
  synopsis: 'replay --events FILE --definitions DIR [--map MAP.yaml] [--until TIME] [--out DIR] [--json]',
  help: `
Runs the definitions below DIR over recorded events in virtual time, and nothing is
sent: who would have entered, what would have left when, and why not. The same input
gives the same output, byte for byte.

  --events FILE      calls of the tracking API, one JSON object per line (packed by
                     gzip or not), or, with --map, any file that can be imported
  --map MAP.yaml     the import mapping of FILE
  --definitions DIR  the definitions to run
  --until TIME       let time run on to here after the last event, and leave out
                     later ones: 2026-03-31 or 2026-03-31T12:00:00Z (default: the
                     last event)
  --assume-consent   take contacts without recorded consent to have given it
  --assume-address   take contacts without recorded address to have one
  --out DIR          write decisions.ndjson, messages.ndjson and report.json
  --json             print the report as JSON

Recorded events are trusted as if a server key had brought them. An event arrives at
its \`receivedAt\`, or at its \`timestamp\`. Lines that are no events are reported with
their number and left out.
`,
  options: {
    events: { type: 'string' }, map: { type: 'string' }, definitions: { type: 'string' }, until: { type: 'string' }, out: { type: 'string' },
    'assume-consent': { type: 'boolean' }, 'assume-address': { type: 'boolean' }, json: { type: 'boolean' },
  },
  words: [0, 0],
  async run(call) {
    const { io } = call;
    const [file, definitions, out] = [textOption(call, 'events'), textOption(call, 'definitions'), textOption(call, 'out')];
    if (file === null) throw new UsageError('--events is missing.');
    if (definitions === null) throw new UsageError('--definitions is missing.');
    const until = readUntil(textOption(call, 'until'));
    const events = await openEvents(resolve(io.cwd, file), textOption(call, 'map'), io);
    const directory = await readDefinitionDirectory(definitions, io.cwd);
    const problems = await findProblems(directory, { templates: false });
    if (problems.length > 0) {
      reportProblems(problems, directory, io);
      return 1;
    }
    const { report, sha256 } = await replay({
      events, until, definitions: directory.definitions.map(({ definition }) => definition), out: out === null ? null : resolve(io.cwd, out),
      assumeConsent: flagOption(call, 'assume-consent'), assumeAddress: flagOption(call, 'assume-address'),
    });
    reportBad(report, io);
    if (flagOption(call, 'json')) io.out(`${JSON.stringify({ ...report, sha256 }, null, 2)}\n`);
    else io.out(`${formatReplay(report)}\nsha256 ${sha256}\n`);
    if (report.events.read > 0) return 0;
    io.err('There was no event to replay.\n');
    return 1;
  },
};

async function openEvents(file: string, map: string | null, io: CliIo): Promise<EventFile> {
  if (map === null) {
    if (/\.csv(\.gz)?$/i.test(file)) throw new UsageError('A CSV file needs --map, which says what its columns are.');
    return ndjsonEvents(file, 1);
  }
  const path = resolve(io.cwd, map);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CommandError(`The mapping ${map} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  return mappedEvents(file, readImportMap(text, map));
}

/** A day without a time is meant to its end. */
function readUntil(text: string | null): number | null {
  if (text === null) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = Date.parse(isDay ? `${text}T23:59:59.999Z` : text);
  if (!Number.isFinite(at)) throw new UsageError(`--until ${text} is no time; write e.g. 2026-03-31 or 2026-03-31T12:00:00Z.`);
  return at;
}

const SHOWN_BAD = 10;

function reportBad({ rejected, events }: ReplayReport, io: CliIo): void {
  for (const { line, code, message } of rejected.slice(0, SHOWN_BAD)) io.err(`line ${line}: ${message} [${code}]\n`);
  if (events.rejected > SHOWN_BAD) io.err(`… and ${events.rejected - SHOWN_BAD} more lines that are no events\n`);
}
