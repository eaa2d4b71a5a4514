import { advance, type ContactState, type LogRecord, type Millis, type Program } from '@samovar/core';
import { decodeOccupant, type ContactRow, type Queryable } from '@samovar/store';
import { lacksKnownHistory, readKnownHistories, readWholeHistory, type Subject } from '../worker/shard-history.ts';

export interface Question {
  program: Program;
  /** Of the segment that is asked about. */
  key: string;
  shardCount: number;
  now: Millis;
}

/** Those of the contacts who would be in the segment, decided as the worker would decide it, on copies. */
export async function membersAmong(db: Queryable, question: Question, rows: readonly ContactRow[]): Promise<ContactState[]> {
  const { shardCount } = question;
  const subjects = rows.map((row): Subject => ({
    id: row.contact_id, workspaceId: row.workspace_id, row, occupant: decodeOccupant(row), inputs: [{ kind: 'refresh', at: question.now }], program: question.program,
  }));
  const behind = subjects.filter(lacksKnownHistory);
  const histories = behind.length === 0 ? new Map<string, LogRecord[]>() : await readKnownHistories(db, shardCount, behind);
  const members: ContactState[] = [];
  for (const subject of subjects) {
    const state = await broughtUp(db, question, subject, histories.get(subject.id) ?? null);
    if (state !== null && Object.hasOwn(state.segments, question.key)) members.push(state);
  }
  return members;
}

async function broughtUp(db: Queryable, { program, shardCount, now }: Question, { id, occupant, inputs }: Subject, history: LogRecord[] | null): Promise<ContactState | null> {
  let result = advance({ id, occupant, inputs, until: now, program, history });
  if (result.kind === 'needs-history') {
    result = advance({ id, occupant, inputs, until: now, program, history: await readWholeHistory(db, shardCount, id, occupant, undefined) });
  }
  if (result.kind === 'needs-history') throw new Error(`contact ${id}: history was asked for twice`);
  return result.occupant?.kind === 'contact' ? result.occupant.state : null;
}
