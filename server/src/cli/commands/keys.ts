import { adminClient, isObject } from '../admin-client.ts';
import { UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import type { AdminClient } from '../admin-client.ts';

const KINDS = ['browser', 'server', 'admin'];

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
`,
  options: { label: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 2],
  async run(call) {
    const [word = 'list', argument] = call.positionals;
    if (word === 'create' && !KINDS.includes(argument ?? '')) throw new UsageError(`A kind of key is one of ${KINDS.join(', ')}.`);
    if (word === 'revoke' && argument === undefined) throw new UsageError('Name the id of the key; samovar keys shows it.');
    if (!['list', 'create', 'revoke'].includes(word)) throw new UsageError(`There is no keys ${word}.`);
    const client = await adminClient(call.io, textOption(call, 'data'));
    const answer = await perform(call, client, word, argument ?? '');
    if (flagOption(call, 'json')) call.io.out(`${JSON.stringify(answer, null, 2)}\n`);
    else call.io.out(describe(word, argument ?? '', answer));
    return 0;
  },
};

function perform(call: Call, client: AdminClient, word: string, argument: string): Promise<unknown> {
  switch (word) {
    case 'create': return client.request('POST', '/api/keys', { kind: argument, label: textOption(call, 'label') ?? `${argument} key` });
    case 'revoke': return client.request('DELETE', `/api/keys/${encodeURIComponent(argument)}`);
    default: return client.request('GET', '/api/keys');
  }
}

function describe(word: string, argument: string, answer: unknown): string {
  if (word === 'revoke') return `The key ${argument} lets nobody in any more.\n`;
  if (word === 'create') return `${isObject(answer) ? String(answer['key']) : ''}\n`;
  const keys = isObject(answer) && Array.isArray(answer['items']) ? answer['items'].filter(isObject) : [];
  const row = (key: Record<string, unknown>): string => {
    const revoked = key['revokedAt'] === null || key['revokedAt'] === undefined ? '' : '  revoked';
    return `${String(key['id'])}  ${String(key['kind']).padEnd(7)}  ${typeof key['label'] === 'string' ? key['label'] : ''}${revoked}\n`;
  };
  return keys.length === 0 ? 'There are no keys.\n' : keys.map(row).join('');
}
