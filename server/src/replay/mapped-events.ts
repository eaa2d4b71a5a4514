import type { ImportMap } from '../import/import-map.ts';
import { readFile } from '../import/read-file.ts';
import type { FileReading } from '../import/read-file.ts';
import type { EventFile, RecordedEvent } from './recorded-event.ts';

/** The last instant that a date can hold: rows without a time of their own get it, and are told by it. */
const NO_TIME = 8.64e15;

/** A file of contacts, events or orders read through an import mapping: every record arrives when it happened. */
export function mappedEvents(file: string, map: ImportMap, onRead: (counts: FileReading['counts']) => void = () => {}): EventFile {
  return {
    async *read(onBad) {
      const reading = await readFile({ file, map, receivedAt: NO_TIME, historical: false, onBadLine: onBad });
      let line = 0;
      for await (const records of reading.records) {
        yield records.map((event): RecordedEvent => {
          line += 1;
          // What has no time was so from the beginning.
          if (event.occurredAt === NO_TIME) return { line, at: 0, event: { ...event, occurredAt: 0, receivedAt: 0, historical: true } };
          return { line, at: event.occurredAt, event: { ...event, receivedAt: event.occurredAt } };
        });
      }
      onRead(reading.counts);
    },
  };
}
