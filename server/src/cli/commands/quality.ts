import { setTimeout as sleep } from 'node:timers/promises';
import { adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { CommandError, UsageError, flagOption, listOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { bar, describeReport, type ReportView } from '../quality-view.ts';

const POLL_INTERVAL_MS = 300;
const USUAL_LIMIT = 50;
const PAGE_LIMIT = 500;

/** What each word does, and how many more words it takes at least and at most. */
const WORDS: Readonly<Record<string, { takes: readonly [number, number]; run: (call: Call, client: AdminClient, words: string[]) => Promise<number> }>> = {
  contacts: { takes: [1, 1], run: contacts },
  values: { takes: [1, 1], run: values },
  accept: { takes: [1, 2], run: accept },
  reject: { takes: [2, 2], run: (call, client, [trait = '', value = '']) => choose(call, client, trait, { value, choice: 'rejected' }) },
  replace: { takes: [3, 3], run: (call, client, [trait = '', value = '', canonical = '']) => choose(call, client, trait, { value, choice: 'replaced', canonical }) },
  apply: { takes: [1, 1], run: apply },
  duplicates: { takes: [1, 1], run: duplicates },
  merge: { takes: [2, 2], run: merge },
  settings: { takes: [0, 0], run: settings },
};

export const qualityCommand: Command = {
  synopsis: 'quality [WORD …] [--refresh] [--no-dns] [--limit N] [--data DIR] [--json]',
  help: `
How good the data is: real visitors, reachable addresses, duplicates, what is missing,
values that are not canonical, subscribers who stayed, what came last. Without words it
shows the latest report; with --refresh it makes a new one first.

  samovar quality contacts FIGURE            the contacts behind a figure
  samovar quality values TRAIT               values that are not canonical, and what
                                             would be written instead
  samovar quality accept TRAIT [VALUE]       take a proposal, or all of a trait
  samovar quality replace TRAIT VALUE OTHER  write OTHER instead
  samovar quality reject TRAIT VALUE         leave the value as it is
  samovar quality apply TRAIT                write what was accepted and replaced
  samovar quality duplicates KIND            groups: email, phone, name-birthday or
                                             name-city
  samovar quality merge KIND GROUP           make one contact of a group
  samovar quality settings                   what the report looks at; with options
                                             change it

  --refresh           make a new report and wait for it
  --no-dns            do not ask name servers whether domains take mail
  --value VALUE       of contacts: only those with this value of value:TRAIT
  --limit N           most lines (default ${USUAL_LIMIT})
  --all               of values: show those that are right as well
  --expect TRAITS     of settings: what every contact should have; \`used\`: what
                      definitions use
  --countries TRAITS  of settings: traits that hold countries; \`usual\`: the usual ones
  --categories TRAITS of settings: traits that hold one of a few words; \`none\`
  --data DIR          data directory of the server, for its address and key
  --json              print the answer as JSON
`,
  options: {
    refresh: { type: 'boolean' }, 'no-dns': { type: 'boolean' }, value: { type: 'string' }, limit: { type: 'string' }, all: { type: 'boolean' }, expect: { type: 'string' },
    countries: { type: 'string' }, categories: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' },
  },
  words: [0, 4],
  async run(call) {
    const [word, ...rest] = call.positionals;
    const known = word === undefined ? null : WORDS[word];
    if (known === undefined) throw new UsageError(`There is no quality ${word}; there are ${Object.keys(WORDS).join(', ')}.`);
    if (known !== null && (rest.length < known.takes[0] || rest.length > known.takes[1])) throw new UsageError(`quality ${word} takes ${known.takes[0] === known.takes[1] ? known.takes[0] : known.takes.join(' or ')} more word${known.takes[1] === 1 ? '' : 's'}.`);
    limitOf(call);
    const client = await adminClient(call.io, textOption(call, 'data'));
    if (flagOption(call, 'refresh')) await refresh(call, client);
    return known === null ? report(call, client) : known.run(call, client, rest);
  },
};

function limitOf(call: Call): number {
  const text = textOption(call, 'limit') ?? String(USUAL_LIMIT);
  if (!/^[1-9]\d{0,6}$/u.test(text)) throw new UsageError(`--limit ${text} is no number of lines.`);
  return Number(text);
}

function say(call: Call, answer: unknown, text: string): number {
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : text);
  return 0;
}

interface State {
  report: ReportView | null;
  running: { id: number; share: number; contacts: number } | null;
  failed: { id: number; reason: string } | null;
}

/** The server is of the same version, so what it answers has the form that its description says. */
async function stateOf(client: AdminClient): Promise<State> {
  const answer = await client.request('GET', '/api/quality');
  if (!isObject(answer) || !('report' in answer)) throw new CommandError('The server answers with something that is no report; is it of another version?');
  return answer as unknown as State;
}

async function refresh(call: Call, client: AdminClient): Promise<void> {
  const begun = await client.request('POST', '/api/quality', { checkDomains: !flagOption(call, 'no-dns') });
  const id = isObject(begun) ? Number(begun['id']) : 0;
  const { io } = call;
  for (;;) {
    const { report: done, running, failed } = await stateOf(client);
    if (io.interactive) io.err('\r\u001b[K');
    if (failed !== null && failed.id >= id) throw new CommandError(`The report failed: ${failed.reason}`);
    if (done !== null && done.id >= id) return;
    if (io.interactive && running !== null) io.err(`${bar(running.share, 30)} ${Math.floor(running.share * 100)} %  ${running.contacts.toLocaleString('en')} contacts`);
    await sleep(POLL_INTERVAL_MS);
  }
}

async function report(call: Call, client: AdminClient): Promise<number> {
  const state = await stateOf(client);
  if (flagOption(call, 'json')) return say(call, state, '');
  if (state.report === null) {
    throw new CommandError(state.running === null
      ? `${state.failed === null ? 'No report has been made yet' : `The report failed: ${state.failed.reason}`}. Make one: samovar quality --refresh`
      : `The first report is being made (${Math.floor(state.running.share * 100)} %).`);
  }
  const more = state.running === null ? '' : `A newer report is being made (${Math.floor(state.running.share * 100)} %).\n`;
  return say(call, state, `${describeReport(state.report, call.io)}${more}`);
}

/** All items of a list up to the limit, over as many pages as that takes. */
async function list(call: Call, client: AdminClient, path: string): Promise<{ items: Record<string, unknown>[]; more: boolean }> {
  const limit = limitOf(call);
  const items: Record<string, unknown>[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    const answer = await client.request('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${Math.min(limit - items.length, PAGE_LIMIT)}${cursor}`);
    const page: unknown[] = isObject(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
    items.push(...page.filter(isObject));
    next = isObject(answer) && typeof answer['next'] === 'string' ? answer['next'] : null;
  } while (next !== null && items.length < limit);
  return { items, more: next !== null };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
const contactCount = (count: unknown): string => `${Number(count).toLocaleString('en')} contact${count === 1 ? '' : 's'}`;
const moreLine = (more: boolean): string => (more ? 'There may be more: raise --limit.\n' : '');
const part = encodeURIComponent;

function contactLine({ contactId, userId, email, detail }: Record<string, unknown>): string {
  return [textOf(contactId), textOf(email) || '–', textOf(userId) || '–', textOf(detail)].join('  ').trimEnd();
}

async function contacts(call: Call, client: AdminClient, [figure = '']: string[]): Promise<number> {
  const value = textOption(call, 'value');
  const { items, more } = await list(call, client, `/api/quality/${part(figure)}/contacts${value === null ? '' : `?value=${part(value)}`}`);
  return say(call, items, items.length === 0 ? 'Nobody.\n' : `${items.map(contactLine).join('\n')}\n${moreLine(more)}`);
}

async function values(call: Call, client: AdminClient, [trait = '']: string[]): Promise<number> {
  const { items, more } = await list(call, client, `/api/quality/values/${part(trait)}?only=${flagOption(call, 'all') ? 'all' : 'wrong'}`);
  const lines = items.map(({ value, contacts: count, canonical, choice }) =>
    `${textOf(count).padStart(9)}  ${JSON.stringify(value)} → ${canonical === null ? '?' : JSON.stringify(canonical)}${choice === 'open' ? '' : `  (${textOf(choice)})`}`);
  return say(call, items, items.length === 0 ? `All values of ${trait} are canonical.\n` : `${lines.join('\n')}\n${moreLine(more)}`);
}

async function choose(call: Call, client: AdminClient, trait: string, body: { value: string; choice: string; canonical?: string }): Promise<number> {
  const answer = await client.request('PUT', `/api/quality/values/${part(trait)}`, body);
  const { value, canonical, contacts: count } = isObject(answer) ? answer : {};
  return say(call, answer, `${JSON.stringify(value)} ${canonical === value ? 'stays as it is' : `→ ${JSON.stringify(canonical)}`} (${contactCount(count)}). Write it: samovar quality apply ${trait}\n`);
}

async function accept(call: Call, client: AdminClient, [trait = '', value]: string[]): Promise<number> {
  if (value !== undefined) return choose(call, client, trait, { value, choice: 'accepted' });
  const all = await list({ ...call, values: { ...call.values, limit: '1000000' } }, client, `/api/quality/values/${part(trait)}?only=wrong`);
  const open = all.items.filter(({ choice, proposed }) => choice === 'open' && proposed !== null);
  for (const one of open) await client.request('PUT', `/api/quality/values/${part(trait)}`, { value: one['value'], choice: 'accepted' });
  const left = all.items.filter(({ proposed, choice }) => proposed === null && choice === 'open').length;
  return say(call, { accepted: open.length, withoutProposal: left }, `${open.length} values accepted${left === 0 ? '' : `, ${left} without a proposal are left`}. Write them: samovar quality apply ${trait}\n`);
}

async function apply(call: Call, client: AdminClient, [trait = '']: string[]): Promise<number> {
  await client.request('POST', `/api/quality/values/${part(trait)}/apply`);
  for (;;) {
    const answer = await client.request('GET', '/api/quality/applications/latest');
    const { status, written, error, share } = isObject(answer) ? answer : {};
    if (status === 'failed') throw new CommandError(`Writing failed: ${textOf(error)}`);
    if (status !== 'running') return say(call, answer, `${contactCount(written)} written; what was told before is kept as ${trait}_raw. See the change: samovar quality --refresh\n`);
    if (call.io.interactive) call.io.err(`\r\u001b[K${bar(Number(share), 30)} ${textOf(written)} contacts`);
    await sleep(POLL_INTERVAL_MS);
  }
}

async function duplicates(call: Call, client: AdminClient, [kind = '']: string[]): Promise<number> {
  const { items, more } = await list(call, client, `/api/quality/duplicates/${part(kind)}`);
  const text = items.map(({ id, contacts: count, members }) =>
    `${textOf(id)}  ${contactCount(count)}\n${(Array.isArray(members) ? members : []).filter(isObject).map((member) => `  ${contactLine(member)}\n`).join('')}`).join('');
  return say(call, items, items.length === 0 ? 'There are none.\n' : `${text}${moreLine(more)}`);
}

async function merge(call: Call, client: AdminClient, [kind = '', group = '']: string[]): Promise<number> {
  const answer = await client.request('POST', `/api/quality/duplicates/${part(kind)}/${part(group)}/merge`, {});
  const events: unknown = isObject(answer) ? answer['events'] : [];
  const count = Array.isArray(events) ? events.length : 0;
  return say(call, answer, `${contactCount(count)} ${count === 1 ? 'becomes' : 'become'} part of the one that was there first.\n`);
}

async function settings(call: Call, client: AdminClient): Promise<number> {
  const change = (name: string, option: string, word: string, meaning: null | string[]): [string, unknown][] => {
    const text = textOption(call, option);
    return text === null ? [] : [[name, text === word ? meaning : listOption(call, option)]];
  };
  const changes = [
    ...change('expectedTraits', 'expect', 'used', null), ...change('countryTraits', 'countries', 'usual', null), ...change('categoryTraits', 'categories', 'none', []),
  ];
  const before = await client.request('GET', '/api/quality/settings');
  const after = changes.length === 0 ? before : await client.request('PUT', '/api/quality/settings', { ...(isObject(before) ? before : {}), ...Object.fromEntries(changes) });
  const { expectedTraits, countryTraits, categoryTraits } = isObject(after) ? after : {};
  const show = (traits: unknown, nothing: string): string => (Array.isArray(traits) ? (traits.length === 0 ? 'none' : traits.join(', ')) : nothing);
  return say(call, after, `expected    ${show(expectedTraits, 'what definitions use')}\ncountries   ${show(countryTraits, 'the usual ones')}\ncategories  ${show(categoryTraits, 'none')}\n`);
}
