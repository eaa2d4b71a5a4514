import { setTimeout as wait } from 'node:timers/promises';
import { DAY_MS, completeWorkspace } from '@samovar/core';
import type { RetentionRules, WorkspaceDefinition } from '@samovar/core';
import { expireDecisions, expireEvents, expireRejected, listWorkspaces, readSendingSettings } from '@samovar/store';
import type { Database, Expired } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';

/** How often the clock is looked at. */
const LOOK_EVERY_MS = 60_000;
/** After each batch as much rest as this times what it took: nobody waits for it. */
const REST_SHARE = 1;
const REST_LIMIT_MS = 1_000;

export interface HousekeeperOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  onTrouble: (message: string, error: unknown) => void;
}

/**
 * Removes what is kept no longer, once a day by Samovar's clock, in small batches with rests in between. Any number of
 * processes may do so at once: what one has removed the other does not find.
 */
export class Housekeeper {
  readonly #options: HousekeeperOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<unknown> = Promise.resolve();
  #day = -1;

  constructor(options: HousekeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.tidy({ inHaste: false }), LOOK_EVERY_MS);
    this.#timer.unref();
    void this.tidy({ inHaste: false });
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#working;
  }

  /** Does what is due today, if that has not been done yet; answers how many rows went. `inHaste`: without rests, for a clock that waits. */
  async tidy({ inHaste }: { inHaste: boolean }): Promise<number> {
    const result = this.#working.then(() => this.#tidy(inHaste));
    this.#working = result.catch(() => {});
    return result.catch((error: unknown) => {
      this.#options.onTrouble('what is kept no longer could not be removed, and will be tried again', error);
      return 0;
    });
  }

  async #tidy(inHaste: boolean): Promise<number> {
    const { db, clock } = this.#options;
    const day = Math.floor(clock.now() / DAY_MS);
    if (day === this.#day || this.#stopping.signal.aborted) return 0;
    let removed = 0;
    for (const { workspaceId } of await listWorkspaces(db)) {
      const { workspace } = await readSendingSettings(db, workspaceId);
      removed += await this.#tidyWorkspace(workspaceId, completeWorkspace(workspace as Partial<WorkspaceDefinition> | null).retention, inHaste);
    }
    if (!this.#stopping.signal.aborted) this.#day = day;
    return removed;
  }

  async #tidyWorkspace(workspaceId: number, rules: RetentionRules, inHaste: boolean): Promise<number> {
    const { db, clock, shardCount } = this.#options;
    let removed = await this.#repeat(() => expireRejected(db, workspaceId, rules, clock.now()), inHaste);
    const keepsAll = rules.defaultMs === null && rules.decisionsMs === null && Object.keys(rules.events).length === 0;
    for (let shard = 0; shard < shardCount && !keepsAll; shard += 1) {
      removed += await this.#repeat(() => expireEvents(db, shard, workspaceId, rules, clock.now()), inHaste);
      removed += await this.#repeat(() => expireDecisions(db, shard, workspaceId, rules, clock.now()), inHaste);
    }
    return removed;
  }

  async #repeat(batch: () => Promise<Expired>, inHaste: boolean): Promise<number> {
    let removed = 0;
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const result = await batch();
      removed += result.removed;
      if (!result.more) break;
      if (!inHaste) await wait(Math.min(REST_LIMIT_MS, (performance.now() - startedAt) * REST_SHARE), undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
    return removed;
  }
}
