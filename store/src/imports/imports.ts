import type { JsonObject, Millis } from '@samovar/core';
import type { Queryable, Transaction } from '../transaction.ts';

/** How far an import has come: so many of its records are committed. */
export interface ImportProgress {
  importId: string;
  workspaceId: number;
  fileName: string;
  position: number;
  summary: JsonObject;
  updatedAt: Millis;
}

interface ImportRow {
  import_id: string;
  workspace_id: number;
  file_name: string;
  position: number;
  summary: JsonObject;
  updated_at_ms: number;
}

const COLUMNS = 'import_id, workspace_id, file_name, position, summary, updated_at_ms';

function progressOf(row: ImportRow): ImportProgress {
  return { importId: row.import_id, workspaceId: row.workspace_id, fileName: row.file_name, position: row.position, summary: row.summary, updatedAt: row.updated_at_ms };
}

/** The progress of an import, which begins at 0 when it is new. */
export async function beginImport(db: Queryable, { importId, workspaceId, fileName, now }: { importId: string; workspaceId: number; fileName: string; now: Millis }): Promise<ImportProgress> {
  await db.query(
    `insert into imports (import_id, workspace_id, file_name, position, summary, updated_at_ms) values ($1, $2, $3, 0, '{}', $4) on conflict do nothing`,
    [importId, workspaceId, fileName, now],
  );
  const { rows } = await db.query<ImportRow>(`select ${COLUMNS} from imports where import_id = $1`, [importId]);
  const [row] = rows;
  if (row === undefined) throw new Error(`the import ${importId} was neither found nor made`);
  return progressOf(row);
}

/** Moves an import on, in the transaction that appends its records; false when another process moved it meanwhile. */
export async function moveImport(
  transaction: Transaction,
  { importId, from, to, summary, now }: { importId: string; from: number; to: number; summary: JsonObject; now: Millis },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update imports set position = $3, summary = $4::jsonb, updated_at_ms = $5 where import_id = $1 and position = $2',
    [importId, from, to, JSON.stringify(summary), now],
  );
  return rowCount === 1;
}

/** The imports of a workspace, the latest first. */
export async function listImports(db: Queryable, workspaceId: number): Promise<ImportProgress[]> {
  const { rows } = await db.query<ImportRow>(`select ${COLUMNS} from imports where workspace_id = $1 order by updated_at_ms desc, import_id`, [workspaceId]);
  return rows.map(progressOf);
}
