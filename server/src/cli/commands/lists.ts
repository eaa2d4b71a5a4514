import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, listOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';

const POLL_INTERVAL_MS = 300;
/** Bad lines that are written out; the server keeps more. */
const SHOWN_PROBLEMS = 20;
/** People of one request at most. */
const CHUNK = 1_000;

export const listsCommand: Command = {
  synopsis: 'lists [create KEY | delete KEY | add KEY WHO… | remove KEY WHO… | import KEY FILE] [options] [--data DIR] [--json]',
  help: `
Lists are people put together by hand, beside segments, which keep themselves. Without
words all lists are shown.

  create KEY         make a list
  delete KEY         take everybody off it, and delete it
  add KEY WHO…       put people on it; WHO is an e-mail address, a contact's id or a
                     user id; a stranger becomes a contact, without any consent
  remove KEY WHO…    take people off it
  import KEY FILE    read a CSV file onto it, whose first line names the columns

  --name TEXT        for create: how people call it
  --email COLUMN     for import: the column with e-mail addresses
  --user COLUMN      the column with user ids
  --phone COLUMN     the column with phone numbers
  --trait NAME=COLUMN  a column that is a trait (may be repeated)
  --delimiter CHAR   what stands between columns (default: a comma)
  --trigger          let journeys start that start on joining
  --dry-run          say what would happen with the first lines, and change nothing
  --data DIR         data directory of the server, for its address and key
  --json             print the server's answer as JSON
`,
  options: {
    name: { type: 'string' }, email: { type: 'string' }, user: { type: 'string' }, phone: { type: 'string' }, trait: { type: 'string', multiple: true }, delimiter: { type: 'string' },
    trigger: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, data: { type: 'string' }, json: { type: 'boolean' },
  },
  words: [0, Infinity],
  async run(call) {
    const [word = 'list', key, ...rest] = call.positionals;
    checkWords(word, key, rest);
    const client = await adminClient(call.io, textOption(call, 'data'));
    const path = `/api/lists/${encodeURIComponent(key ?? '')}`;
    switch (word) {
      case 'create': {
        const name = textOption(call, 'name');
        return say(call, await client.request('POST', '/api/lists', { key, ...(name === null ? {} : { name }) }), `The list ${key ?? ''} is made.`);
      }
      case 'delete': {
        const answer = await client.request('DELETE', path);
        return say(call, answer, `${count(answer, 'removed')} were on ${key ?? ''}; it is deleted.`);
      }
      case 'add': {
        const answer = await inChunks(rest, (members) => client.request('POST', `${path}/members`, { members }), ['added', 'created']);
        return say(call, answer, `${answer['added'] ?? 0} put on ${key ?? ''}, ${answer['created'] ?? 0} of them new.`);
      }
      case 'remove': {
        const answer = await inChunks(rest, (members) => client.request('DELETE', `${path}/members`, { members }), ['removed']);
        return say(call, answer, `${answer['removed'] ?? 0} taken off ${key ?? ''}.`);
      }
      case 'import': return importFile(call, client, path, rest[0] ?? '');
      default: return showLists(call, client);
    }
  },
};

function checkWords(word: string, key: string | undefined, rest: readonly string[]): void {
  if (word === 'list') return;
  if (!['create', 'delete', 'add', 'remove', 'import'].includes(word)) throw new UsageError(`There is no lists ${word}.`);
  if (key === undefined) throw new UsageError('Name the key of the list; samovar lists shows them.');
  if ((word === 'add' || word === 'remove') && rest.length === 0) throw new UsageError('Name somebody: an e-mail address, a contact\'s id or a user id.');
  if (word === 'import' && rest.length !== 1) throw new UsageError('Name one file.');
}

function say(call: Call, answer: unknown, text: string): number {
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : `${text}\n`);
  return 0;
}

async function showLists(call: Call, client: AdminClient): Promise<number> {
  const answer = await client.request('GET', '/api/lists');
  const items = itemsOf(answer, 'items');
  const width = Math.max(0, ...items.map(({ key }) => String(key).length));
  return say(call, items, items.length === 0 ? 'There are no lists.' : items.map(({ key, name, members }) => `${String(key).padEnd(width)}  ${Number(members).toLocaleString('en').padStart(9)}  ${String(name)}`).join('\n'));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function whoOf(text: string): object {
  if (text.includes('@')) return { email: text };
  return UUID.test(text) ? { contactId: text } : { userId: text };
}

async function inChunks(names: readonly string[], send: (members: object[]) => Promise<unknown>, fields: readonly string[]): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (let from = 0; from < names.length; from += CHUNK) {
    const answer = await send(names.slice(from, from + CHUNK).map(whoOf));
    for (const field of fields) sums[field] = (sums[field] ?? 0) + count(answer, field);
  }
  return sums;
}

function mappingOf(call: Call): object {
  const columns = { email: textOption(call, 'email'), userId: textOption(call, 'user'), phone: textOption(call, 'phone') };
  if (Object.values(columns).every((column) => column === null)) throw new UsageError('Name the column that says who it is: --email, --user or --phone.');
  const traits = Object.fromEntries(listOption(call, 'trait').map((text): [string, string] => {
    const [name, column] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
    if (!text.includes('=') || name === '' || column === '') throw new UsageError(`--trait ${text}: write NAME=COLUMN.`);
    return [name, column];
  }));
  const delimiter = textOption(call, 'delimiter');
  return { ...Object.fromEntries(Object.entries(columns).filter(([, column]) => column !== null)), traits, ...(delimiter === null ? {} : { delimiter }) };
}

async function importFile(call: Call, client: AdminClient, path: string, file: string): Promise<number> {
  const { io } = call;
  const mapping = mappingOf(call);
  const csv = await readFile(resolve(io.cwd, file), 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const body = { csv, file: basename(file), mapping, trigger: flagOption(call, 'trigger') };
  if (flagOption(call, 'dry-run')) {
    const answer = await client.request('POST', `${path}/import/try`, body);
    return say(call, answer, itemsOf(answer, 'lines').map(describeTried).join('\n'));
  }
  let answer = await client.request('POST', `${path}/import`, body);
  while (isObject(answer) && answer['state'] === 'running') {
    await sleep(POLL_INTERVAL_MS);
    answer = await client.request('GET', `${path}/imports/${String(answer['id'])}`);
    if (io.interactive && isObject(answer)) io.err(`\r\u001b[K${String(answer['people'])} people, ${String(answer['badLines'])} bad lines`);
  }
  if (io.interactive) io.err('\r\u001b[K');
  if (isObject(answer) && answer['state'] === 'failed') throw new CommandError(`The import stopped: ${String(answer['failure'])}`);
  const bad = count(answer, 'badLines');
  const problems = itemsOf(answer, 'problems').slice(0, SHOWN_PROBLEMS).map(({ line, message }) => `line ${String(line)}: ${String(message)}`);
  const rest = bad > problems.length ? [`and ${bad - problems.length} more`] : [];
  return say(call, answer, [`${count(answer, 'people').toLocaleString('en')} people read, ${bad.toLocaleString('en')} bad lines`, ...problems, ...rest].join('\n'));
}

function describeTried({ kind, line, message, identifiers, would }: Record<string, unknown>): string {
  if (kind === 'bad') return `line ${String(line)}: ${String(message)}`;
  const names = Array.isArray(identifiers) ? identifiers.filter(isObject).map(({ value }) => String(value)).join(', ') : '';
  const words: Readonly<Record<string, string>> = { create: 'becomes a contact and joins', add: 'joins', stay: 'is on the list already' };
  return `line ${String(line)}: ${names} ${words[String(would)] ?? String(would)}`;
}

function itemsOf(answer: unknown, name: string): Record<string, unknown>[] {
  const items: unknown[] = isObject(answer) && Array.isArray(answer[name]) ? answer[name] : [];
  return items.filter(isObject);
}

function count(answer: unknown, name: string): number {
  return isObject(answer) && typeof answer[name] === 'number' ? answer[name] : 0;
}
