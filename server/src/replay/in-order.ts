import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrackedEvent } from '@samovar/core';
import type { RecordedEvent } from './recorded-event.ts';

/** Recorded files are mostly in order, with neighbours swapped; so many events are held back to put them right. */
const WINDOW_EVENTS = 2_000;

/** An event comes so much later in the file than its time says that the window does not reach it. */
export class TooFarOutOfOrder extends Error {}

/**
 * The events in order of time, those of the same time in order of their lines, as they stream by.
 * @throws TooFarOutOfOrder after some of them were already given out
 */
export async function* inOrder(batches: AsyncIterable<RecordedEvent[]>): AsyncGenerator<RecordedEvent[]> {
  const held: RecordedEvent[] = [];
  let last: RecordedEvent | null = null;
  for await (const batch of batches) {
    for (const event of batch) {
      if (last !== null && compare(event, last) < 0) throw new TooFarOutOfOrder();
      held.push(event);
    }
    if (held.length < 2 * WINDOW_EVENTS) continue;
    held.sort(compare);
    const out = held.splice(0, held.length - WINDOW_EVENTS);
    last = out.at(-1) ?? last;
    yield out;
  }
  held.sort(compare);
  yield held;
}

function compare(a: Pick<RecordedEvent, 'at' | 'line'>, b: Pick<RecordedEvent, 'at' | 'line'>): number {
  return a.at - b.at || a.line - b.line;
}

const BATCH_EVENTS = 1_000;
const WRITE_BYTES = 1_048_576;

/** The events in order of time whatever their order was: they are put aside in a temporary file, and only their times are held. */
export async function* sorted(batches: AsyncIterable<RecordedEvent[]>): AsyncGenerator<RecordedEvent[]> {
  const directory = mkdtempSync(join(tmpdir(), 'samovar-replay-'));
  const file = openSync(join(directory, 'events'), 'w+');
  try {
    const places = await putAside(batches, file);
    places.sort(compare);
    for (let from = 0; from < places.length; from += BATCH_EVENTS) {
      yield places.slice(from, from + BATCH_EVENTS).map(({ at, line, start, length }) => ({ at, line, event: readEvent(file, start, length) }));
    }
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Place {
  at: number;
  line: number;
  start: number;
  length: number;
}

async function putAside(batches: AsyncIterable<RecordedEvent[]>, file: number): Promise<Place[]> {
  const places: Place[] = [];
  let end = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const write = (): void => {
    writeAll(file, Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  };
  for await (const batch of batches) {
    for (const { at, line, event } of batch) {
      const bytes = Buffer.from(JSON.stringify(event));
      places.push({ at, line, start: end, length: bytes.length });
      end += bytes.length;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= WRITE_BYTES) write();
    }
  }
  write();
  return places;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function readEvent(file: number, start: number, length: number): TrackedEvent {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const count = readSync(file, bytes, done, length - done, start + done);
    if (count === 0) throw new Error('the temporary file of a replay became shorter');
    done += count;
  }
  return JSON.parse(bytes.toString('utf8')) as TrackedEvent;
}
