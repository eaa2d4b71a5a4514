import { advance, type Advanced, type ContactId, type Effect, type Erase, type Input, type LogRecord, type Millis, type OutcomeRecord, type Program } from '@samovar/core';
import {
  BLANK_KIND, CONTROL_KIND, ERASURE_KIND, NOBODY, countShardContacts, decodeErasure, decodeInput, decodeOccupant, decodeRecord, encodeOccupant, loadContacts, lockShard,
  readAliases, readContactsAfter, readDueTimers, readInbox, readLogRows, readShardPrograms,
  removeFromInbox, writePosition, writeShardProgram,
  type Database, type LogRow, type Queryable, type ShardProgram,
} from '@samovar/store';
import type { ProgramCache } from '../definitions/program-cache.ts';
import { lacksKnownHistory, readKnownHistories, readWholeHistory, type Subject } from './shard-history.ts';
import { ShardWrites } from './shard-writes.ts';

/**
 * Most records, handed-over inputs and due timers of one transaction: large enough to share its cost, small enough that
 * nobody else in the process waits long and that what is in memory at once does not keep the garbage collector busy.
 */
export const RECORD_BATCH_LIMIT = 500;
export const INBOX_BATCH_LIMIT = 500;
export const TIMER_BATCH_LIMIT = 500;
export const SWEEP_BATCH_LIMIT = 300;

export interface ShardTurnDependencies {
  db: Database;
  programs: ProgramCache;
  shardCount: number;
}

export interface ShardTurnResult {
  /** false: somebody else holds the shard; nothing was done. */
  held: boolean;
  /** Whether some limit was reached, so that more is waiting. */
  more: boolean;
  /** Whether contacts are still to be brought up to a new program, which may wait. */
  sweeping: boolean;
  records: number;
  timers: number;
  swept: number;
  decisions: number;
  messages: number;
  /** Shards that were handed something. */
  posted: number[];
}

const IDLE: ShardTurnResult = { held: true, more: false, sweeping: false, records: 0, timers: 0, swept: 0, decisions: 0, messages: 0, posted: [] };

/**
 * Does everything that is due in one shard at `now`, up to the limits, in one transaction. Contacts are brought up to a new
 * program by the way unless `sweep` is false: that is long and may wait.
 */
export async function takeShardTurn(dependencies: ShardTurnDependencies, shard: number, now: Millis, { sweep = true }: { sweep?: boolean } = {}): Promise<ShardTurnResult> {
  return dependencies.db.transaction((tx) => new ShardTurn(dependencies, tx, shard, now).run(sweep), { idempotent: true });
}

class ShardTurn {
  readonly #dependencies: ShardTurnDependencies;
  readonly #tx: Queryable;
  readonly #shard: number;
  readonly #now: Millis;
  /** Time passes up to here only: what was told before a timer fell due is read, and under the program of its time, before the timer acts. */
  #until: Millis;

  constructor(dependencies: ShardTurnDependencies, tx: Queryable, shard: number, now: Millis) {
    this.#dependencies = dependencies;
    this.#tx = tx;
    this.#shard = shard;
    this.#now = now;
    this.#until = now;
  }

  async run(mayContinueSweep: boolean): Promise<ShardTurnResult> {
    const tx = this.#tx;
    const shard = this.#shard;
    // They travel together, and are answered in this order: what is read is read under the lock.
    const [position, inbox, rows, due, shardPrograms] = await Promise.all([
      lockShard(tx, shard),
      readInbox(tx, shard, INBOX_BATCH_LIMIT),
      readLogRows(tx, shard, RECORD_BATCH_LIMIT),
      readDueTimers(tx, shard, this.#now, TIMER_BATCH_LIMIT),
      readShardPrograms(tx, shard),
    ]);
    if (position === null) return { ...IDLE, held: false };
    const switching = rows.findIndex((row) => row.kind === CONTROL_KIND);
    const read = switching < 0 ? rows : rows.slice(0, switching);
    const unread = switching < 0 ? (rows.length === RECORD_BATCH_LIMIT ? rows.at(-1) : undefined) : rows[switching];
    this.#until = Math.min(this.#now, unread === undefined ? Infinity : unread.received_at_ms - 1);
    const timersLeft = due.length === TIMER_BATCH_LIMIT && (due.at(-1)?.due_at_ms ?? Infinity) <= this.#until;
    const control = switching < 0 || timersLeft ? undefined : rows[switching];
    const versions = new Map(shardPrograms.map((program) => [program.workspaceId, program]));
    const sweep = await this.#sweepBatch(switching < 0 && mayContinueSweep ? shardPrograms : []);

    const work = new ContactWork();
    for (const row of inbox) work.add(row.contact_id, row.workspace_id, decodeInput(row.body));
    const outcomes: OutcomeRecord[] = [];
    for (const row of read) {
      if (row.kind === BLANK_KIND) continue;
      if (row.kind === ERASURE_KIND) {
        const { contactId, input } = erasureOf(row);
        work.add(contactId, row.workspace_id, input);
        continue;
      }
      const record = recordOf(row);
      work.add(row.contact_id, row.workspace_id, { kind: 'record', from: row.contact_id, seq: row.seq, record });
      if (record.kind === 'outcome') outcomes.push(record);
    }
    for (const timer of due) work.touch(timer.contact_id);
    for (const id of sweep?.ids ?? []) work.add(id, sweep?.program.workspaceId ?? 0, { kind: 'refresh', at: this.#until });

    const writes = new ShardWrites(this.#dependencies.shardCount, position.outSeq);
    await this.#advanceAll(work, versions, writes);
    writes.outcomes.push(...outcomes);
    const logOffset = control?.seq ?? read.at(-1)?.seq ?? position.logOffset;
    await writes.erase(tx, shard, position.logOffset);
    writes.issue(tx, shard);
    removeFromInbox(tx, shard, inbox);
    if (control !== undefined) await this.#switchProgram(control, versions);
    if (sweep !== null) writeShardProgram(tx, shard, sweep.program);
    if (logOffset !== position.logOffset || writes.outSeq !== position.outSeq) writePosition(tx, shard, logOffset, writes.outSeq);
    return {
      held: true, records: read.length, timers: due.length, swept: sweep?.ids.length ?? 0, decisions: writes.decisionCount, messages: writes.messageCount,
      posted: writes.postedShards,
      more: inbox.length === INBOX_BATCH_LIMIT || unread !== undefined || due.length === TIMER_BATCH_LIMIT,
      sweeping: sweep !== null && sweep.program.sweptVersion < sweep.program.version,
    };
  }

  /** The next contacts to bring up to a new program, and where the sweep stands after them; null: no sweep is under way. */
  async #sweepBatch(programs: readonly (ShardProgram & { paused: boolean })[]): Promise<{ ids: ContactId[]; program: ShardProgram } | null> {
    const open = programs.find((program) => program.sweptVersion < program.version && !program.paused);
    if (open === undefined) return null;
    const ids = await readContactsAfter(this.#tx, this.#shard, open.workspaceId, open.sweepAfter, SWEEP_BATCH_LIMIT);
    const done = ids.length < SWEEP_BATCH_LIMIT;
    const swept = open.swept + ids.length;
    return { ids, program: done ? { ...open, swept, sweptVersion: open.version, sweepAfter: null } : { ...open, swept, sweepAfter: ids.at(-1) ?? null } };
  }

  async #switchProgram(control: LogRow, versions: Map<number, ShardProgram>): Promise<void> {
    const { version, sweep } = JSON.parse(control.body) as { version: number; sweep: boolean };
    const before = versions.get(control.workspace_id);
    const swept = sweep ? Math.min(before?.sweptVersion ?? 0, version - 1) : before !== undefined && before.sweptVersion < before.version ? before.sweptVersion : version;
    const sweepTotal = sweep ? await countShardContacts(this.#tx, this.#shard, control.workspace_id) : (before?.sweepTotal ?? 0);
    const { sweepAfter = null, swept: sweptContacts = 0 } = sweep ? {} : (before ?? {});
    writeShardProgram(this.#tx, this.#shard, { workspaceId: control.workspace_id, version, sweptVersion: swept, sweepAfter, swept: sweptContacts, sweepTotal });
  }

  async #advanceAll(work: ContactWork, versions: Map<number, ShardProgram>, writes: ShardWrites): Promise<void> {
    const ids = [...work.items.keys()];
    if (ids.length === 0) return;
    const rows = new Map((await loadContacts(this.#tx, this.#shard, ids)).map((row) => [row.contact_id, row]));
    const programs = new Map<number, Program>();
    const behind: Subject[] = [];
    for (const [id, { workspaceId: told, inputs }] of work.items) {
      const row = rows.get(id);
      const workspaceId = row?.workspace_id ?? told;
      if (workspaceId === null) {
        writes.timersGone.push(id);
        continue;
      }
      const program = programs.get(workspaceId) ?? await this.#dependencies.programs.get(this.#tx, workspaceId, versions.get(workspaceId)?.version ?? 0);
      programs.set(workspaceId, program);
      const subject: Subject = { id, workspaceId, row, occupant: row === undefined ? null : decodeOccupant(row), inputs, program };
      if (this.#isCurrent(subject)) continue;
      if (inputs.some((input) => input.kind === 'erase')) subject.aliases = (await readAliases(this.#tx, [id])).get(id) ?? [];
      if (lacksKnownHistory(subject)) behind.push(subject);
      else this.#keep(subject, await this.#advance(subject, null), writes);
    }
    const histories = await readKnownHistories(this.#tx, this.#dependencies.shardCount, behind);
    for (const subject of behind) this.#keep(subject, await this.#advance(subject, histories.get(subject.id) ?? []), writes);
  }

  /** Whether a sweep came upon a contact that has met its program already and has nothing else to do. */
  #isCurrent({ row, occupant, inputs, program }: Subject): boolean {
    return occupant?.kind === 'contact' && occupant.state.programVersion === program.version && (row?.due_at_ms ?? Infinity) > this.#until
      && inputs.every((input) => input.kind === 'refresh');
  }

  async #advance({ id, occupant: before, inputs, program, aliases = [] }: Subject, known: LogRecord[] | null): Promise<Decided> {
    let occupant = before;
    let rest: readonly Input[] = inputs;
    let history = known;
    const effects: Effect[] = [];
    for (;;) {
      const result = advance({ id, occupant, inputs: rest, until: this.#until, program, history, aliases });
      if (result.kind === 'advanced') {
        return effects.length === 0 ? result : { ...result, effects: [...effects, ...result.effects] };
      }
      occupant = result.occupant;
      effects.push(...result.effects);
      rest = result.rest;
      history = await readWholeHistory(this.#tx, this.#dependencies.shardCount, id, occupant, rest[0]);
    }
  }

  #keep({ id, workspaceId, row }: Subject, { occupant, effects, nextDueAt }: Decided, writes: ShardWrites): void {
    for (const effect of effects) writes.add(workspaceId, id, effect);
    if (occupant === null) return;
    const state = occupant.kind === 'contact' ? occupant.state : null;
    // A tombstone leads nowhere, and so is listed nowhere among contacts.
    const redirectTo = occupant.kind === 'redirect' ? occupant.redirect.to : occupant.kind === 'erased' ? NOBODY : null;
    writes.contacts.push({
      id, workspaceId, redirectTo,
      userId: state?.home.kind === 'user' ? state.home.value : null,
      email: typeof state?.traits.email?.value === 'string' ? state.traits.email.value.slice(0, 320) : null,
      createdAt: state?.createdAt ?? (occupant.kind === 'erased' ? occupant.tombstone.at : this.#now), state: encodeOccupant(occupant),
    });
    const timer = row?.due_at_ms ?? Infinity;
    if (nextDueAt < timer || (timer <= this.#now && nextDueAt < Infinity)) writes.timers.push({ id, dueAt: nextDueAt });
    else if (timer <= this.#now || (state === null && timer < Infinity)) writes.timersGone.push(id);
  }
}

/** What became of a subject. */
type Decided = Extract<Advanced, { kind: 'advanced' }>;

/** What each contact of the shard has to look at in this transaction, in order. */
class ContactWork {
  readonly items = new Map<ContactId, { workspaceId: number | null; inputs: Input[] }>();

  add(id: ContactId, workspaceId: number, input: Input): void {
    const item = this.touch(id);
    item.workspaceId = workspaceId;
    item.inputs.push(input);
  }

  touch(id: ContactId): { workspaceId: number | null; inputs: Input[] } {
    const known = this.items.get(id);
    if (known !== undefined) return known;
    const item = { workspaceId: null, inputs: [] };
    this.items.set(id, item);
    return item;
  }
}

function erasureOf(row: LogRow): { contactId: ContactId; input: Erase } {
  const { erasure, contactId, at } = decodeErasure(row.body);
  return { contactId, input: { kind: 'erase', at, seq: row.seq, erasure, owners: null, ownerKind: null } };
}

function recordOf(row: LogRow): LogRecord {
  return decodeRecord({ kind: row.kind, name: row.name, body: row.body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
}
