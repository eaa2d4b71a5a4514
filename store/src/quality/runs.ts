import type { Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

export type QualityRunKind = 'report' | 'apply';

/** Something that goes through all contacts of a workspace in the background, and how far it has come. */
export interface QualityRun {
  workspaceId: number;
  runId: number;
  kind: QualityRunKind;
  status: 'running' | 'done' | 'failed';
  step: number;
  /** What was asked, as whoever began it has put it. */
  questions: unknown;
  progress: unknown;
  error: string | null;
  startedAt: Millis;
  endedAt: Millis | null;
}

interface RunRow {
  workspace_id: number;
  run_id: number;
  kind: QualityRunKind;
  status: QualityRun['status'];
  step: number;
  questions: unknown;
  progress: unknown;
  error: string | null;
  started_at_ms: Millis;
  ended_at_ms: Millis | null;
}

const COLUMNS = 'r.workspace_id, r.run_id, r.kind, r.status, r.step, r.questions, r.progress, r.error, r.started_at_ms, r.ended_at_ms';

function runOf(row: RunRow): QualityRun {
  return {
    workspaceId: row.workspace_id, runId: row.run_id, kind: row.kind, status: row.status, step: row.step, questions: row.questions, progress: row.progress, error: row.error,
    startedAt: row.started_at_ms, endedAt: row.ended_at_ms,
  };
}

const readLatest = statement(
  'quality_read_latest_run',
  `select ${COLUMNS} from quality_runs r where r.workspace_id = $1 and r.kind = $2 and ($3::text is null or r.status = $3) order by r.run_id desc limit 1`,
);
const readRunning = statement('quality_read_running', `select ${COLUMNS} from quality_runs r where r.status = 'running' order by r.workspace_id, r.run_id`);
const insert = statement(
  'quality_insert_run',
  `insert into quality_runs as r (workspace_id, run_id, kind, status, step, questions, progress, started_at_ms)
   select $1::int, coalesce(max(o.run_id), 0) + 1, $2::text, 'running', 0, $3::jsonb, $4::jsonb, $5::bigint from quality_runs o where o.workspace_id = $1
   having not exists (select 1 from quality_runs x where x.workspace_id = $1 and x.kind = $2 and x.status = 'running')
   on conflict (workspace_id, run_id) do nothing returning r.run_id`,
);
const move = statement(
  'quality_move_run',
  `update quality_runs set step = step + 1, progress = $4::jsonb, status = $5, error = $6, ended_at_ms = $7
   where workspace_id = $1 and run_id = $2 and step = $3 and status = 'running'`,
);

/** The latest run of a kind, of a status where one is named. */
export async function readLatestRun(db: Queryable, workspaceId: number, kind: QualityRunKind, status: QualityRun['status'] | null = null): Promise<QualityRun | null> {
  const { rows } = await db.query<RunRow>(readLatest, [workspaceId, kind, status]);
  return rows[0] === undefined ? null : runOf(rows[0]);
}

/** Runs of all workspaces that are not ended. */
export async function readRunningRuns(db: Queryable): Promise<QualityRun[]> {
  return (await db.query<RunRow>(readRunning)).rows.map(runOf);
}

export interface NewRun {
  workspaceId: number;
  kind: QualityRunKind;
  questions: unknown;
  progress: unknown;
  now: Millis;
}

/** Begins a run; where one of the kind is running, that one is answered. */
export async function beginRun(db: Queryable, { workspaceId, kind, questions, progress, now }: NewRun): Promise<{ runId: number; begun: boolean }> {
  for (;;) {
    const running = await readLatestRun(db, workspaceId, kind, 'running');
    if (running !== null) return { runId: running.runId, begun: false };
    // Whether one is running and which number is free are seen at one moment, so of two that ask at once one goes around again.
    const { rows } = await db.query<{ run_id: number }>(insert, [workspaceId, kind, JSON.stringify(questions), JSON.stringify(progress), now]);
    if (rows[0] !== undefined) return { runId: rows[0].run_id, begun: true };
  }
}

export interface RunMove {
  progress: unknown;
  status?: QualityRun['status'];
  error?: string;
  /** When it ended. */
  now?: Millis;
}

/** Moves a run on from where it was read; false: somebody else has done so meanwhile, or it has ended. */
export async function moveRun(db: Queryable, run: QualityRun, { progress, status = 'running', error, now }: RunMove): Promise<boolean> {
  const { rowCount } = await db.query(move, [run.workspaceId, run.runId, run.step, JSON.stringify(progress), status, error ?? null, status === 'running' ? null : (now ?? null)]);
  return rowCount === 1;
}

const readSettings = statement('quality_read_settings', 'select q.body from quality_settings q where q.workspace_id = $1');
const upsertSettings = statement(
  'quality_write_settings',
  'insert into quality_settings as q (workspace_id, body) values ($1, $2::jsonb) on conflict (workspace_id) do update set body = excluded.body',
);

/** What a workspace has chosen to look at; null: it has chosen nothing. */
export async function readQualitySettings(db: Queryable, workspaceId: number): Promise<unknown> {
  return (await db.query<{ body: unknown }>(readSettings, [workspaceId])).rows[0]?.body ?? null;
}

export async function writeQualitySettings(db: Queryable, workspaceId: number, body: unknown): Promise<void> {
  await db.query(upsertSettings, [workspaceId, JSON.stringify(body)]);
}
