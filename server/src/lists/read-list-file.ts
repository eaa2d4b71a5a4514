import type { TrackedEvent } from '@samovar/core';
import { readSource, type FileReading } from '../import/read-file.ts';
import type { BadLine } from '../import/row-reader.ts';
import { importMapOf, type ListMapping } from './list-mapping.ts';
import { JOINED } from './list-members.ts';

/** So much is read at once. */
const CHUNK_CHARS = 64 * 1024;

export interface ListFile {
  text: string;
  fileName: string;
  mapping: ListMapping;
  list: string;
  /** Tells the lines of this upload from those of others: the same line read again is the same record. */
  importId: string;
  receivedAt: number;
  /** Whether joining the list may start journeys. */
  trigger: boolean;
  onBadLine: (bad: BadLine) => void;
}

/** For each good line: who that is, and that they join the list. */
export function readListFile({ text, fileName, mapping, importId, receivedAt, trigger, onBadLine, list }: ListFile): FileReading {
  let read = 0;
  const source = { chunks: chunksOf(text, (chars) => { read = chars; }), bytesTotal: text.length, bytesRead: () => read };
  const reading = readSource(source, importId, { file: fileName, map: importMapOf(mapping), receivedAt, historical: !trigger, onBadLine });
  return { ...reading, records: withJoining(reading.records, list) };
}

/** A text by the piece. */
export async function* chunksOf(text: string, onRead: (chars: number) => void = () => {}): AsyncGenerator<string> {
  // A byte order mark is no part of the first column's name.
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at += CHUNK_CHARS) {
    onRead(Math.min(text.length, at + CHUNK_CHARS));
    yield text.slice(at, at + CHUNK_CHARS);
  }
}

async function* withJoining(records: AsyncGenerator<TrackedEvent[]>, list: string): AsyncGenerator<TrackedEvent[]> {
  for await (const some of records) {
    yield some.flatMap((identify): TrackedEvent[] => [
      identify, { ...identify, type: 'track', name: JOINED, messageId: `${identify.messageId}-joined`, properties: { list }, traits: {} },
    ]);
  }
}
