import { shardOf } from '@samovar/core';
import type { ContactId, Millis } from '@samovar/core';
import { storableText } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** What somebody wrote down about a contact. */
export interface NoteRow {
  contactId: ContactId;
  noteId: string;
  at: Millis;
  by: string;
  text: string;
}

const insert = statement(
  'notes_insert',
  `insert into notes as n (shard, contact_id, at_ms, note_id, workspace_id, written_by, body) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (shard, contact_id, at_ms, note_id) do nothing`,
);
const remove = statement('notes_remove', 'delete from notes n where n.shard = $1 and n.contact_id = $2 and n.note_id = $3 and n.workspace_id = $4');
const read = statement(
  'notes_read',
  `select n.contact_id, n.note_id, n.at_ms, n.written_by, n.body from notes n
   where n.shard = $1 and n.contact_id = $2 and (n.at_ms, n.note_id) < ($3, $4::uuid) order by n.at_ms desc, n.note_id desc limit $5`,
);

export async function writeNote(db: Queryable, workspaceId: number, { contactId, noteId, at, by, text }: NoteRow, shardCount: number): Promise<void> {
  await db.query(insert, [shardOf(contactId, shardCount), contactId, at, noteId, workspaceId, storableText(by), storableText(text)]);
}

/** Removes a note of a contact, whichever of its ids it was written under; false: there is none. */
export async function removeNote(db: Queryable, workspaceId: number, ids: readonly ContactId[], noteId: string, shardCount: number): Promise<boolean> {
  const removed = await Promise.all(ids.map((id) => db.query(remove, [shardOf(id, shardCount), id, noteId, workspaceId])));
  return removed.some(({ rowCount }) => rowCount > 0);
}

/** Notes written under one id before a place, the latest first. */
export async function readNotes(db: Queryable, id: ContactId, before: readonly [Millis, string], limit: number, shardCount: number): Promise<NoteRow[]> {
  const { rows } = await db.query<{ contact_id: ContactId; note_id: string; at_ms: Millis; written_by: string; body: string }>(read, [shardOf(id, shardCount), id, ...before, limit]);
  return rows.map((row) => ({ contactId: row.contact_id, noteId: row.note_id, at: row.at_ms, by: row.written_by, text: row.body }));
}
