import { adminClient, isObject } from './admin-client.ts';
import type { AdminClient } from './admin-client.ts';
import { CommandError, flagOption, textOption } from './command.ts';
import type { Call } from './command.ts';
import { findContact } from './find-contact.ts';

interface Part {
  id: string;
  identifier: { kind: string; value: string } | null;
  hasHistory: boolean;
}

/** Lists the parts of a contact, or takes one out of it. */
export async function unmergeContact(call: Call, who: string, wanted: string | null): Promise<number> {
  const client = await adminClient(call.io, textOption(call, 'data'));
  const { id } = await findContact(client, who);
  const parts = await readParts(client, id);
  const say = (answer: unknown, text: string): number => {
    call.io.out(flagOption(call, 'json') ? `${JSON.stringify(answer, null, 2)}\n` : text);
    return 0;
  };
  if (wanted === null) return say(parts, parts.length === 0 ? 'Nothing was merged into this contact.\n' : parts.map(describe).join(''));
  const part = parts.find((one) => one.id === wanted || one.identifier?.value === wanted || one.identifier?.value === wanted.toLowerCase());
  if (part === undefined) throw new CommandError(`${wanted} is no part of ${who}. Without it, samovar contact unmerge ${who} lists the parts.`);
  const [reason, by] = [textOption(call, 'reason'), textOption(call, 'by')];
  const answer = await client.request('POST', `/api/contacts/${id}/unmerge`, { mergedId: part.id, reason, ...(by === null ? {} : { by }) });
  return say(answer, `${part.identifier?.value ?? part.id} is taken out of ${who}: within moments it is the contact ${part.id}. Both are kept apart until an alias says otherwise.\n`);
}

async function readParts(client: AdminClient, id: string): Promise<Part[]> {
  const answer = await client.request('GET', `/api/contacts/${id}/parts`);
  return isObject(answer) && Array.isArray(answer['parts']) ? (answer['parts'] as Part[]) : [];
}

function describe({ id, identifier, hasHistory }: Part): string {
  return `${id}  ${(identifier?.kind ?? '').padEnd(9)}  ${identifier?.value ?? ''}${hasHistory ? '' : '  (nothing was told under it)'}\n`;
}
