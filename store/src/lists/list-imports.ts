import type { JsonObject, Millis } from '@samovar/core';
import { textArray } from '../binary-arrays.ts';
import type { Database } from '../database.ts';
import type { Queryable } from '../transaction.ts';

/** A file that is, or was, read onto a list. */
export interface ListImport {
  id: string;
  workspaceId: number;
  list: string;
  fileName: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  /** The file itself, while it is needed. */
  text: string | null;
  mapping: JsonObject;
  summary: JsonObject;
  createdAt: Millis;
}

interface ImportRow {
  import_id: string;
  workspace_id: number;
  list: string;
  file_name: string;
  state: ListImport['state'];
  text: string | null;
  mapping: JsonObject;
  summary: JsonObject;
  created_at_ms: Millis;
}

const COLUMNS = 'i.import_id, i.workspace_id, i.list, i.file_name, i.state, i.mapping, i.summary, i.created_at_ms';

function importOf(row: ImportRow): ListImport {
  return {
    id: row.import_id, workspaceId: row.workspace_id, list: row.list, fileName: row.file_name, state: row.state, text: row.text, mapping: row.mapping, summary: row.summary,
    createdAt: row.created_at_ms,
  };
}

export async function insertListImport(db: Queryable, one: ListImport): Promise<void> {
  await db.query(
    `insert into list_imports (import_id, workspace_id, list, file_name, state, text, mapping, summary, created_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9)`,
    [one.id, one.workspaceId, one.list, one.fileName, one.state, one.text, JSON.stringify(one.mapping), JSON.stringify(one.summary), one.createdAt],
  );
}

/** With the latest summary of its progress, and without its text; null: there is none of that id in the workspace. */
export async function readListImport(db: Queryable, workspaceId: number, id: string): Promise<ListImport | null> {
  const { rows } = await db.query<ImportRow>(
    `select ${COLUMNS}, null::text as text, coalesce(p.summary, '{}'::jsonb) as progress from list_imports i left join imports p on p.import_id = i.import_id::text
     where i.workspace_id = $1 and i.import_id = $2`, [workspaceId, id],
  );
  const [row] = rows as (ImportRow & { progress: JsonObject })[];
  return row === undefined ? null : { ...importOf(row), summary: row.state === 'running' ? { ...row.summary, ...row.progress } : row.summary };
}

/** Of a list, the latest first, without their texts. */
export async function readListImports(db: Queryable, workspaceId: number, list: string, limit: number): Promise<ListImport[]> {
  const { rows } = await db.query<ImportRow>(
    `select ${COLUMNS}, null::text as text from list_imports i where i.workspace_id = $1 and i.list = $2 order by i.created_at_ms desc, i.import_id limit $3`, [workspaceId, list, limit],
  );
  return rows.map(importOf);
}

/** All that no process has finished, of all workspaces, with their texts left out. */
export async function readOpenListImports(db: Queryable): Promise<ListImport[]> {
  return (await db.query<ImportRow>(`select ${COLUMNS}, null::text as text from list_imports i where i.state = 'running' order by i.created_at_ms, i.import_id`)).rows.map(importOf);
}

/** The file itself; null: it is not needed any more. */
export async function readListImportText(db: Queryable, id: string): Promise<string | null> {
  return (await db.query<{ text: string | null }>(`select i.text from list_imports i where i.import_id = $1 and i.state = 'running'`, [id])).rows[0]?.text ?? null;
}

/** Ends one that runs, and lets go of its file; false: it had ended already. */
export async function endListImport(db: Queryable, id: string, state: 'done' | 'failed' | 'cancelled', summary: JsonObject): Promise<boolean> {
  const { rowCount } = await db.query(
    `update list_imports set state = $2, summary = $3::jsonb, text = null where import_id = $1 and state = 'running'`, [id, state, JSON.stringify(summary)],
  );
  return rowCount === 1;
}

/** Forgets those that ended and began before a time: their bad lines name people. */
export async function forgetListImports(db: Database, before: Millis): Promise<void> {
  await db.transaction(async (tx) => {
    const { rows } = await tx.query<{ import_id: string }>(
      `delete from list_imports i where i.created_at_ms < $1 and i.state <> 'running' returning i.import_id`, [before],
    );
    if (rows.length > 0) await tx.query('delete from imports i where i.import_id = any($1::text[])', [textArray(rows.map((row) => row.import_id))]);
  }, { idempotent: true });
}
