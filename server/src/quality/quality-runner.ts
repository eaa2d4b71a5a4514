import { setTimeout as wait } from 'node:timers/promises';
import type { QualityLists } from '@samovar/core';
import { moveRun, readRunningRuns } from '@samovar/store';
import type { Database, NewRecord, QualityRun, RunMove } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { applySlice } from './apply-choices.ts';
import { DomainChecker } from './domain-checker.ts';
import { examineSlice } from './examine-slice.ts';
import { forgetOlderFindings, noteDuplicates, noteSources } from './finish-report.ts';
import type { MailResolver } from './mail-resolver.ts';
import { loadQualityLists } from './quality-lists.ts';
import type { ReportProgress, ReportQuestions } from './report-progress.ts';

/** How often a process looks for runs that another one has begun, or has left behind. */
const LOOK_EVERY_MS = 15_000;
/** After each slice as much rest as this times what it took: a report has time, events have not. */
const REST_SHARE = 0.5;
const REST_LIMIT_MS = 1_000;
/** Failures one after another before a run is given up. */
const FAILURE_LIMIT = 5;
const FAILURE_PAUSE_MS = 2_000;
/** Domains that one report asks about at most: at eight at a time that is a matter of minutes. */
const DOMAIN_QUESTION_LIMIT = 20_000;

export interface QualityRunnerOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  resolver: MailResolver;
  /** Resolves after commit. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  onTrouble: (message: string, error: unknown) => void;
}

const nameOf = ({ workspaceId, runId }: QualityRun): string => `${workspaceId} ${runId}`;

/** Somebody else has moved the run on. */
class RunTaken extends Error {}

/**
 * Makes reports on the quality of data in the background: a slice of contacts, a rest, the next slice. Each slice is one
 * transaction that also moves the run on, so that it may be interrupted anywhere and goes on where it stood.
 */
export class QualityRunner {
  readonly #options: QualityRunnerOptions;
  readonly #stopping = new AbortController();
  #lists: Promise<QualityLists> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> = Promise.resolve();
  #busy = false;
  /** Where a run stood that somebody else is moving on. */
  readonly #seen = new Map<string, number>();

  constructor(options: QualityRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#busy || this.#stopping.signal.aborted) return;
    this.#busy = true;
    this.#working = this.#work().catch((error: unknown) => this.#options.onTrouble('the data quality report stopped', error)).finally(() => { this.#busy = false; });
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const taken = new Set<string>();
    for (;;) {
      const run = (await readRunningRuns(this.#options.db)).find((one) => !taken.has(nameOf(one)) && !this.#isElsewhere(one));
      if (run === undefined || this.#stopping.signal.aborted) return;
      if (!(await this.#finish(run))) taken.add(nameOf(run));
    }
  }

  /** One that moved since it was last looked at, and not by this process. */
  #isElsewhere(run: QualityRun): boolean {
    const name = nameOf(run);
    const seen = this.#seen.get(name);
    if (seen === undefined || seen === run.step) return false;
    this.#seen.set(name, run.step);
    return true;
  }

  /** Answers whether this process went on with it to the end; else somebody else does. */
  async #finish(first: QualityRun): Promise<boolean> {
    const domains = this.#domains(first);
    let failures = 0;
    for (let run: QualityRun = first; !this.#stopping.signal.aborted;) {
      const began = performance.now();
      let next: QualityRun | null;
      try {
        next = await this.#slice(run, domains);
        failures = 0;
      } catch (error) {
        if (error instanceof RunTaken) {
          this.#seen.set(nameOf(run), run.step + 1);
          return false;
        }
        failures += 1;
        this.#options.onTrouble('a part of the data quality report failed', error);
        if (failures >= FAILURE_LIMIT) {
          await this.#giveUp(run, error);
          return true;
        }
        await this.#rest(FAILURE_PAUSE_MS * failures);
        next = await this.#read(run);
      }
      if (next === null) return true;
      run = next;
      await this.#rest(Math.min((performance.now() - began) * REST_SHARE, REST_LIMIT_MS));
    }
    return true;
  }

  #domains(run: QualityRun): DomainChecker | null {
    if (run.kind !== 'report' || !(run.questions as ReportQuestions).checkDomains) return null;
    const { db, shardCount, resolver } = this.#options;
    return new DomainChecker({ db, shardCount, resolver, now: run.startedAt, questionLimit: DOMAIN_QUESTION_LIMIT });
  }

  /** Answers with the run as it then stands; null: it is done. */
  async #slice(run: QualityRun, domains: DomainChecker | null): Promise<QualityRun | null> {
    if (run.kind === 'apply') return this.#apply(run);
    const { db, shardCount } = this.#options;
    switch ((run.progress as ReportProgress).phase) {
      case 'contacts': {
        this.#lists ??= loadQualityLists();
        const slice = await examineSlice({ db, shardCount, lists: await this.#lists, domains }, run, run.questions as ReportQuestions);
        return this.#commit(run, async (tx) => ({ progress: await slice.write(tx) }));
      }
      case 'duplicates': return this.#commit(run, async (tx) => ({ progress: await noteDuplicates({ shardCount }, tx, run) }));
      case 'sources': {
        const { progress, done } = await noteSources({ db, shardCount }, run);
        const moved = await this.#commit(run, async () => (done ? this.#ended(progress) : { progress }));
        if (moved === null) await forgetOlderFindings({ db, shardCount }, run);
        return moved;
      }
    }
  }

  async #apply(run: QualityRun): Promise<QualityRun | null> {
    const { db, shardCount, clock, append } = this.#options;
    const { records, progress, done } = await applySlice({ db, shardCount, now: clock.now() }, run);
    // Told first: a slice that is told twice has the same message ids.
    if (records.length > 0) await append(records);
    return this.#commit(run, async () => (done ? this.#ended(progress) : { progress }));
  }

  #ended(progress: unknown): RunMove {
    return { progress, status: 'done', now: this.#options.clock.now() };
  }

  async #commit(run: QualityRun, decide: (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<RunMove>): Promise<QualityRun | null> {
    const move = await this.#options.db.transaction(async (tx) => {
      const decided = await decide(tx);
      if (!(await moveRun(tx, run, decided))) throw new RunTaken('the run was moved by somebody else');
      return decided;
    });
    return move.status === undefined ? { ...run, step: run.step + 1, progress: move.progress } : null;
  }

  /** The run as it stands in the database; null: it has ended. */
  async #read(run: QualityRun): Promise<QualityRun | null> {
    const running = await readRunningRuns(this.#options.db);
    return running.find(({ workspaceId, runId }) => workspaceId === run.workspaceId && runId === run.runId) ?? null;
  }

  async #giveUp(run: QualityRun, error: unknown): Promise<void> {
    const { db, clock } = this.#options;
    await moveRun(db, run, { progress: run.progress, status: 'failed', error: error instanceof Error ? error.message : String(error), now: clock.now() });
  }

  async #rest(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopping.signal });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    }
  }
}
