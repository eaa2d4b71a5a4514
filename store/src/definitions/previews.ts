import type { Millis } from '@samovar/core';
import type { Queryable } from '../transaction.ts';

/** A question whose answer takes a while, and the answer once it is known. */
export interface KeptPreview<Source, Result> {
  source: Source;
  result: Result | null;
  createdAt: Millis;
}

export async function insertPreview(db: Queryable, { id, workspaceId, source, now }: { id: string; workspaceId: number; source: unknown; now: Millis }): Promise<void> {
  await db.query('insert into previews (preview_id, workspace_id, source, result, created_at_ms) values ($1, $2, $3::jsonb, null, $4)', [id, workspaceId, JSON.stringify(source), now]);
}

export async function writePreviewResult(db: Queryable, id: string, result: unknown): Promise<void> {
  await db.query('update previews set result = $2::jsonb where preview_id = $1', [id, JSON.stringify(result)]);
}

/** null: there is none of that id in the workspace. */
export async function readPreview<Source, Result>(db: Queryable, workspaceId: number, id: string): Promise<KeptPreview<Source, Result> | null> {
  const { rows } = await db.query<{ source: Source; result: Result | null; created_at_ms: Millis }>(
    'select p.source, p.result, p.created_at_ms from previews p where p.preview_id = $1 and p.workspace_id = $2', [id, workspaceId],
  );
  const [row] = rows;
  return row === undefined ? null : { source: row.source, result: row.result, createdAt: row.created_at_ms };
}

/** Answers whether it was there. */
export async function removePreview(db: Queryable, workspaceId: number, id: string): Promise<boolean> {
  return (await db.query('delete from previews where preview_id = $1 and workspace_id = $2', [id, workspaceId])).rowCount === 1;
}

export async function forgetPreviews(db: Queryable, before: Millis): Promise<void> {
  await db.query('delete from previews where created_at_ms < $1', [before]);
}
