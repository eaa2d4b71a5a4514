import { isObject } from './admin-client.ts';
import type { AdminClient } from './admin-client.ts';
import { CommandError } from './command.ts';

/** Whether and to whom mail leaves. The recipients of the test mode are kept during an emergency stop. */
export interface SendingState {
  mode: 'live' | 'test' | 'stopped';
  testRecipients: string[];
}

export async function readSending(client: AdminClient): Promise<SendingState> {
  return stateOf(await client.request('GET', '/api/sending'), client);
}

export async function writeSending(client: AdminClient, state: Partial<SendingState> & Pick<SendingState, 'mode'>): Promise<SendingState> {
  return stateOf(await client.request('PUT', '/api/sending', state), client);
}

function stateOf(answer: unknown, client: AdminClient): SendingState {
  const mode = isObject(answer) ? (['live', 'test', 'stopped'] as const).find((one) => one === answer['mode']) : undefined;
  if (!isObject(answer) || mode === undefined) throw new CommandError(`${client.url} answers in a form that this version of the command line does not know.`);
  return { mode, testRecipients: Array.isArray(answer['testRecipients']) ? answer['testRecipients'].map(String) : [] };
}

/** How things stand, in a sentence. */
export function describeSending({ mode, testRecipients }: SendingState): string {
  const list = testRecipients.join(', ');
  switch (mode) {
    case 'live': return 'Mail reaches everybody.';
    case 'test': return `The test mode is on. Mail reaches: ${list}.`;
    case 'stopped': return `Sending is stopped. End it with: samovar resume-sending${testRecipients.length === 0 ? '' : `\nThe test mode is on, so mail will then reach: ${list}.`}`;
  }
}
