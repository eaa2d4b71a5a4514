import { setTimeout as sleep } from 'node:timers/promises';
import { adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';

const WORDS = ['pause', 'resume', 'cancel'];
const POLL_INTERVAL_MS = 500;
const BAR_WIDTH = 30;

export const backfillCommand: Command = {
  synopsis: 'backfill [pause | resume | cancel] [--wait] [--data DIR] [--json]',
  help: `
A segment that is published or changed is applied to the contacts that are there, from
their history, while events go on being decided. Without words this says how far it is.

  pause   hold it, and what is published from now on, until it is resumed
  resume  go on where it was held
  cancel  take back what is still being applied: what held before holds again, and
          contacts that were reached already are brought back; nothing is started

  --wait      show the progress until it is done; fails when it is paused
  --data DIR  data directory of the server, for its address and key
  --json      print the state as JSON
`,
  options: { wait: { type: 'boolean' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 1],
  async run(call) {
    const [word] = call.positionals;
    if (word !== undefined && !WORDS.includes(word)) throw new UsageError(`There is no backfill ${word}; there are ${WORDS.join(', ')}.`);
    const client = await adminClient(call.io, textOption(call, 'data'));
    const answer = await (word === undefined ? client.request('GET', '/api/backfill') : client.request('POST', `/api/backfill/${word}`));
    const changes = changesOf(answer);
    const state = flagOption(call, 'wait') ? await waitFor(call, client, backfillOf(answer)) : backfillOf(answer);
    if (flagOption(call, 'json')) call.io.out(`${JSON.stringify({ ...state, ...(changes.length > 0 ? { changes } : {}) }, null, 2)}\n`);
    else call.io.out(`${[...changes.map(({ kind, key, change }) => `${kind} ${key} ${change}`), describe(state)].join('\n')}\n`);
    return 0;
  },
};

interface Backfill {
  state: string;
  /** Also where nothing is left to do: then it holds what is published next. */
  pausedSince: string | null;
  restores: number | null;
  contacts: { done: number; of: number };
  segments: string[];
}

function backfillOf(answer: unknown): Backfill {
  if (!isObject(answer) || !isObject(answer['contacts'])) throw new CommandError('The server answers with something that is no backfill; is it of another version?');
  const { state, pausedSince, restores, contacts, segments } = answer;
  return {
    state: String(state), pausedSince: typeof pausedSince === 'string' ? pausedSince : null, restores: typeof restores === 'number' ? restores : null,
    contacts: { done: Number(contacts['done']), of: Number(contacts['of']) }, segments: Array.isArray(segments) ? segments.map(String) : [],
  };
}

function changesOf(answer: unknown): { kind: string; key: string; change: string }[] {
  const changes: unknown[] = isObject(answer) && Array.isArray(answer['changes']) ? answer['changes'] : [];
  return changes.filter(isObject).map(({ kind, key, change }) => ({ kind: String(kind), key: String(key), change: String(change) })).filter(({ change }) => change !== 'unchanged');
}

async function waitFor({ io }: Call, client: AdminClient, first: Backfill): Promise<Backfill> {
  let state = first;
  while (state.state !== 'complete') {
    if (state.state === 'paused') throw new CommandError(`${describe(state)} Go on with: samovar backfill resume`);
    if (io.interactive) io.err(`\r\u001b[K${bar(state)}`);
    await sleep(POLL_INTERVAL_MS);
    state = backfillOf(await client.request('GET', '/api/backfill'));
  }
  if (io.interactive) io.err('\r\u001b[K');
  return state;
}

const shareOf = ({ contacts: { done, of } }: Backfill): number => (of === 0 ? 0 : Math.min(1, done / of));

function bar(state: Backfill): string {
  const share = shareOf(state);
  return `${'█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░')} ${Math.floor(share * 100)} %  ${state.segments.join(', ')}`;
}

function describe(state: Backfill): string {
  const { contacts: { done, of }, segments } = state;
  if (state.state === 'complete') return `Everybody has been looked at: all segments are current.${state.pausedSince === null ? '' : ' Paused: what is published now waits for samovar backfill resume.'}`;
  const what = segments.length === 0 ? '' : ` Not all members are known yet of: ${segments.join(', ')}.`;
  const doing = state.restores === null ? 'Contacts are being brought up to what was published' : 'What was cancelled is being taken back';
  return `${state.state === 'paused' ? 'Paused. ' : ''}${doing}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')} (${Math.floor(shareOf(state) * 100)} %).${what}`;
}
