import { isObject } from './admin-client.ts';

/** Whether and to whom mail leaves, as the admin API tells it. */
export interface SendingState {
  mode: 'live' | 'test' | 'stopped';
  testRecipients: string[];
}

export function sendingOf(answer: unknown): SendingState {
  const mode = isObject(answer) ? answer['mode'] : null;
  const recipients = isObject(answer) && Array.isArray(answer['testRecipients']) ? answer['testRecipients'].map(String) : [];
  return { mode: mode === 'test' || mode === 'stopped' ? mode : 'live', testRecipients: recipients };
}
