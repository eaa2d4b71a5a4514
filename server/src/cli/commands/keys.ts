import { adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';

const KINDS = ['browser', 'server', 'admin'];
/** So much of an id is shown, and enough to name a key by. */
const SHORT_ID_LENGTH = 12;

export const keysCommand: Command = {
  synopsis: 'keys [list | create KIND [--label TEXT] | revoke ID] [--data DIR] [--json]',
  help: `
Keys let programs in. KIND is one of:

  browser  public, for the script on a site: may tell events, is not trusted
  server   secret, for a shop's back end: may grant consent and set verified traits
  admin    secret, for people and this command line: may do everything

A new key is shown once.

  --label TEXT  what it is for
  --data DIR    data directory of the server, for its address and key
  --json        print the answer as JSON
`,
  options: { label: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 2],
  async run(call) {
    const [word = 'list', argument = ''] = call.positionals;
    if (word === 'create' && !KINDS.includes(argument)) throw new UsageError(`A kind of key is one of ${KINDS.join(', ')}.`);
    if (word === 'revoke' && argument === '') throw new UsageError('Name the id of the key; samovar keys shows it.');
    if (!['list', 'create', 'revoke'].includes(word)) throw new UsageError(`There is no keys ${word}.`);
    const client = await adminClient(call.io, textOption(call, 'data'));
    const say = (answer: unknown, text: string): number => {
      call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : text);
      return 0;
    };
    if (word === 'create') {
      const made = await client.request('POST', '/api/keys', { kind: argument, label: textOption(call, 'label') ?? `${argument} key` });
      return say(made, `${isObject(made) && typeof made['key'] === 'string' ? made['key'] : ''}\n`);
    }
    const keys = await listKeys(client);
    if (word === 'list') return say(keys, keys.length === 0 ? 'There are no keys.\n' : keys.map(describe).join(''));
    const key = findKey(keys, argument);
    await client.request('DELETE', `/api/keys/${key.id}`);
    return say({ revoked: key.id }, `The key ${key.label} (${key.id.slice(0, SHORT_ID_LENGTH)}) lets nobody in any more.\n`);
  },
};

interface Key {
  id: string;
  kind: string;
  label: string;
  revokedAt: string | null;
}

async function listKeys(client: AdminClient): Promise<Key[]> {
  const answer = await client.request('GET', '/api/keys');
  const items: unknown[] = isObject(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
  return items.filter(isObject).map(({ id, kind, label, revokedAt }) => ({ id: String(id), kind: String(kind), label: String(label), revokedAt: typeof revokedAt === 'string' ? revokedAt : null }));
}

function findKey(keys: readonly Key[], id: string): Key {
  const found = keys.filter((key) => key.id.startsWith(id));
  const [key] = found;
  if (key === undefined) throw new CommandError(`There is no key ${id}.`);
  if (found.length > 1) throw new CommandError(`${found.length} keys begin with ${id}; write more of the id.`);
  return key;
}

function describe({ id, kind, label, revokedAt }: Key): string {
  return `${id.slice(0, SHORT_ID_LENGTH)}  ${kind.padEnd(7)}  ${label}${revokedAt === null ? '' : '  (revoked)'}\n`;
}
