import { randomUUID } from 'node:crypto';
import { DAY_MS, type JsonObject, type Millis } from '@samovar/core';
import { beginImport, endListImport, forgetListImports, insertListImport, readListImport, readListImportText, readOpenListImports, type Database, type ListImport } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { ImportError } from '../import/import-error.ts';
import { Importer } from '../import/import-file.ts';
import type { FileReading } from '../import/read-file.ts';
import type { BadLine } from '../import/row-reader.ts';
import { listMapping, storable, type ListMapping } from './list-mapping.ts';
import { readListFile } from './read-list-file.ts';

/** Bad lines that are kept with an import; the number of all is kept, too. */
export const BAD_LINE_LIMIT = 200;
const BAD_LINE_CHARS = 200;
/** Bad lines name people, and after so long nobody mends them any more. */
export const KEEP_IMPORT_MS = 30 * DAY_MS;

/** How far an import is, and what was wrong with its lines. */
export interface ListImportSummary {
  /** Good lines so far. */
  people: number;
  lines: number;
  badLines: number;
  problems: { line: number; code: string; message: string; text: string }[];
  /** Characters of the file. */
  done: number;
  of: number;
  /** Why it could not go on. */
  failure: string | null;
}

export interface ListImportsOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  onTrouble: (message: string, error: unknown) => void;
}

/** Reads uploaded files onto lists in the background. The position is committed with the records, so that whoever goes on after a crash counts nobody twice. */
export class ListImports {
  readonly #options: ListImportsOptions;
  readonly #running = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  #closed = false;

  constructor(options: ListImportsOptions) {
    this.#options = options;
  }

  async start(workspaceId: number, { list, fileName, text: told, mapping, trigger }: { list: string; fileName: string; text: string; mapping: ListMapping; trigger: boolean }): Promise<ListImport> {
    const { db, clock } = this.#options;
    const text = storable(told);
    const one: ListImport = {
      id: randomUUID(), workspaceId, list, fileName, state: 'running', text, mapping: JSON.parse(JSON.stringify({ ...mapping, trigger })) as JsonObject, summary: { ...nothingYet(text.length) }, createdAt: clock.now(),
    };
    await forgetListImports(db, clock.now() - KEEP_IMPORT_MS);
    await insertListImport(db, one);
    this.#run(one);
    return one;
  }

  /** Goes on with what nobody finished; another process that is at it as well will find out and stop. */
  async resume(): Promise<void> {
    for (const one of await readOpenListImports(this.#options.db)) this.#run(one);
  }

  /** What was read stays on the list; answers whether it was still running. */
  async cancel(workspaceId: number, id: string): Promise<boolean> {
    const found = await readListImport(this.#options.db, workspaceId, id);
    if (found === null || !(await endListImport(this.#options.db, id, 'cancelled', found.summary))) return false;
    this.#running.get(id)?.stop.abort();
    return true;
  }

  /** Resolves when this process reads nothing any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** Stops after the running commits; they can be taken up again. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#running.values()) stop.abort();
    await this.settled();
  }

  #run(one: ListImport): void {
    if (this.#closed || this.#running.has(one.id)) return;
    const stop = new AbortController();
    const ended = this.#read(one, stop.signal).finally(() => this.#running.delete(one.id));
    this.#running.set(one.id, { stop, ended });
  }

  async #read(one: ListImport, signal: AbortSignal): Promise<void> {
    const { db, onTrouble } = this.#options;
    const summary = { ...nothingYet(0), ...one.summary };
    try {
      const text = one.text ?? await readListImportText(db, one.id);
      if (text === null) return;
      const reading = new ListReading(one, text);
      if (await this.#commitAll(one, reading, signal)) await endListImport(db, one.id, 'done', { ...reading.summary() });
    } catch (error) {
      // The other process that reads it goes on; a stopped server or lost database leaves it to be taken up again.
      if (error instanceof ImportError && error.code === 'import_running') return;
      if (error instanceof ImportError) await endListImport(db, one.id, 'failed', { ...summary, failure: error.message });
      else if (!this.#closed) onTrouble(`reading ${one.fileName} onto the list ${one.list} stopped and is taken up when the server starts again`, error);
    }
  }

  /** false: it was told to stop. */
  async #commitAll(one: ListImport, { reading, summary }: ListReading, signal: AbortSignal): Promise<boolean> {
    const { db, clock, shardCount } = this.#options;
    const { workspaceId, fileName } = one;
    const { position } = await beginImport(db, { importId: one.id, workspaceId, fileName, now: clock.now() });
    const importer = new Importer({ db, clock, shardCount, workspaceId, file: fileName, summarise: () => ({ ...summary() }) }, one.id, position);
    for await (const events of reading.records) {
      for (const event of events) await importer.add(event, reading.counts);
      if (signal.aborted) break;
    }
    await importer.settle(reading.counts);
    return !signal.aborted;
  }
}

class ListReading {
  readonly reading: FileReading;
  readonly #problems: ListImportSummary['problems'] = [];

  constructor({ id, list, fileName, mapping: kept, createdAt }: ListImport, text: string) {
    const { trigger, ...mapping } = kept as JsonObject & { trigger: boolean };
    const receivedAt: Millis = createdAt;
    const onBadLine = ({ line, code, message, text: excerpt }: BadLine): void => {
      if (this.#problems.length < BAD_LINE_LIMIT) this.#problems.push({ line, code, message: storable(message), text: storable(excerpt.slice(0, BAD_LINE_CHARS)) });
    };
    this.reading = readListFile({ text, fileName, mapping: listMapping.parse(mapping), list, importId: id, receivedAt, trigger, onBadLine });
  }

  readonly summary = (): ListImportSummary => {
    const { counts, bytesRead, bytesTotal } = this.reading;
    return { people: counts.contacts, lines: counts.lines, badLines: counts.rejectedLines, problems: this.#problems, done: bytesRead(), of: bytesTotal, failure: null };
  };
}

function nothingYet(chars: number): ListImportSummary {
  return { people: 0, lines: 0, badLines: 0, problems: [], done: 0, of: chars, failure: null };
}
