import type { ContactId, ContactState, Input, Json, Occupant, Redirect, SeenFact, Tombstone, TraitEntry } from '@samovar/core';
import { decodeMessage, messageToStore, type StoredMessage } from './message-codec.ts';

/** What a row of `contacts` holds besides the columns that are read together with it. */
export interface StoredContact {
  contact_id: ContactId;
  workspace_id: number;
  /** JSON; the column holds its UTF-8. */
  state: string;
}

/** `since` stands there only where it is not the time of the write, or something follows. */
type StoredTrait = [value: Json, at: number, tie: number, verified: 0 | 1, since?: number | null, owner?: ContactId];
type StoredFact = [value: string, at: number];
/** Absent is what a contact has anyway: so a field that is added later has that value in the rows that lack it. */
type StoredState = Partial<Omit<ContactState, 'id' | 'workspaceId' | 'traits' | 'seen' | 'messages'>>
  & { traits?: Record<string, StoredTrait>; seen?: Record<string, StoredFact>; messages?: StoredMessage[] };
type Stored = StoredState | { tombstone: Tombstone } | { redirect: Omit<Redirect, 'frozen'> & { frozen: StoredState | null } };

/** What lives in a row. */
export function decodeOccupant(row: StoredContact): Occupant {
  const stored = JSON.parse(row.state) as Stored;
  if ('tombstone' in stored) return { kind: 'erased', tombstone: stored.tombstone };
  if (!('redirect' in stored)) return { kind: 'contact', state: decodeState(row, stored) };
  const { frozen } = stored.redirect;
  return { kind: 'redirect', redirect: { ...stored.redirect, frozen: frozen === null ? null : decodeState(row, frozen) } };
}

/** JSON, since nothing that Node has built in is faster; small, since it is written with each event. */
export function encodeOccupant(occupant: Occupant): string {
  if (occupant.kind === 'contact') return JSON.stringify(stateToStore(occupant.state));
  if (occupant.kind === 'erased') return JSON.stringify({ tombstone: occupant.tombstone });
  const { frozen } = occupant.redirect;
  return JSON.stringify({ redirect: { ...occupant.redirect, frozen: frozen === null ? null : stateToStore(frozen) } });
}

/** Written out field by field: that makes it twice as fast as a loop, and a field that is forgotten does not compile. */
function stateToStore(state: ContactState): object {
  return {
    home: state.home,
    createdAt: state.createdAt,
    programVersion: state.programVersion,
    seq: state.seq,
    absorbed: filled(state.absorbed),
    joinedTo: state.joinedTo && filled(state.joinedTo),
    apart: state.apart && filled(state.apart),
    identifiers: filled(state.identifiers),
    refused: filled(state.refused),
    traits: filled(state.traits) && mapValues(state.traits, traitToStore),
    seen: filled(state.seen) && mapValues(state.seen, ({ value, at }): StoredFact => [value, at]),
    tags: filled(state.tags),
    tagOwners: state.tagOwners && filled(state.tagOwners),
    lists: filled(state.lists),
    predictions: filled(state.predictions),
    consents: filled(state.consents),
    suppressed: filled(state.suppressed),
    pastAddresses: state.pastAddresses,
    leaves: filled(state.leaves),
    segments: filled(state.segments),
    segmentDue: filled(state.segmentDue),
    enrollments: filled(state.enrollments),
    entries: filled(state.entries),
    goals: filled(state.goals),
    messages: filled(state.messages)?.map(messageToStore),
    orders: filled(state.orders),
    toldOrders: state.toldOrders || undefined,
    decisions: state.decisions,
    erased: state.erased ?? undefined,
    at: state.at,
  } satisfies Record<keyof Required<StoredState>, unknown>;
}

function decodeState({ contact_id: id, workspace_id: workspaceId }: StoredContact, stored: StoredState): ContactState {
  return {
    id,
    workspaceId,
    home: stored.home ?? { kind: 'anonymous', value: '' },
    createdAt: stored.createdAt ?? 0,
    programVersion: stored.programVersion ?? 0,
    seq: stored.seq ?? 0,
    absorbed: stored.absorbed ?? {},
    identifiers: stored.identifiers ?? [],
    refused: stored.refused ?? [],
    traits: stored.traits === undefined ? {} : mapValues(stored.traits, decodeTrait),
    seen: stored.seen === undefined ? {} : mapValues(stored.seen, ([value, at]): SeenFact => ({ value, at })),
    tags: stored.tags ?? [],
    lists: stored.lists ?? {},
    predictions: stored.predictions ?? {},
    consents: stored.consents ?? {},
    suppressed: stored.suppressed ?? {},
    ...(stored.pastAddresses === undefined ? {} : { pastAddresses: stored.pastAddresses }),
    leaves: stored.leaves ?? {},
    segments: stored.segments ?? {},
    segmentDue: stored.segmentDue ?? {},
    enrollments: stored.enrollments ?? [],
    entries: stored.entries ?? {},
    goals: stored.goals ?? [],
    messages: stored.messages?.map(decodeMessage) ?? [],
    orders: stored.orders ?? {},
    toldOrders: stored.toldOrders ?? false,
    decisions: stored.decisions ?? 0,
    erased: stored.erased ?? null,
    at: stored.at ?? 0,
    ...(stored.joinedTo === undefined ? {} : { joinedTo: stored.joinedTo }),
    ...(stored.apart === undefined ? {} : { apart: stored.apart }),
    ...(stored.tagOwners === undefined ? {} : { tagOwners: stored.tagOwners }),
  };
}

function traitToStore({ value, at, tie, verified, since, owner }: TraitEntry): StoredTrait {
  const stored: StoredTrait = [value, at, tie, verified ? 1 : 0];
  if (since !== at || owner !== undefined) stored.push(since === at ? null : since);
  if (owner !== undefined) stored.push(owner);
  return stored;
}

function decodeTrait([value, at, tie, verified, since, owner]: StoredTrait): TraitEntry {
  return { value, at, tie, verified: verified === 1, since: since ?? at, ...(owner === undefined ? {} : { owner }) };
}

/** The object, or undefined, which JSON leaves out, when nothing is in it. */
function filled<T extends object>(value: T): T | undefined {
  for (const _ in value) return value;
  return undefined;
}

/** A trait may have any name, `__proto__` included, which an assignment would take for something else. */
function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

/** Inputs on their way from shard to shard are few. */
export function decodeInput(body: string): Input {
  return JSON.parse(body) as Input;
}

export function encodeInput(input: Input): string {
  return JSON.stringify(input);
}
