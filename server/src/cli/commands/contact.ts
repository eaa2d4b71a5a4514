import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { adminClient, isObject } from '../admin-client.ts';
import type { AdminClient } from '../admin-client.ts';
import { unmergeContact } from '../unmerge-contact.ts';
import { CommandError, UsageError, flagOption, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';
import { findContact } from '../find-contact.ts';
import type { FoundContact } from '../find-contact.ts';

/** How long an erasure is waited for; it goes on without being watched. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 200;

export const contactCommand: Command = {
  synopsis: 'contact export WHO [--html] [--output FILE] | contact erase WHO --reason TEXT [--by NAME] [--yes] [--json] | contact unmerge WHO [PART] [--reason TEXT] [--by NAME]',
  help: `
What a contact may ask for. WHO is an e-mail address, a user id, or the id that
Samovar gave the contact.

  export   everything that is known of the contact, as JSON, or as a document that
           people can read, in the contact's language
  erase    forget the contact, in every table; this cannot be undone. Prints the
           receipt: what was removed, and what stays. On a terminal you are asked
           first; elsewhere say --yes
  unmerge  take out of the contact what was merged into it by mistake: PART is an
           id, a user id, a device id or an address that leads to it. Without PART
           the parts are listed

  --html         export a document
  --output FILE  where the export is written (default: standard output)
  --reason TEXT  why; the receipt keeps it, so name nobody in it
  --by NAME      who does it (default: the label of the key)
  --yes          do not ask
  --data DIR     data directory of the server, for its address and key
  --json         print the receipt as JSON
`,
  options: {
    html: { type: 'boolean' }, output: { type: 'string' }, reason: { type: 'string' }, by: { type: 'string' }, yes: { type: 'boolean' }, data: { type: 'string' }, json: { type: 'boolean' },
  },
  words: [2, 3],
  async run(call) {
    const [word = '', who = '', part] = call.positionals;
    if (word === 'unmerge') return unmergeContact(call, who, part ?? null);
    if (part !== undefined) throw new UsageError(`contact ${word} takes one WHO.`);
    if (word === 'erase') return erase(call, who);
    if (word === 'export') return exportContact(call, who);
    throw new UsageError(`There is no contact ${word}.`);
  },
};

async function exportContact(call: Call, who: string): Promise<number> {
  const { io } = call;
  const client = await adminClient(io, textOption(call, 'data'));
  const { id } = await findContact(client, who);
  const html = flagOption(call, 'html');
  const output = textOption(call, 'output');
  const pieces = client.download(`/api/contacts/${id}/export?format=${html ? 'html' : 'json'}`);
  if (output === null) {
    for await (const piece of pieces) io.out(piece);
    return 0;
  }
  // For the eyes of whoever asked, and of nobody else on this machine.
  await writeFile(resolve(io.cwd, output), pieces, { mode: 0o600 });
  io.out(`${output} is written.\n`);
  return 0;
}

async function erase(call: Call, who: string): Promise<number> {
  const reason = textOption(call, 'reason');
  if (reason === null || reason.trim() === '') throw new UsageError('--reason is missing: the receipt says why.');
  if (!flagOption(call, 'yes') && !call.io.interactive) throw new UsageError('An erasure cannot be undone: say --yes.');
  const client = await adminClient(call.io, textOption(call, 'data'));
  const contact = await findContact(client, who);
  if (!flagOption(call, 'yes') && !(await isSure(call, contact))) {
    call.io.err('Nothing was erased.\n');
    return 1;
  }
  const by = textOption(call, 'by');
  const receipt = await watch(client, await client.request('POST', `/api/contacts/${contact.id}/erase`, { reason, ...(by === null ? {} : { by }) }));
  call.io.out(flagOption(call, 'json') ? `${JSON.stringify(receipt, null, 2)}\n` : describe(receipt));
  return receipt['status'] === 'done' ? 0 : 1;
}

async function isSure(call: Call, { id, userId, email }: FoundContact): Promise<boolean> {
  const names = [email, userId].filter((name) => name !== null).join(', ') || id;
  const answer = await call.io.ask(`Erase ${names}, and everything known about them? This cannot be undone. Type "erase": `);
  return answer.trim().toLowerCase() === 'erase';
}

async function watch(client: AdminClient, asked: unknown): Promise<Record<string, unknown>> {
  let receipt: unknown = asked;
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    if (!isObject(receipt)) throw new CommandError('The server answers without a receipt.');
    if (receipt['status'] === 'done' || waitedMs >= PATIENCE_MS) return receipt;
    await pause(LOOK_EVERY_MS);
    receipt = await client.request('GET', `/api/erasures/${String(receipt['id'])}`);
  }
}

function describe(receipt: Record<string, unknown>): string {
  const removed = isObject(receipt['removed']) ? receipt['removed'] : {};
  const kept: unknown[] = Array.isArray(receipt['kept']) ? receipt['kept'] : [];
  const lines = [
    receipt['status'] === 'done' ? 'Erased.' : 'Erasing; not all parts have been reached yet. Look again with: samovar erasures',
    `Receipt ${String(receipt['id'])} of ${String(receipt['at'])}`, '',
    ...Object.entries(removed).map(([table, rows]) => `  ${table.padEnd(16)} ${String(rows).padStart(8)}`), '', 'What stays:',
    ...kept.filter(isObject).map(({ what, why }) => `  ${String(what)}. ${String(why)}`), '', typeof receipt['backups'] === 'string' ? receipt['backups'] : '', '',
  ];
  return lines.join('\n');
}
