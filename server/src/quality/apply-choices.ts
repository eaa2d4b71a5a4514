import { derivedUuid, tieOf, traitAt } from '@samovar/core';
import type { ContactId, ContactState, Json, JsonObject, Millis, TrackedEvent } from '@samovar/core';
import { listFindings, readContactsBehind, readValues } from '@samovar/store';
import type { Database, NewRecord, QualityRun } from '@samovar/store';

/** What an application asks: the chosen values of one trait, by the findings of one report. */
export interface ApplyQuestions {
  trait: string;
  reportId: number;
}

export interface ApplyProgress {
  shard: number;
  after: ContactId | null;
  /** Contacts that were written so far. */
  written: number;
}

/** Contacts written together. */
const CONTACTS_AT_ONCE = 200;

/** Ids tried until one decides a tie. */
const TIE_TURNS = 1_000;

export interface ApplyContext {
  db: Database;
  shardCount: number;
  now: Millis;
}

/** The next events that write canonical values, and where the application then stands. The same events again are the same events. */
export async function applySlice({ db, shardCount, now }: ApplyContext, run: QualityRun): Promise<{ records: NewRecord[]; progress: ApplyProgress; done: boolean }> {
  const { trait, reportId } = run.questions as ApplyQuestions;
  const before = run.progress as ApplyProgress;
  const place = { workspaceId: run.workspaceId, runId: reportId };
  const canonical = await chosenValues(db, place, trait);
  const found = await listFindings(db, place, { key: `value:${trait}`, values: [...canonical.keys()] }, { shard: before.shard, key: before.after }, CONTACTS_AT_ONCE, shardCount);
  const states = await readContactsBehind(db, found.map(({ contactId }) => contactId), shardCount);
  const records = [...new Map([...states.values()].map((state) => [state.id, state])).values()].flatMap((state) => {
    const event = correctionOf(state, trait, canonical, now);
    return event === null ? [] : [{ workspaceId: run.workspaceId, contactId: state.id, record: event }];
  });
  const last = found.at(-1);
  const done = last === undefined || found.length < CONTACTS_AT_ONCE;
  return { records, progress: { shard: last?.shard ?? before.shard, after: last?.contactId ?? before.after, written: before.written + records.length }, done };
}

/** Values that a person has decided to be written otherwise. */
async function chosenValues(db: Database, place: { workspaceId: number; runId: number }, trait: string): Promise<Map<string, string>> {
  const values = await readValues(db, place, [trait]);
  return new Map(values.flatMap(({ value, chosen }): [string, string][] => (chosen === null || chosen.canonical === null || chosen.canonical === value ? [] : [[value, chosen.canonical]])));
}

/** Says the canonical value with a server's trust, and keeps what was told before beside it. null: the contact has another value by now. */
export function correctionOf(state: ContactState, trait: string, canonical: ReadonlyMap<string, string>, now: Millis): TrackedEvent | null {
  const root = trait.split('.', 1)[0] ?? trait;
  const told = traitAt(state, root, trait);
  const right = typeof told === 'string' ? canonical.get(told) : undefined;
  if (typeof told !== 'string' || right === undefined) return null;
  const entry = state.traits[trait] ?? state.traits[root];
  const messageId = laterId([state.id, trait, told, right, String(entry?.at ?? 0)], entry?.tie ?? 0);
  return {
    kind: 'event', type: 'identify', name: 'Identify', messageId, receivedAt: now, occurredAt: now, identifiers: [], properties: {},
    traits: traitsWith(state, root, trait, told, right), context: { source: 'data-quality' }, trusted: true, historical: false,
  };
}

/** Where the clock stands still, the value was told at this very instant, and of two at the same instant the id decides. */
function laterId(parts: readonly string[], tie: number): string {
  const idOf = (turn: number): string => derivedUuid('canonical', ...parts, String(turn));
  for (let turn = 0; turn < TIE_TURNS; turn += 1) if (tieOf(idOf(turn)) > tie) return idOf(turn);
  return idOf(0);
}

function traitsWith(state: ContactState, root: string, trait: string, told: string, right: string): JsonObject {
  if (root === trait || Object.hasOwn(state.traits, trait)) return { [trait]: right, [`${trait}_raw`]: told };
  // A nested value is written with all that stands beside it, since a trait is replaced as a whole.
  const whole = structuredClone(state.traits[root]?.value ?? {}) as JsonObject;
  const parts = trait.split('.').slice(1);
  const name = parts.pop() ?? '';
  let holder: JsonObject = whole;
  for (const part of parts) holder = holder[part] as { [key: string]: Json };
  holder[name] = right;
  holder[`${name}_raw`] = told;
  return { [root]: whole };
}
