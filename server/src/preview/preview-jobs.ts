import { randomUUID } from 'node:crypto';
import type { Database } from '@samovar/store';
import { forgetPreviews, insertPreview, readPreview, removePreview, writePreviewResult } from '@samovar/store';
import { DAY_MS, type Millis } from '@samovar/core';
import type { Clock } from '../clock/clock.ts';
import { countExactly, type CountProgress } from './exact-count.ts';
import type { Question } from './members-among.ts';
import { previewProgram, type PreviewSource } from './preview-program.ts';

/** Counts that one process has under way or waiting; each looks at everybody. */
export const PREVIEW_JOB_LIMIT = 20;
/** After so long the answer has nothing to do with the contacts any more. */
const KEEP_MS = DAY_MS;

export type JobState = 'waiting' | 'counting' | 'done' | 'failed' | 'cancelled';

export interface PreviewJob {
  id: string;
  state: JobState;
  progress: CountProgress;
  startedAt: Millis;
}

interface Running extends PreviewJob {
  workspaceId: number;
  stop: AbortController;
}

export interface PreviewJobsOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  onTrouble: (message: string, error: unknown) => void;
}

/**
 * Exact counts in the background, one at a time. What is asked is kept in the database, so that a process which does not
 * know an id, since it was restarted or is another one, begins the count again; the result is kept there, too.
 */
export class PreviewJobs {
  readonly #options: PreviewJobsOptions;
  readonly #jobs = new Map<string, Running>();
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PreviewJobsOptions) {
    this.#options = options;
  }

  /** null: too many are waiting. */
  async start(workspaceId: number, source: PreviewSource, question: Question): Promise<PreviewJob | null> {
    this.#forgetOld();
    if (this.#open() >= PREVIEW_JOB_LIMIT) return null;
    const { db, clock } = this.#options;
    const id = randomUUID();
    await forgetPreviews(db, clock.now() - KEEP_MS);
    await insertPreview(db, { id, workspaceId, source, now: clock.now() });
    return this.#enqueue(id, workspaceId, question);
  }

  /** null: there is no such preview in the workspace, or it was forgotten. */
  async find(workspaceId: number, id: string): Promise<PreviewJob | null> {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known.workspaceId === workspaceId ? known : null;
    const { db, clock, shardCount } = this.#options;
    const kept = await readPreview<PreviewSource, CountProgress>(db, workspaceId, id);
    if (kept === null) return null;
    if (kept.result !== null) return { id, state: 'done', progress: kept.result, startedAt: kept.createdAt };
    const compiled = await previewProgram(db, workspaceId, kept.source);
    const none = { members: 0, contacts: { done: 0, of: 0 } };
    if (compiled.kind !== 'program' || this.#open() >= PREVIEW_JOB_LIMIT) return { id, state: compiled.kind === 'program' ? 'waiting' : 'failed', progress: none, startedAt: kept.createdAt };
    return this.#enqueue(id, workspaceId, { program: compiled.program, key: compiled.key, shardCount, now: clock.now() });
  }

  /** Stops it, and forgets it; answers whether it was there. */
  async cancel(workspaceId: number, id: string): Promise<boolean> {
    const known = this.#jobs.get(id);
    if (known !== undefined && known.workspaceId !== workspaceId) return false;
    known?.stop.abort();
    this.#jobs.delete(id);
    return removePreview(this.#options.db, workspaceId, id);
  }

  /** Stops what is under way; another process may take it up. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs.values()) job.stop.abort();
    await this.#queue;
  }

  /** Resolves when no count is under way. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  #open(): number {
    return [...this.#jobs.values()].filter(({ state }) => state === 'waiting' || state === 'counting').length;
  }

  #forgetOld(): void {
    const before = this.#options.clock.now() - KEEP_MS;
    for (const [id, job] of this.#jobs) if (job.startedAt < before && job.state !== 'counting') this.#jobs.delete(id);
  }

  #enqueue(id: string, workspaceId: number, question: Question): PreviewJob {
    const again = this.#jobs.get(id);
    if (again !== undefined) return again;
    const job: Running = { id, workspaceId, state: 'waiting', progress: { members: 0, contacts: { done: 0, of: 0 } }, startedAt: this.#options.clock.now(), stop: new AbortController() };
    this.#jobs.set(id, job);
    this.#queue = this.#queue.then(() => this.#count(job, question));
    return job;
  }

  async #count(job: Running, question: Question): Promise<void> {
    if (this.#closed || job.stop.signal.aborted) return;
    job.state = 'counting';
    const { db, onTrouble } = this.#options;
    try {
      job.progress = await countExactly(db, question, job.stop.signal, (progress) => { job.progress = progress; });
      if (job.stop.signal.aborted) {
        job.state = 'cancelled';
        return;
      }
      await writePreviewResult(db, job.id, job.progress);
      job.state = 'done';
    } catch (error) {
      job.state = 'failed';
      if (!this.#closed) onTrouble('the members of a preview could not be counted', error);
    }
  }
}
