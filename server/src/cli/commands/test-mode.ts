import { isEmailAddress } from '@samovar/contract';
import { adminClient } from '../admin-client.ts';
import { UsageError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { describeSending, readSending, writeSending } from '../sending-state.ts';

export const testModeCommand: Command = {
  synopsis: 'test-mode [on ADDRESS… | off] [--data DIR] [--json]',
  help: `
In test mode only the listed recipients get real mail; every other message is
decided and then cancelled. Without words it says how things stand.

  samovar test-mode on me@example.com @our-shop.example
  samovar test-mode off

An address that begins with @ stands for a whole domain.

  --data DIR  data directory of the server, for its address and key
  --json      print the state as JSON
`,
  options: { data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 101],
  async run(call) {
    const [word, ...recipients] = call.positionals;
    if (word !== undefined && word !== 'on' && word !== 'off') throw new UsageError(`${word} is neither on nor off.`);
    if (word === 'on' && recipients.length === 0) throw new UsageError('Name at least one recipient.');
    if (word === 'off' && recipients.length > 0) throw new UsageError('`off` takes no recipients.');
    for (const one of recipients) if (!isEmailAddress(one.startsWith('@') ? `any${one}` : one)) throw new UsageError(`${one} is no address.`);
    const client = await adminClient(call.io, textOption(call, 'data'));
    const before = await readSending(client);
    // A stop stays a stop, whoever is on the list.
    const mode = before.mode === 'stopped' ? 'stopped' : word === 'on' ? 'test' : 'live';
    const state = word === undefined ? before : await writeSending(client, { mode, testRecipients: recipients });
    call.io.out(flagOption(call, 'json') ? `${JSON.stringify(state, null, 2)}\n` : `${describeSending(state)}\n`);
    return 0;
  },
};
