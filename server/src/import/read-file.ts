import { hash } from 'node:crypto';
import type { Millis, TrackedEvent } from '@samovar/core';
import type { ImportMap, Source } from './import-map.ts';
import { ordersMapper } from './orders-mapper.ts';
import { RowProblem } from './read-value.ts';
import { contactsMapper, eventsMapper } from './row-mapper.ts';
import type { ImportCounts, MapperContext, RowMapper } from './row-mapper.ts';
import { readCsv, readNdjson } from './row-reader.ts';
import type { BadLine, Line, Row } from './row-reader.ts';
import { digestFile, openText } from './text-source.ts';
import type { TextSource } from './text-source.ts';

export interface ReadOptions {
  file: string;
  map: ImportMap;
  receivedAt: Millis;
  historical: boolean;
  /** Told of each bad line, in the order of the file. */
  onBadLine?: (bad: BadLine) => void;
}

/** A file being read: its records by the handful, in an order that is the same in every run. */
export interface FileReading {
  records: AsyncGenerator<TrackedEvent[]>;
  counts: ImportCounts;
  /** Of the file and the mapping. */
  digest: string;
  bytesTotal: number;
  bytesRead: () => number;
}

function formatOf({ format }: ImportMap, file: string): 'csv' | 'ndjson' {
  return format ?? (/\.(ndjson|jsonl|json)(\.gz)?$/i.test(file) ? 'ndjson' : 'csv');
}

/** Every column that the mapping reads. */
export function columnsOf(map: ImportMap): string[] {
  const columns = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('column' in value && typeof value.column === 'string') columns.add(value.column);
    for (const child of Object.values(value)) visit(child as Source);
  };
  visit(map.rows);
  return [...columns];
}

function mapperOf(map: ImportMap, context: MapperContext): RowMapper {
  switch (map.rows.kind) {
    case 'contacts': return contactsMapper(map.rows, context);
    case 'events': return eventsMapper(map.rows, context);
    case 'orders': return ordersMapper(map.rows, context);
  }
}

/** Nothing read so far. */
export function newCounts(): ImportCounts {
  return { lines: 0, rejectedLines: 0, linesWithoutContact: 0, contacts: 0, events: 0, orders: 0, refunds: 0, revenue: new Map(), lastAt: null };
}

function badRow(row: Row, { code, message }: RowProblem): BadLine {
  return { kind: 'bad', line: row.line, code, message, text: JSON.stringify(row.all()).slice(0, 2_000) };
}

/** Opens a file and reads it through a mapping, holding little of it at a time. */
export async function readFile(options: ReadOptions): Promise<FileReading> {
  const { file, map } = options;
  return readSource(await openText(file, map.encoding), await digestFile(file), options);
}

/** The same for a text that is there already; `digest` tells it from others. */
export function readSource(source: TextSource, fileDigest: string, options: ReadOptions): FileReading {
  const { file, map, receivedAt, historical } = options;
  const mappedDigest = hash('sha256', `${fileDigest}\0${JSON.stringify(map)}`, 'hex');
  const counts = newCounts();
  const mapper = mapperOf(map, { fileDigest, mappedDigest, receivedAt, historical, counts });
  const lines = formatOf(map, file) === 'csv' ? readCsv(source.chunks, { file, delimiter: map.delimiter, needed: columnsOf(map) }) : readNdjson(source.chunks);
  const reject = (bad: BadLine): void => {
    counts.rejectedLines += 1;
    options.onBadLine?.(bad);
  };
  return { records: mapLines(lines, mapper, counts, reject), counts, digest: mappedDigest, bytesTotal: source.bytesTotal, bytesRead: source.bytesRead };
}

async function* mapLines(chunks: AsyncIterable<Line[]>, mapper: RowMapper, counts: ImportCounts, reject: (bad: BadLine) => void): AsyncGenerator<TrackedEvent[]> {
  for await (const lines of chunks) {
    const records: TrackedEvent[] = [];
    for (const line of lines) {
      counts.lines += 1;
      if (line.kind === 'bad') {
        reject(line);
        continue;
      }
      try {
        for (const record of mapper.take(line)) records.push(record);
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        reject(badRow(line, error));
      }
    }
    yield records;
  }
  yield [...mapper.end()];
}
