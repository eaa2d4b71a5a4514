import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatDefinition } from '@samovar/contract';
import type { SchemaDefinition, TraitType } from '@samovar/contract';
import { adminClient, isObject } from '../admin-client.ts';
import { CommandError, flagOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';

interface Trait {
  name: string;
  declared: { type: string; values: (string | number)[] | null; description: string | null; personal: boolean } | null;
  types: { type: string; contacts: number }[];
  refused: { type: string; times: number }[];
  conflict: boolean;
  examples: { type: string; refused: boolean; contactId: string }[];
}

export const schemaCommand: Command = {
  synopsis: 'schema [--write FILE] [--exit-code] [--data DIR] [--json]',
  help: `
Shows which traits contacts have, of which types, how many contacts have each,
and what they are declared to be. Where types disagree, a ! stands before the
trait, and contacts to look at below it.

  --write FILE  write a schema that declares each trait as what it mostly is now;
                look through it, then publish it with samovar apply
  --exit-code   exit with 1 when types disagree
  --data DIR    data directory of the server, for its address and key
  --json        print the answer as JSON
`,
  options: { write: { type: 'string' }, 'exit-code': { type: 'boolean' }, data: { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 0],
  async run(call) {
    const { io } = call;
    const client = await adminClient(io, textOption(call, 'data'));
    const answer = await client.request('GET', '/api/schema');
    if (!isObject(answer) || !Array.isArray(answer['items'])) throw new CommandError('The server answers without a schema.');
    const traits = answer['items'] as Trait[];
    const file = textOption(call, 'write');
    if (file !== null) {
      await writeFile(resolve(io.cwd, file), formatDefinition(proposalOf(traits)), { flag: 'wx' }).catch((error: unknown) => {
        throw new CommandError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
      io.out(`${file} declares ${traits.length} traits. Look through it, then publish it with samovar apply.\n`);
    } else if (flagOption(call, 'json')) {
      io.out(`${JSON.stringify(answer, null, 2)}\n`);
    } else {
      io.out(traits.length === 0 ? 'No contact has any trait.\n' : traits.map(describe).join(''));
    }
    return flagOption(call, 'exit-code') && traits.some((trait) => trait.conflict) ? 1 : 0;
  },
};

/** Each trait as what most contacts have, and what is declared as it is. */
function proposalOf(traits: readonly Trait[]): SchemaDefinition {
  const declared = traits.flatMap(({ name, declared: known, types }) => {
    const type = (known?.type ?? types[0]?.type) as TraitType | undefined;
    if (type === undefined) return [];
    return [[name, { type, values: known?.values ?? null, description: known?.description ?? null, personal: known?.personal ?? false }] as const];
  });
  return { kind: 'schema', key: 'contacts', name: 'contacts', traits: Object.fromEntries(declared) };
}

function describe({ name, declared, types, refused, conflict, examples }: Trait): string {
  const has = types.map(({ type, contacts }) => `${type} ${contacts}`).join(', ');
  const notes = [has, declared === null ? '' : `declared ${declared.type}`, refused.length === 0 ? '' : `refused: ${refused.map(({ type, times }) => `${type} ${times === 1 ? 'once' : `${times} times`}`).join(', ')}`].filter((note) => note !== '');
  const looks = examples.map(({ type, refused: was, contactId }) => `      ${was ? 'refused ' : ''}${type}: ${contactId}\n`).join('');
  return `${conflict ? '!' : ' '} ${name.padEnd(24)} ${notes.join('; ')}\n${looks}`;
}
