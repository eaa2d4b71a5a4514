import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { importFile } from '../../import/import-file.ts';
import type { ImportStatus, ImportSummary } from '../../import/import-file.ts';
import { readImportMap } from '../../import/read-import-map.ts';
import { DEFAULT_DATA_DIRECTORY } from '../admin-client.ts';
import type { CliIo } from '../cli-io.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { clockOf, openWorkingDatabase, workspaceOf } from '../open-database.ts';

export const importCommand: Command = {
  synopsis: 'import FILE --map MAP.yaml [--trigger] [--rejected FILE] [--data DIR] [--json]',
  help: `
Imports contacts, events or orders from a CSV or NDJSON file (packed by gzip or not).
MAP.yaml says what its columns mean. Imported history updates contacts and segments
and starts nothing; the same lines imported again count once. An import that was
interrupted goes on where it stopped when it is started again.

  --map MAP.yaml    what the columns mean
  --trigger         let what is imported start journeys, as if it happened now
  --rejected FILE   where bad lines are reported (default: FILE.rejected.ndjson)
  --workspace NAME  which workspace, where there are several
  --data DIR        data directory of the database; a server may be running on it
                    (SAMOVAR_DATA_DIR, default ${DEFAULT_DATA_DIRECTORY})
  --database URL    any other Postgres (SAMOVAR_DATABASE_URL)
  --json            print the summary as JSON
`,
  options: {
    map: { type: 'string' }, trigger: { type: 'boolean' }, rejected: { type: 'string' }, workspace: { type: 'string' },
    data: { type: 'string' }, database: { type: 'string' }, json: { type: 'boolean' },
  },
  words: [1, 1],
  async run(call) {
    const { io } = call;
    const file = call.positionals[0] ?? '';
    const map = textOption(call, 'map');
    if (map === null) throw new UsageError('--map is missing: it says what the columns of the file mean.');
    const text = await readFile(resolve(io.cwd, map), 'utf8').catch((error: unknown) => {
      throw new CommandError(`The mapping ${map} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    });
    const mapping = readImportMap(text, map);
    const database = await openWorkingDatabase({ ...databaseOf(call), log: (line) => io.err(`${line}\n`) });
    const { db, shardCount } = database;
    try {
      const clock = await clockOf(db);
      const workspaceId = await workspaceOf(db, textOption(call, 'workspace'), clock);
      const stop = new AbortController();
      void io.interrupted().then(() => stop.abort());
      const rejected = textOption(call, 'rejected');
      const summary = await importFile({
        db, clock, shardCount, workspaceId, file: resolve(io.cwd, file), map: mapping, trigger: flagOption(call, 'trigger'), signal: stop.signal,
        onProgress: progressBar(io), ...(rejected === null ? {} : { rejectedFile: resolve(io.cwd, rejected) }),
      });
      if (io.interactive) io.err('\r\u001b[K');
      io.out(flagOption(call, 'json') ? `${JSON.stringify(summary, null, 2)}\n` : describe(summary));
      return summary.complete ? 0 : 1;
    } finally {
      await database.close();
    }
  },
};

/** Where the database is, by options and environment. */
function databaseOf(call: Call): { dataDir: string; databaseUrl: string | null } {
  const { env, cwd } = call.io;
  const url = textOption(call, 'database') ?? env['SAMOVAR_DATABASE_URL'] ?? '';
  return { dataDir: resolve(cwd, textOption(call, 'data') ?? env['SAMOVAR_DATA_DIR'] ?? DEFAULT_DATA_DIRECTORY), databaseUrl: url === '' ? null : url };
}

const BAR_WIDTH = 30;

function progressBar(io: CliIo): (status: ImportStatus) => void {
  if (!io.interactive) return () => {};
  return ({ bytesRead, bytesTotal, lines, rejectedLines }) => {
    const share = bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal);
    const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
    const bad = rejectedLines === 0 ? '' : `, ${rejectedLines.toLocaleString('en')} bad`;
    io.err(`\r\u001b[K${bar} ${Math.floor(share * 100)} %  ${lines.toLocaleString('en')} lines${bad}`);
  };
}

function describe(summary: ImportSummary): string {
  const { complete, lines, rejectedLines, rejectedFile, linesWithoutContact, contacts, events, orders, refunds, revenue, records, appended, duplicates, resumedAt } = summary;
  const number = (value: number): string => value.toLocaleString('en');
  const counts = Object.entries({ contacts, events, orders, refunds }).filter(([, count]) => count > 0).map(([name, count]) => `${number(count)} ${name}`);
  const money = Object.entries(revenue).map(([currency, amount]) => `${amount} ${currency}`);
  return [
    complete ? `${number(lines)} lines: ${counts.join(', ')}${money.length > 0 ? `, revenue ${money.join(', ')}` : ''}` : 'Interrupted. Start it again, and it goes on from here.',
    ...(linesWithoutContact > 0 ? [`${number(linesWithoutContact)} lines name no contact`] : []),
    ...(rejectedLines > 0 ? [`${number(rejectedLines)} bad lines, see ${rejectedFile ?? 'above'}`] : []),
    `${number(records)} records, ${number(appended)} of them new${duplicates > 0 ? `, ${number(duplicates)} known already` : ''}${resumedAt > 0 ? `, ${number(resumedAt)} imported by an earlier run` : ''}`,
  ].map((line) => `${line}\n`).join('');
}
