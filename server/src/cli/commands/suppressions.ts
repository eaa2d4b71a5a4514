import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ApiError, adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { readSuppressionList } from '../read-suppression-list.ts';

/** Entries of one request. */
const BATCH = 5_000;
const PAGE = 500;
/** So many bad lines are shown; the rest is counted. */
const SHOWN_BAD_LINES = 50;

export const suppressionsCommand: Command = {
  synopsis: 'suppressions [export [FILE] | import FILE | add ADDRESS [--reason TEXT] | remove ADDRESS] [--data DIR] [--json]',
  help: `
Addresses that are never written to: they bounced for good, their owner complained,
or somebody put them on the list. Without a word it says how many there are and why.

  export [FILE]   writes SHA-256,reason,time, one address a line; without FILE to the screen
  import FILE     takes one address or SHA-256 a line, with a reason and a time behind
                  commas where they are known; if a line is bad, nothing is taken
  add ADDRESS     never write to it again
  remove ADDRESS  let it be written to again; a SHA-256 will do

The server keeps no addresses in this list, only the SHA-256 of each, trimmed and in
small letters, in hexadecimal digits: printf %s anna@example.com | sha256sum

  --reason TEXT  why: bounced, complained, manual or words of your own (default manual)
  --data DIR     data directory of the server, for its address and key
  --json         print the answer as JSON
`,
  options: { reason: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 2],
  async run(call) {
    const [word = '', argument = ''] = call.positionals;
    if (!['', 'export', 'import', 'add', 'remove'].includes(word)) throw new UsageError(`There is no suppressions ${word}.`);
    if (word === 'import' && argument === '') throw new UsageError('Name the file to import.');
    if ((word === 'add' || word === 'remove') && argument === '') throw new UsageError(`Name the address to ${word}.`);
    // A file is read before anything is asked of the server: what is bad about it is told without one.
    const items = word === 'import' ? await readList(call, argument) : [];
    if (items === null) return 1;
    const client = await adminClient(call.io, textOption(call, 'data'));
    switch (word) {
      case 'export': return exportList(call, client, argument);
      case 'import': return importList(call, client, items);
      case 'add': return add(call, client, argument);
      case 'remove': return remove(call, client, argument);
      default: return overview(call, client);
    }
  },
};

function say(call: Call, answer: unknown, text: string): number {
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : text);
  return 0;
}

interface Listed {
  addressDigest: string;
  reason: string;
  at: string;
}

async function* everyone(client: AdminClient): AsyncGenerator<Listed> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await client.request('GET', `/api/suppressions?limit=${PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    const items: unknown[] = isObject(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
    yield* items.filter(isObject).map(({ addressDigest, reason, at }) => ({ addressDigest: String(addressDigest), reason: String(reason), at: String(at) }));
    cursor = isObject(answer) && typeof answer['next'] === 'string' ? answer['next'] : null;
  }
}

async function overview(call: Call, client: AdminClient): Promise<number> {
  const counts: Record<string, number> = {};
  let total = 0;
  for await (const { reason } of everyone(client)) {
    counts[reason] = (counts[reason] ?? 0) + 1;
    total += 1;
  }
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a).map(([reason, count]) => `${String(count).padStart(8)}  ${reason}\n`);
  return say(call, { total, reasons: counts }, total === 0 ? 'No address is suppressed.\n' : `${total} suppressed:\n${rows.join('')}`);
}

async function exportList(call: Call, client: AdminClient, file: string): Promise<number> {
  const rows: Listed[] = [];
  let old = 0;
  for await (const one of everyone(client)) {
    if (one.addressDigest.length === 64) rows.push(one);
    else old += 1;
  }
  // A comma or a line break in a reason would make another list of it.
  const text = `sha256,reason,at\n${rows.map(({ addressDigest, reason, at }) => `${addressDigest},${reason.replace(/[,\r\n]+/g, ' ')},${at}\n`).join('')}`;
  if (old > 0) call.io.err(`${old} left out: they were suppressed before lists could be exported, in a form that means nothing elsewhere.\n`);
  if (file === '') return say(call, rows, text);
  await writeFile(resolve(call.io.cwd, file), text).catch((error: unknown) => {
    throw new CommandError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  });
  return say(call, { file, exported: rows.length, leftOut: old }, `${rows.length} written to ${file}.\n`);
}

/** null: lines are bad, and have been shown. */
async function readList(call: Call, file: string): Promise<object[] | null> {
  const text = await readFile(resolve(call.io.cwd, file), 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { lines, bad } = readSuppressionList(text);
  if (bad.length === 0) return lines;
  for (const { line, text: shown, why } of bad.slice(0, SHOWN_BAD_LINES)) call.io.err(`${file}:${line} ${why}\n  ${shown}\n`);
  if (bad.length > SHOWN_BAD_LINES) call.io.err(`and ${bad.length - SHOWN_BAD_LINES} more\n`);
  call.io.err(`\n${bad.length} bad ${bad.length === 1 ? 'line' : 'lines'}; nothing was imported.\n`);
  return null;
}

async function importList(call: Call, client: AdminClient, items: readonly object[]): Promise<number> {
  let added = 0;
  for (let from = 0; from < items.length; from += BATCH) {
    try {
      const answer = await client.request('POST', '/api/suppressions/import', { items: items.slice(from, from + BATCH) });
      added += isObject(answer) && typeof answer['added'] === 'number' ? answer['added'] : 0;
    } catch (error) {
      if (from === 0 || !(error instanceof Error)) throw error;
      throw new CommandError(`${error.message}\nThe first ${from} lines are in. Import the file again: what is known already stays as it is.`);
    }
  }
  const known = items.length - added;
  return say(call, { added, known }, `${added} added${known === 0 ? '' : `, ${known} known before`}.\n`);
}

async function add(call: Call, client: AdminClient, address: string): Promise<number> {
  const answer = await client.request('POST', '/api/suppressions', { address, reason: textOption(call, 'reason') ?? 'manual' });
  const added = isObject(answer) && answer['added'] === true;
  return say(call, answer, added ? `${address} is not written to any more.\n` : `${address} was on the list already.\n`);
}

async function remove(call: Call, client: AdminClient, who: string): Promise<number> {
  const name = /^[0-9a-f]{64}$/i.test(who) ? 'sha256' : 'address';
  try {
    await client.request('DELETE', `/api/suppressions?${name}=${encodeURIComponent(who)}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw new CommandError(`${who} is not on the list.`);
    throw error;
  }
  return say(call, { removed: who }, `${who} may be written to again.\n`);
}
