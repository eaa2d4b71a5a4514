import { newContact, type ContactId, type ContactState, type Input, type Json, type Occupant, type Redirect, type TraitEntry } from '@samovar/core';

/** What a row of `contacts` holds besides the columns that are read together with it. */
export interface StoredContact {
  contact_id: ContactId;
  workspace_id: number;
  /** JSON; the column holds its UTF-8. */
  state: string;
}

type StoredTrait = [value: Json, at: number, tie: number, verified: 0 | 1];
type StoredState = Omit<Partial<ContactState>, 'traits'> & { traits?: Record<string, StoredTrait> };
type Stored = StoredState | { redirect: Omit<Redirect, 'frozen'> & { frozen: StoredState | null } };

const NOBODY = { kind: 'anonymous', value: '' } as const;
/** What is as in here is not stored. So a field that is added later has this value in the rows that lack it. */
const BLANK: object = newContact('' as ContactId, 0, NOBODY, 0);

/** What lives in a row. */
export function decodeOccupant(row: StoredContact): Occupant {
  const stored = JSON.parse(row.state) as Stored;
  if (!('redirect' in stored)) return { kind: 'contact', state: decodeState(row, stored) };
  const { frozen } = stored.redirect;
  return { kind: 'redirect', redirect: { ...stored.redirect, frozen: frozen === null ? null : decodeState(row, frozen) } };
}

/** JSON, since nothing that Node has built in is faster; small, since it is written with each event. */
export function encodeOccupant(occupant: Occupant): string {
  if (occupant.kind === 'contact') return JSON.stringify(stateToStore(occupant.state));
  const { frozen } = occupant.redirect;
  return JSON.stringify({ redirect: { ...occupant.redirect, frozen: frozen === null ? null : stateToStore(frozen) } });
}

function stateToStore(state: ContactState): StoredState {
  const stored: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(state)) if (!isBlank(key, value)) stored[key] = value;
  // The row's own columns say these.
  delete stored['id'];
  delete stored['workspaceId'];
  if (stored['traits'] !== undefined) stored['traits'] = mapValues(state.traits, ({ value, at, tie, verified }): StoredTrait => [value, at, tie, verified ? 1 : 0]);
  return stored;
}

function decodeState(row: StoredContact, { traits, ...rest }: StoredState): ContactState {
  const state = Object.assign(newContact(row.contact_id, row.workspace_id, NOBODY, 0), rest);
  if (traits !== undefined) state.traits = mapValues(traits, ([value, at, tie, verified]): TraitEntry => ({ value, at, tie, verified: verified === 1 }));
  return state;
}

/** A trait may have any name, `__proto__` included, which an assignment would take for something else. */
function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function isBlank(key: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === (BLANK as Record<string, unknown>)[key];
  for (const _ in value) return false;
  return true;
}

/** Inputs on their way from shard to shard are few. */
export function decodeInput(body: string): Input {
  return JSON.parse(body) as Input;
}

export function encodeInput(input: Input): string {
  return JSON.stringify(input);
}
