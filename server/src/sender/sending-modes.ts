import { readSendingModes } from '@samovar/store';
import type { Database, SendingMode } from '@samovar/store';

/** How old the knowledge of a stop may be, in every process, when a message leaves. Real time: a stop is an emergency. */
const MAX_AGE_MS = 200;

/** Which workspaces send, as of a moment ago. */
export class SendingModes {
  readonly #db: Database;
  #modes = new Map<number, SendingMode>();
  #readAt = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Reads again unless what is known is fresh. */
  async refresh({ force = false }: { force?: boolean } = {}): Promise<void> {
    if (!force && performance.now() - this.#readAt < MAX_AGE_MS) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  async isStopped(workspaceId: number): Promise<boolean> {
    await this.refresh();
    return this.#modes.get(workspaceId)?.sending === 'stopped';
  }

  /** The workspaces of which nothing may leave, as last read. */
  get stopped(): number[] {
    return [...this.#modes.values()].filter((mode) => mode.sending === 'stopped').map((mode) => mode.workspaceId);
  }

  async #read(): Promise<void> {
    const readAt = performance.now();
    this.learn(await readSendingModes(this.#db), readAt);
  }

  /** Takes over what somebody else has read anyway. `readAt`: when the reading began, on the process's own clock. */
  learn(modes: readonly SendingMode[], readAt: number): void {
    if (readAt < this.#readAt) return;
    this.#modes = new Map(modes.map((mode) => [mode.workspaceId, mode]));
    this.#readAt = readAt;
  }
}
