import { adminClient } from '../admin-client.ts';
import { flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { describeSending, readSending, writeSending } from '../sending-state.ts';
import type { SendingState } from '../sending-state.ts';

const OPTIONS = { data: { type: 'string' }, json: { type: 'boolean' } } as const;

export const stopSendingCommand: Command = {
  synopsis: 'stop-sending [--data DIR] [--json]',
  help: `
The emergency stop: within a fraction of a second no message of the workspace leaves
any more. Journeys go on deciding; what they decide waits, and what waits too long
expires.

  --data DIR  data directory of the server, for its address and key
  --json      print the state as JSON
`,
  options: OPTIONS,
  words: [0, 0],
  async run(call) {
    const client = await adminClient(call.io, textOption(call, 'data'));
    return report(call, await writeSending(client, { mode: 'stopped' }));
  },
};

export const resumeSendingCommand: Command = {
  synopsis: 'resume-sending [--data DIR] [--json]',
  help: `
Ends the emergency stop: what waits and has not expired leaves now. Where the test
mode was on, it is on again.

  --data DIR  data directory of the server, for its address and key
  --json      print the state as JSON
`,
  options: OPTIONS,
  words: [0, 0],
  async run(call) {
    const client = await adminClient(call.io, textOption(call, 'data'));
    const { testRecipients } = await readSending(client);
    return report(call, await writeSending(client, { mode: testRecipients.length > 0 ? 'test' : 'live' }));
  },
};

function report(call: Call, state: SendingState): number {
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(state, null, 2)}\n` : `${describeSending(state)}\n`);
  return 0;
}
