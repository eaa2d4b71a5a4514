import { filtersOf, historySources, shardOf, type ContactId, type Input, type Logged, type LogRecord, type Occupant, type Program } from '@samovar/core';
import { readHistory, readNamedHistory, type ContactRow, type Queryable } from '@samovar/store';

/** A row of `contacts` with all that happens to it in one transaction. */
export interface Subject {
  id: ContactId;
  workspaceId: number;
  /** undefined: nothing lives there yet. */
  row: ContactRow | undefined;
  occupant: Occupant | null;
  inputs: Input[];
  program: Program;
  /** Rows that redirect here, when somebody is to be forgotten. */
  aliases?: readonly ContactId[];
}

/**
 * Whether the contact needs nothing but its own history, because its program asks for what was not kept. A new definition
 * makes that so for everybody, so these are read together. Merges are rare and look at much more: they read by themselves.
 */
export function lacksOwnHistory({ occupant, inputs, program }: Subject): boolean {
  if (occupant?.kind !== 'contact' || inputs.some((input) => input.kind === 'absorb' || input.kind === 'release')) return false;
  for (const _ in occupant.state.absorbed) return false;
  const { programVersion } = occupant.state;
  return programVersion < program.newestLeafSince || programVersion > program.version;
}

/** Of many contacts at once: what they consumed of the events that they did not keep, in order of arrival. */
export async function readOwnHistories(tx: Queryable, shard: number, logOffset: number, subjects: readonly Subject[]): Promise<Map<ContactId, LogRecord[]>> {
  const histories = new Map(subjects.map(({ id }) => [id, [] as Logged[]]));
  const consumed = new Map(subjects.map(({ id, occupant }) => [id, occupant?.kind === 'contact' ? occupant.state.seq : 0]));
  for (const program of new Set(subjects.map((subject) => subject.program))) {
    const some = subjects.filter((subject) => subject.program === program);
    const names = lackingNames(program, some);
    if (names.length === 0) continue;
    for (const logged of await readNamedHistory(tx, shard, some.map(({ id }) => id), names, logOffset)) {
      if (logged.seq <= (consumed.get(logged.contactId) ?? 0)) histories.get(logged.contactId)?.push(logged);
    }
  }
  return new Map([...histories].map(([id, history]) => [id, inOrderOfArrival(history)]));
}

function inOrderOfArrival(history: Logged[]): LogRecord[] {
  return history.sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq).map((logged) => logged.record);
}

/** Names (or their beginnings, with `*`) of the events of which some of the contacts kept nothing. */
function lackingNames(program: Program, subjects: readonly Subject[]): string[] {
  const versions = subjects.flatMap(({ occupant }) => (occupant?.kind === 'contact' ? [occupant.state.programVersion] : []));
  const oldest = Math.min(...versions);
  const all = Math.max(...versions) > program.version;
  const lacking = [...program.leaves.values()].filter((leaf) => all || (program.leafSince[leaf.key] ?? Infinity) > oldest);
  return [...new Set(lacking.flatMap((leaf) => filtersOf(leaf).map(({ event }) => event)))];
}

/** All that is needed for what comes next, as `historySources` says, in order of arrival. */
export async function readWholeHistory(tx: Queryable, shardCount: number, id: ContactId, occupant: Occupant | null, next: Input | undefined): Promise<LogRecord[]> {
  const parts = await Promise.all([...historySources(id, occupant, next)].map(([source, upToSeq]) =>
    readHistory(tx, shardOf(source, shardCount), source, { upToSeq, order: 'logged' })));
  return inOrderOfArrival(parts.flat());
}
