import { adminClient, isObject } from '../admin-client.ts';
import { textOption, flagOption } from '../command.ts';
import type { Command } from '../command.ts';
import { findContact } from '../find-contact.ts';

export const scoreCommand: Command = {
  synopsis: 'score CONTACT [--at TIME] [--data DIR] [--json]',
  help: `
What scores and personas make of a contact, line by line: what each rule adds and why,
the band and since when, and which band comes next if nothing happens but time.
CONTACT is an e-mail address, a user id, or the id that Samovar gave the contact.

  --at TIME   how it was then, such as 2026-03-01T09:00:00Z, from what was known then
              and by the definitions of now
  --data DIR  data directory of the server, for its address and key
  --json      print the answer as JSON
`,
  options: { at: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const client = await adminClient(call.io, textOption(call, 'data'));
    const { id } = await findContact(client, call.positionals[0] ?? '');
    const at = textOption(call, 'at');
    const answer = await client.request('GET', `/api/contacts/${id}/scores${at === null ? '' : `?at=${encodeURIComponent(at)}`}`);
    call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : describe(isObject(answer) ? answer : {}));
    return 0;
  },
};

type Part = Record<string, unknown>;

function describe({ profiling, scores, personas, state }: Part): string {
  const lines: string[] = [];
  if (isObject(profiling) && profiling['allowed'] === false) lines.push(`No profile may be made of this contact: ${String(profiling['reason'])} (${String(profiling['rule'])}).`, '');
  for (const score of partsOf(scores)) lines.push(...describeScore(score), '');
  for (const { name, persona } of partsOf(personas)) lines.push(`${String(name)}: ${isObject(persona) ? `${String(persona['name'])}, since ${String(persona['since'])}` : 'none'}`);
  if (lines.length === 0) lines.push('There are no scores and no personas.');
  if (state === 'backfilling') lines.push('', 'The latest definitions are being applied; some of this may change.');
  return `${lines.join('\n').trimEnd()}\n`;
}

function describeScore({ name, value, band, next, lines }: Part): string[] {
  const inBand = isObject(band) ? `, ${String(band['name'])}${typeof band['since'] === 'string' ? ` since ${band['since']}` : ''}` : '';
  const shown = typeof value === 'number' ? `${points(value)} points${inBand}` : 'not scored';
  return [
    `${String(name)}: ${shown}`,
    ...partsOf(lines).map((line) => `  ${points(Number(line['points'])).padStart(9)}  ${String(line['label'])}${whyOf(line)}`),
    ...(isObject(next) ? [`  ${String(next['band'])} from ${String(next['at'])} if nothing happens`] : []),
  ];
}

function whyOf({ behaviour, fit, uncapped, cap, points: counted }: Part): string {
  if (isObject(fit)) return fit['holds'] === true ? '  (so it is)' : '  (not so)';
  if (!isObject(behaviour)) return '';
  const capped = typeof cap === 'number' && uncapped !== counted ? `, at most ${points(cap)}` : '';
  return `  (${points(Number(behaviour['level']))} × ${points(Number(behaviour['each']))}${capped})`;
}

function partsOf(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function points(value: number): string {
  return (Math.round(value * 100) / 100).toString();
}
