import { hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { contactIdOf, minorDigits } from '@samovar/core';
import type { JsonObject, Millis, TrackedEvent } from '@samovar/core';
import { appendRecords, beginImport, ensurePartitions, isStoreError, moveImport } from '@samovar/store';
import type { Database, NewRecord } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { toFixed } from './decimal.ts';
import { ImportError } from './import-error.ts';
import type { ImportMap } from './import-map.ts';
import { readFile } from './read-file.ts';
import type { FileReading } from './read-file.ts';
import type { ImportCounts } from './row-mapper.ts';
import type { BadLine } from './row-reader.ts';

/** Records of one commit. */
const BATCH_RECORDS = 1_000;

export interface ImportOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  workspaceId: number;
  file: string;
  map: ImportMap;
  /** True: what is imported may start journeys, as if it happened now. History by default. */
  trigger?: boolean;
  /** Where bad lines are reported; beside the file by default. */
  rejectedFile?: string;
  onProgress?: (progress: ImportStatus) => void;
  batchRecords?: number;
  /** Stops after the running commit; the import can be taken up again. */
  signal?: AbortSignal;
}

export interface ImportStatus {
  bytesRead: number;
  bytesTotal: number;
  lines: number;
  records: number;
  rejectedLines: number;
}

export interface ImportSummary {
  importId: string;
  lines: number;
  rejectedLines: number;
  /** null when there was no bad line. */
  rejectedFile: string | null;
  linesWithoutContact: number;
  contacts: number;
  events: number;
  orders: number;
  refunds: number;
  /** Over all lines with or without a contact, by currency, as exact decimals. */
  revenue: Record<string, string>;
  /** The latest time of any line. */
  lastAt: Millis | null;
  records: number;
  /** Committed by this run; the others were by an earlier one. */
  appended: number;
  /** Seen before by their message id. */
  duplicates: number;
  /** Records that an earlier run had committed. */
  resumedAt: number;
  complete: boolean;
}

/** Bad lines as NDJSON. The file comes into being with the first of them. */
class RejectedLines {
  readonly path: string;
  #stream: WriteStream | null = null;

  constructor(path: string) {
    this.path = path;
  }

  add({ line, code, message, text }: BadLine): void {
    this.#stream ??= createWriteStream(this.path);
    this.#stream.write(`${JSON.stringify({ line, code, message, text })}\n`);
  }

  /** Waits while the disk is slower than the reading. */
  async drain(): Promise<void> {
    if (this.#stream?.writableNeedDrain === true) await once(this.#stream, 'drain');
  }

  async end(): Promise<string | null> {
    if (this.#stream === null) return null;
    this.#stream.end();
    await finished(this.#stream);
    return this.path;
  }
}

export type ImporterOptions = Pick<ImportOptions, 'db' | 'clock' | 'shardCount' | 'workspaceId' | 'file' | 'batchRecords'> & {
  /** What is kept with the position; the counts by default. */
  summarise?: (counts: ImportCounts) => JsonObject;
};

function revenueOf(counts: ImportCounts): Record<string, string> {
  return Object.fromEntries([...counts.revenue].map(([currency, sum]) => [currency, toFixed(sum, minorDigits(currency))]));
}

function summaryOf(counts: ImportCounts): JsonObject {
  return { ...counts, revenue: revenueOf(counts) };
}

/** Commits the records of a reading batch by batch, each together with the position that it leads to. */
export class Importer {
  readonly #options: ImporterOptions;
  readonly #importId: string;
  readonly #resumedAt: number;
  #committed: number;
  #batch: NewRecord[] = [];
  #running: Promise<void> = Promise.resolve();
  #seen = 0;
  #partitionsDueAt = 0;
  appended = 0;
  duplicates = 0;

  constructor(options: ImporterOptions, importId: string, position: number) {
    this.#options = options;
    this.#importId = importId;
    this.#resumedAt = position;
    this.#committed = position;
  }

  get records(): number {
    return this.#seen;
  }

  /** The reading is the same in every run, so the first records are those that an earlier run committed. */
  async add(event: TrackedEvent, counts: ImportCounts): Promise<void> {
    this.#seen += 1;
    if (this.#seen <= this.#resumedAt) return;
    const { workspaceId } = this.#options;
    const [first] = event.identifiers;
    if (first === undefined) throw new Error('a record without identifiers came out of the mapping');
    this.#batch.push({ workspaceId, contactId: contactIdOf(workspaceId, first), record: event });
    if (this.#batch.length >= (this.#options.batchRecords ?? BATCH_RECORDS)) await this.flush(counts);
  }

  /** Commits what is gathered. The next batch is gathered while this one is under way. */
  async flush(counts: ImportCounts): Promise<void> {
    await this.#running;
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const summary = this.#options.summarise?.(counts) ?? summaryOf(counts);
    const running = this.#commit(batch, summary);
    // Awaited by the next flush; until then a failure must not count as forgotten.
    running.catch(() => {});
    this.#running = running;
  }

  async settle(counts: ImportCounts): Promise<void> {
    await this.flush(counts);
    await this.#running;
  }

  async #commit(batch: NewRecord[], summary: JsonObject): Promise<void> {
    const { db, clock, shardCount } = this.#options;
    const now = clock.now();
    if (now >= this.#partitionsDueAt) this.#partitionsDueAt = await ensurePartitions(db, now);
    const from = this.#committed;
    const to = from + batch.length;
    const move = async (transaction: Parameters<typeof moveImport>[0]): Promise<void> => {
      if (await moveImport(transaction, { importId: this.#importId, from, to, summary, now })) return;
      throw new ImportError('import_running', 'The import was moved on by another process; let it finish, or start again when it is gone.');
    };
    try {
      const results = await appendRecords(db, batch, now, shardCount, { alongside: move });
      for (const result of results) this[result === 'appended' ? 'appended' : 'duplicates'] += 1;
    } catch (error) {
      if (!isStoreError(error, 'commit_unknown')) throw error;
      await this.#findOut(batch, to, error);
    }
    this.#committed = to;
  }

  /** The connection broke during a commit: the position tells whether it happened. */
  async #findOut(batch: NewRecord[], to: number, error: unknown): Promise<void> {
    const { db, clock, workspaceId, file } = this.#options;
    const { position } = await beginImport(db, { importId: this.#importId, workspaceId, fileName: basename(file), now: clock.now() });
    if (position !== to) throw error;
    this.appended += batch.length;
  }
}

async function readAll(reading: FileReading, importer: Importer, rejected: RejectedLines, options: ImportOptions): Promise<boolean> {
  for await (const events of reading.records) {
    for (const event of events) await importer.add(event, reading.counts);
    await rejected.drain();
    const { lines, rejectedLines } = reading.counts;
    options.onProgress?.({ bytesRead: reading.bytesRead(), bytesTotal: reading.bytesTotal, lines, records: importer.records, rejectedLines });
    if (options.signal?.aborted === true) return false;
  }
  return true;
}

/**
 * Imports a file of contacts, events or orders. Reads as fast as the database takes it and holds a small part of it in
 * memory. Started again after a crash it goes on where the last commit was; of a finished import nothing is left to do.
 */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const { db, clock, workspaceId, file, map } = options;
  const rejected = new RejectedLines(options.rejectedFile ?? `${file}.rejected.ndjson`);
  await rm(rejected.path, { force: true });
  const historical = options.trigger !== true;
  const reading = await readFile({ file, map, receivedAt: clock.now(), historical, onBadLine: (bad) => rejected.add(bad) });
  const importId = hash('sha256', `${workspaceId}\0${reading.digest}\0${historical}`, 'hex').slice(0, 32);
  const { position } = await beginImport(db, { importId, workspaceId, fileName: basename(file), now: clock.now() });
  const importer = new Importer(options, importId, position);
  let rejectedFile: string | null;
  let complete: boolean;
  try {
    complete = await readAll(reading, importer, rejected, options);
    await importer.settle(reading.counts);
  } finally {
    rejectedFile = await rejected.end();
  }
  const { revenue: _, ...counts } = reading.counts;
  return {
    importId, ...counts, revenue: revenueOf(reading.counts), rejectedFile, complete,
    records: importer.records, appended: importer.appended, duplicates: importer.duplicates, resumedAt: position,
  };
}
