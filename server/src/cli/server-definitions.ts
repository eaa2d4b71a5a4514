import { parseDefinitionFile } from '@samovar/contract';
import type { Definition } from '@samovar/contract';
import { isObject } from './admin-client.ts';
import type { AdminClient } from './admin-client.ts';
import { CommandError } from './command.ts';

/** A definition as the server holds it. */
export interface ServerDefinition {
  version: number;
  /** As it was applied, comments included. */
  source: string;
  definition: Definition;
}

/** All live definitions of the server. */
export async function serverDefinitions(client: AdminClient): Promise<{ version: number; definitions: ServerDefinition[] }> {
  const answer = await client.request('GET', '/api/definitions?sources=true');
  if (!isObject(answer) || !Array.isArray(answer['items'])) throw new CommandError(`${client.url} answers in a form that this version of the command line does not know.`);
  const version = typeof answer['version'] === 'number' ? answer['version'] : 0;
  return { version, definitions: answer['items'].map((one: unknown) => readOne(one, client.url)) };
}

function readOne(one: unknown, url: string): ServerDefinition {
  if (!isObject(one) || typeof one['source'] !== 'string') throw new CommandError(`${url} answers with a definition without its source.`);
  const parsed = parseDefinitionFile({ path: `${String(one['kind'])}/${String(one['key'])}`, text: one['source'] });
  if (parsed.kind !== 'definition') {
    throw new CommandError(`The ${String(one['kind'])} ${String(one['key'])} of ${url} cannot be read by this version of the command line. Use the server's version.`);
  }
  return { version: Number(one['version'] ?? 0), source: one['source'], definition: parsed.definition };
}

/** Names a definition: `journey cart-rescue`, `workspace`. */
export function nameOf(definition: Definition): string {
  return definition.kind === 'workspace' ? 'workspace' : `${definition.kind} ${definition.key}`;
}
