import { contactIdOf, isJunkIdentifier, listSegment, normaliseIdentifier, type ContactId, type Identifier, type JsonObject, type TrackedEvent } from '@samovar/core';
import { EVENT_NAMES, isEmailAddress } from '@samovar/contract';
import { readContactsBehind, readMembers, type Database, type NewRecord, type ShardPlace } from '@samovar/store';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';

export interface ListDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  /** Resolves after commit, having woken the workers. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
}

/** Somebody, by any of the names there are for people. */
export type Who = { contactId: string } | { userId: string } | { email: string };

/** What is wrong with one of those who were named. */
export interface WhoProblem {
  index: number;
  message: string;
}

export type ListChange =
  /** `unknown`: positions of those whom nobody has heard of, and who were passed over. */
  | { kind: 'done'; changed: number; created: number; unknown: number[] }
  | { kind: 'problems'; problems: WhoProblem[] };

export const JOINED = 'List Joined';
export const LEFT = 'List Left';

interface Named {
  id: ContactId;
  identifier: Identifier | null;
  known: boolean;
}

/** Puts people on a list. Whoever is not known yet becomes a contact, without any consent; a contact id must be known. */
export async function addToList(dependencies: ListDependencies, workspaceId: number, list: string, whom: readonly Who[]): Promise<ListChange> {
  const named = await nameAll(dependencies, workspaceId, whom);
  if (!Array.isArray(named)) return named;
  const strangers = named.flatMap((one, index) => (!one.known && one.identifier === null ? [{ index, message: 'is no contact of this workspace' }] : []));
  if (strangers.length > 0) return { kind: 'problems', problems: strangers };
  const now = dependencies.clock.now();
  await dependencies.append(named.flatMap(({ id, identifier, known }): NewRecord[] => {
    const identifiers = identifier === null ? [] : [identifier];
    const joined = { workspaceId, contactId: id, record: eventOf(JOINED, identifiers, now, { properties: { list } }) };
    // The address of somebody who is known is not told again: it may not be the one that they use now.
    if (known || identifier?.kind !== 'email') return [joined];
    return [{ workspaceId, contactId: id, record: eventOf(EVENT_NAMES.identify, identifiers, now, { type: 'identify', traits: { email: identifier.value } }) }, joined];
  }));
  return { kind: 'done', changed: named.length, created: new Set(named.filter(({ known }) => !known).map(({ id }) => id)).size, unknown: [] };
}

/** Takes people off a list. Nobody comes into being by that. */
export async function takeOffList(dependencies: ListDependencies, workspaceId: number, list: string, whom: readonly Who[]): Promise<ListChange> {
  const named = await nameAll(dependencies, workspaceId, whom);
  if (!Array.isArray(named)) return named;
  const known = named.filter((one) => one.known);
  await appendLeft(dependencies, workspaceId, list, known.map(({ id }) => id));
  return { kind: 'done', changed: known.length, created: 0, unknown: named.flatMap((one, index) => (one.known ? [] : [index])) };
}

const PAGE = 500;

/** Takes everybody off a list; answers how many were on it. */
export async function clearList(dependencies: ListDependencies, workspaceId: number, list: string): Promise<number> {
  const { db, shardCount } = dependencies;
  let place: ShardPlace = { shard: 0, key: null };
  for (let count = 0; ;) {
    const members = await readMembers(db, workspaceId, { segment: listSegment(list) }, place, PAGE, shardCount);
    await appendLeft(dependencies, workspaceId, list, members.map(({ contactId }) => contactId));
    count += members.length;
    const last = members.at(-1);
    if (last === undefined || members.length < PAGE) return count;
    place = { shard: last.shard, key: last.contactId };
  }
}

async function appendLeft({ clock, append }: ListDependencies, workspaceId: number, list: string, ids: readonly ContactId[]): Promise<void> {
  if (ids.length === 0) return;
  const now = clock.now();
  await append(ids.map((contactId) => ({ workspaceId, contactId, record: eventOf(LEFT, [], now, { properties: { list } }) })));
}

async function nameAll({ db, shardCount }: ListDependencies, workspaceId: number, whom: readonly Who[]): Promise<Named[] | Extract<ListChange, { kind: 'problems' }>> {
  const problems: WhoProblem[] = [];
  const named = whom.map((who, index): Named => {
    if ('contactId' in who) return { id: who.contactId as ContactId, identifier: null, known: false };
    const identifier = normaliseIdentifier('email' in who ? { kind: 'email', value: who.email } : { kind: 'user', value: who.userId });
    if (identifier.kind === 'email' && !isEmailAddress(identifier.value)) problems.push({ index, message: 'is no e-mail address' });
    else if (isJunkIdentifier(identifier)) problems.push({ index, message: `“${identifier.value.slice(0, 50)}” stands for nobody in particular` });
    return { id: contactIdOf(workspaceId, identifier), identifier, known: false };
  });
  if (problems.length > 0) return { kind: 'problems', problems };
  const behind = await readContactsBehind(db, named.map(({ id }) => id), shardCount);
  return named.map((one) => ({ ...one, known: behind.get(one.id)?.workspaceId === workspaceId }));
}

function eventOf(name: string, identifiers: Identifier[], now: number, more: { type?: TrackedEvent['type']; properties?: JsonObject; traits?: JsonObject }): TrackedEvent {
  return {
    kind: 'event', type: 'track', name, messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers, properties: {}, traits: {}, context: {}, trusted: true, historical: false,
    ...more,
  };
}
