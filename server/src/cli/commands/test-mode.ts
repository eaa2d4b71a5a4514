import { isEmailAddress } from '@samovar/contract';
import { adminClient } from '../admin-client.ts';
import { UsageError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { sendingOf } from '../sending-state.ts';
import type { SendingState } from '../sending-state.ts';

export const testModeCommand: Command = {
  synopsis: 'test-mode [on ADDRESS… | off] [--data DIR] [--json]',
  help: `
In test mode only the listed recipients get real mail; every other message is
decided and counted and does not leave. Without words it says how things stand.

  samovar test-mode on me@example.com @our-shop.example
  samovar test-mode off

An address that begins with @ stands for a whole domain.

  --data DIR  data directory of the server, for its address and key
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
    const answer = word === undefined
      ? await client.request('GET', '/api/sending')
      : await client.request('PUT', '/api/sending', word === 'on' ? { mode: 'test', testRecipients: recipients } : { mode: 'live', testRecipients: [] });
    call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : `${describe(sendingOf(answer))}\n`);
    return 0;
  },
};

function describe({ mode, testRecipients }: SendingState): string {
  const stopped = mode === 'stopped' ? ' Sending is stopped.' : '';
  if (testRecipients.length === 0) return `The test mode is off: mail reaches everybody.${stopped}`;
  return `The test mode is on. Mail reaches: ${testRecipients.join(', ')}.${stopped}`;
}
