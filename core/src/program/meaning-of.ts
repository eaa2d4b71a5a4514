import type { WorkspaceDefinition } from '../definition/definition.ts';
import { derivedUuid } from '../identity/ids.ts';
import type { CompiledSegment } from './program.ts';

/** Names what a segment asks, with all settings on which an answer may rest: while the name is the same, so are its members. */
export function meaningOf({ key, predicate }: CompiledSegment, { timezone, currency, consent }: WorkspaceDefinition): string {
  const digest = derivedUuid('meaning', JSON.stringify(predicate), JSON.stringify([timezone, currency, consent]));
  return `segment ${key} ${digest.replaceAll('-', '').slice(0, 12)}`;
}
