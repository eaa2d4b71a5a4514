import { adminClient, isObject } from '../admin-client.ts';
import { flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';

const OPTIONS = { data: { type: 'string' }, json: { type: 'boolean' } } as const;

export const stopSendingCommand: Command = {
  synopsis: 'stop-sending [--reason TEXT] [--data DIR] [--json]',
  help: `
The emergency stop: from now on no message of the workspace leaves. Journeys go on
deciding; what they decide waits, and what waits too long expires.

  --reason TEXT  why, shown to everybody who looks
  --data DIR     data directory of the server, for its address and key
`,
  options: { ...OPTIONS, reason: { type: 'string' } },
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

async function setStopped(call: Call, stopped: boolean): Promise<number> {
  const client = await adminClient(call.io, textOption(call, 'data'));
  const reason = textOption(call, 'reason');
  const answer = await client.request('PUT', '/api/sending', { stopped, ...(reason === null ? {} : { reason }) });
  if (flagOption(call, 'json')) call.io.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (stopped) call.io.out(`Sending is stopped at ${client.url}. End it with: samovar resume-sending\n`);
  else call.io.out(`Sending goes on at ${client.url}.${describeTestMode(answer)}\n`);
  return 0;
}

function describeTestMode(answer: unknown): string {
  return isObject(answer) && isObject(answer['testMode']) ? ' The test mode is on: only listed recipients get mail.' : '';
}
