import { optional, readFields, readLine, readList, readText, required } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readCondition } from './read-condition.ts';
import { readBoolean, readKey } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import type { Persona, PersonaChoice, PersonasDefinition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** A file of personas: each contact is of the first kind whose condition holds. */
export function readPersonas(scope: Scope, tree: Tree): PersonasDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A set of personas', keysOf('personas'));
  if (fields === null) return null;
  const key = required(reading, fields, 'personas', readKey, '');
  const choose = required(reading, fields, 'choose', (_, value) => readChoices(scope, value), []);
  const otherwise = optional(reading, fields, 'otherwise', readOtherwise, null);
  const place = fields.entries.get('otherwise')?.value;
  if (otherwise !== null && place !== undefined && choose.some(({ persona }) => persona === otherwise.persona)) report(reading, place, 'duplicate_name', `There are two personas \`${otherwise.persona}\`.`, 'Rename one.');
  return {
    kind: 'personas',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    description: optional(reading, fields, 'description', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxDescriptionLength), null),
    needsConsent: optional(reading, fields, 'needs consent', readBoolean, true),
    choose,
    otherwise,
  };
}

function readChoices(scope: Scope, tree: Tree): PersonaChoice[] {
  const { reading } = scope;
  const seen = new Set<string>();
  const choices = readList(reading, tree, '`choose`', (_, item): PersonaChoice => {
    const fields = readFields(reading, item, 'A persona', keysOf('personaChoice'));
    const when = { kind: 'all' as const, of: [] };
    if (fields === null) return { persona: '', name: '', when };
    const persona = required(reading, fields, 'persona', readKey, '');
    if (persona !== '' && seen.has(persona)) report(reading, item, 'duplicate_name', `There are two personas \`${persona}\`.`, 'Rename one, or join their conditions with `any:`.');
    seen.add(persona);
    return { persona, name: optional(reading, fields, 'name', readLine(), persona), when: required(reading, fields, 'when', (__, value) => readCondition(scope, value), when) };
  });
  if (tree.kind === 'list' && choices.length === 0) report(reading, tree, 'empty', 'There is no persona.', 'Write at least one.');
  if (choices.length > DEFINITION_LIMITS.maxPersonas) report(reading, tree, 'too_long', `There are more than ${DEFINITION_LIMITS.maxPersonas} personas.`, 'Remove some.');
  return choices;
}

function readOtherwise(reading: Reading, tree: Tree): Persona {
  if (tree.kind !== 'map') {
    const persona = readKey(reading, tree);
    return { persona, name: persona };
  }
  const fields = readFields(reading, tree, 'A persona', keysOf('otherPersona'));
  const persona = fields === null ? '' : required(reading, fields, 'persona', readKey, '');
  return { persona, name: fields === null ? '' : optional(reading, fields, 'name', readLine(), persona) };
}
