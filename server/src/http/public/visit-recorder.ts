import { HOUR_MS, MINUTE_MS, shardOf } from '@samovar/core';
import type { ContactId, MessageId, Millis } from '@samovar/core';
import { classifyVisit } from '@samovar/channels';
import { readSentInfos } from '@samovar/store';
import type { Database, NewRecord, SentInfo } from '@samovar/store';

/** An open or a click, as it came in. */
export interface Visit {
  kind: 'open' | 'click';
  workspaceId: number;
  messageId: MessageId;
  contactId: ContactId;
  /** The clicked address; null for an open. */
  url: string | null;
  userAgent: string | null;
  ip: string | null;
  at: Millis;
}

export interface VisitRecorderOptions {
  db: Database;
  shardCount: number;
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  onTrouble: (message: string, error: unknown) => void;
}

/** How long a visit may be known to this process only. */
const FLUSH_DELAY_MS = 250;
/** Visits kept while the database does not take them; the oldest go first. */
const VISIT_LIMIT = 50_000;
/** Visits that are written together. */
const GROUP_LIMIT = 1_000;

/** Keeps opens and clicks in memory for a moment, so that a redirect waits for nothing, and then tells the log. */
export class VisitRecorder {
  readonly #options: VisitRecorderOptions;
  #waiting: Visit[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #dropped = 0;

  constructor(options: VisitRecorderOptions) {
    this.#options = options;
  }

  /** Visits that were lost since the database took none for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  record(visit: Visit): void {
    if (this.#waiting.length >= VISIT_LIMIT) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(visit);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS);
  }

  /** Resolves when everything recorded so far has been written, or could not be. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#write());
    await this.#flushing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_LIMIT);
      try {
        await this.#options.append(await this.#records(group));
      } catch (error) {
        this.#options.onTrouble(`${group.length} opens and clicks could not be written and will be tried again`, error);
        this.#waiting = [...group, ...this.#waiting];
        this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS * 4);
        return;
      }
    }
  }

  /** Whether a person or a machine came depends on how long after sending, which only the database knows. */
  async #records(group: readonly Visit[]): Promise<NewRecord[]> {
    const { db, shardCount } = this.#options;
    const sent = await readSentInfos(db, group.map(({ messageId, contactId }) => ({ messageId, shard: shardOf(contactId, shardCount) })));
    return group.map((visit) => recordOf(visit, sent.get(visit.messageId)));
  }
}

function recordOf(visit: Visit, sent: SentInfo | undefined): NewRecord {
  const { kind, workspaceId, contactId, messageId, url, userAgent, ip, at } = visit;
  const sentAt = sent?.sentAt ?? null;
  const { machine } = classifyVisit(kind, { userAgent, ip, msSinceSent: sentAt === null ? null : at - sentAt });
  const outcome = kind === 'open' ? 'opened' : 'clicked';
  // A client that fetches the same over and over again fills no log.
  const turn = kind === 'open' ? Math.floor(at / HOUR_MS) : `${Math.floor(at / MINUTE_MS)}:${url}`;
  return {
    workspaceId, contactId, dedupeKey: `${outcome}:${messageId}:${machine ? 'machine' : 'person'}:${turn}`,
    record: { kind: 'outcome', receivedAt: at, messageId, outcome, machine, detail: url, ...(sent === undefined ? {} : { about: sent.about }) },
  };
}
