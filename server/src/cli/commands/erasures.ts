import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { applyErasures, writeErasures } from '../../erasure/erasure-file.ts';
import { DEFAULT_DATA_DIRECTORY, adminClient, isObject } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { clockOf, openWorkingDatabase } from '../open-database.ts';

export const erasuresCommand: Command = {
  synopsis: 'erasures [list | export FILE | apply FILE] [--data DIR] [--json]',
  help: `
Erasures that were made, and the way to make them again after a backup was restored.

  list         the latest receipts, as the server tells them
  export FILE  write all erasures to FILE. It names contacts under seal: only this
               installation can open it. Keep the latest one beside your backups
  apply FILE   after restoring a backup: erase once more what had been erased since.
               What the database knows already is left alone

  --data DIR      data directory of the database; a server may be running on it
                  (SAMOVAR_DATA_DIR, default ${DEFAULT_DATA_DIRECTORY})
  --database URL  any other Postgres (SAMOVAR_DATABASE_URL); for export and apply
  --json          print the answer as JSON
`,
  options: { data: { type: 'string' }, database: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 2],
  async run(call) {
    const [word = 'list', file = ''] = call.positionals;
    if (word === 'list') return list(call);
    if (word !== 'export' && word !== 'apply') throw new UsageError(`There is no erasures ${word}.`);
    if (file === '') throw new UsageError('Name the file.');
    return word === 'export' ? exportTo(call, file) : apply(call, file);
  },
};

async function list(call: Call): Promise<number> {
  const answer = await (await adminClient(call.io, textOption(call, 'data'))).request('GET', '/api/erasures');
  const items: unknown[] = isObject(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
  const lines = items.filter(isObject).map(({ id, at, status, by, reason }) => `${String(at)}  ${String(status).padEnd(7)}  ${String(id)}  ${String(by)}: ${String(reason)}\n`);
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(items, null, 2)}\n` : lines.join('') || 'Nobody was erased.\n');
  return 0;
}

async function exportTo(call: Call, file: string): Promise<number> {
  const { io } = call;
  const database = await open(call);
  try {
    const { text, count } = await writeErasures(database.db);
    await writeFile(resolve(io.cwd, file), text, { mode: 0o600 });
    io.out(flagOption(call, 'json') ? `${JSON.stringify({ erasures: count })}\n` : `${count} ${count === 1 ? 'erasure' : 'erasures'} written to ${file}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

async function apply(call: Call, file: string): Promise<number> {
  const { io } = call;
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const database = await open(call);
  try {
    const { db, shardCount } = database;
    const result = await applyErasures({ db, shardCount, now: (await clockOf(db)).now() }, text);
    if (result.kind === 'refused') throw new CommandError(`${file}: ${result.why}`);
    io.out(flagOption(call, 'json') ? `${JSON.stringify(result)}\n`
      : `${result.applied} erased once more, ${result.known} known already.${result.applied > 0 ? ' The server does it as soon as it runs.' : ''}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

function open(call: Call): ReturnType<typeof openWorkingDatabase> {
  const { env, cwd } = call.io;
  const databaseUrl = textOption(call, 'database') ?? env['SAMOVAR_DATABASE_URL'] ?? null;
  const dataDir = resolve(cwd, textOption(call, 'data') ?? env['SAMOVAR_DATA_DIR'] ?? DEFAULT_DATA_DIRECTORY);
  return openWorkingDatabase({ dataDir, databaseUrl: databaseUrl === '' ? null : databaseUrl, log: (line) => call.io.err(`${line}\n`) });
}
