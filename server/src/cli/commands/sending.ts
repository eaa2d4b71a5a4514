import { adminClient } from '../admin-client.ts';
import { flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { sendingOf } from '../sending-state.ts';

const OPTIONS = { data: { type: 'string' }, json: { type: 'boolean' } } as const;

export const stopSendingCommand: Command = {
  synopsis: 'stop-sending [--data DIR] [--json]',
  help: `
The emergency stop: from now on no message of the workspace leaves. Journeys go on
deciding; what they decide waits, and what waits too long expires.

  --data DIR  data directory of the server, for its address and key
`,
  options: OPTIONS,
  words: [0, 0],
  run: (call) => setStopped(call, true),
};

export const resumeSendingCommand: Command = {
  synopsis: 'resume-sending [--data DIR] [--json]',
  help: `
Ends the emergency stop: what waits and has not expired leaves now.

  --data DIR  data directory of the server, for its address and key
`,
  options: OPTIONS,
  words: [0, 0],
  run: (call) => setStopped(call, false),
};

/** A stop keeps the test recipients, so that its end leads back to where it came from. */
async function setStopped(call: Call, stopped: boolean): Promise<number> {
  const client = await adminClient(call.io, textOption(call, 'data'));
  const before = sendingOf(await client.request('GET', '/api/sending'));
  const mode = stopped ? 'stopped' : before.testRecipients.length > 0 ? 'test' : 'live';
  const answer = await client.request('PUT', '/api/sending', { mode });
  if (flagOption(call, 'json')) call.io.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (stopped) call.io.out(`Sending is stopped at ${client.url}. End it with: samovar resume-sending\n`);
  else call.io.out(`Sending goes on at ${client.url}.${mode === 'test' ? ' The test mode is on: only listed recipients get mail.' : ''}\n`);
  return 0;
}
