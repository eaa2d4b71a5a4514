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
 * Whether the contact needs nothing but what it and those merged into it have consumed already, because its program asks
 * for what was not kept. A new definition makes that so for everybody, so these are read together. Merges of this very
 * moment look at much more: they read by themselves.
 */
export function lacksKnownHistory({ occupant, inputs, program }: Subject): boolean {
  if (occupant?.kind !== 'contact' || inputs.some((input) => input.kind === 'absorb' || input.kind === 'release')) return false;
  const { programVersion } = occupant.state;
  return programVersion < program.newestLeafSince || programVersion > program.version;
}

/** Of many contacts at once: what they consumed of the events that they did not keep, in order of arrival. */
export async function readKnownHistories(tx: Queryable, shardCount: number, subjects: readonly Subject[]): Promise<Map<ContactId, LogRecord[]>> {
  const histories = new Map(subjects.map(({ id }) => [id, [] as Logged[]]));
  for (const program of new Set(subjects.map((subject) => subject.program))) {
    const some = subjects.filter((subject) => subject.program === program);
    const names = lackingNames(program, some);
    if (names.length === 0) continue;
    const sources = sourcesOf(some);
    const parts = await Promise.all([...byShard(sources.keys(), shardCount)].map(([shard, ids]) => readNamedHistory(tx, shard, ids, names, Number.MAX_SAFE_INTEGER)));
    for (const logged of parts.flat()) {
      const source = sources.get(logged.contactId);
      if (source !== undefined && logged.seq <= source.upToSeq) histories.get(source.owner)?.push(logged);
    }
  }
  return new Map([...histories].map(([id, history]) => [id, inOrderOfArrival(history)]));
}

/** Under which ids the history of contacts was written, and how much of it each has consumed. */
function sourcesOf(subjects: readonly Subject[]): Map<ContactId, { owner: ContactId; upToSeq: number }> {
  return new Map(subjects.flatMap(({ id, occupant }) => [...historySources(id, occupant, undefined)].map(([source, upToSeq]) => [source, { owner: id, upToSeq }] as const)));
}

function byShard(ids: Iterable<ContactId>, shardCount: number): Map<number, ContactId[]> {
  const shards = new Map<number, ContactId[]>();
  for (const id of ids) {
    const shard = shardOf(id, shardCount);
    const others = shards.get(shard);
    if (others === undefined) shards.set(shard, [id]);
    else others.push(id);
  }
  return shards;
}

function inOrderOfArrival(history: Logged[]): LogRecord[] {
  return history.sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq).map((logged) => logged.record);
}

/** Names (or their beginnings, with `*`) of the events of which some of the contacts kept nothing. */
function lackingNames(program: Program, subjects: readonly Subject[]): string[] {
  const versions = subjects.flatMap(({ occupant }) => (occupant?.kind === 'contact' ? [occupant.state.programVersion] : []));
  const oldest = Math.min(...versions);
  const all = Math.max(...versions) > program.version;
  const lacking = [...program.leaves.values()].filter((leaf) => all || (program.keptSince[leaf.key] ?? Infinity) > oldest);
  return [...new Set(lacking.flatMap((leaf) => filtersOf(leaf).map(({ event }) => event)))];
}

/** All that is needed for what comes next, as `historySources` says, in order of arrival. */
export async function readWholeHistory(tx: Queryable, shardCount: number, id: ContactId, occupant: Occupant | null, next: Input | undefined): Promise<LogRecord[]> {
  const parts = await Promise.all([...historySources(id, occupant, next)].map(([source, upToSeq]) =>
    readHistory(tx, shardOf(source, shardCount), source, { upToSeq, order: 'logged' })));
  return inOrderOfArrival(parts.flat());
}
