import type { Millis, TrackedEvent } from '@samovar/core';

/** One event of a file, at the instant at which it arrives in virtual time. */
export interface RecordedEvent {
  /** Its line in the file, or its number among the records that the mapping makes: breaks ties of time. */
  line: number;
  at: Millis;
  event: TrackedEvent;
}

/** A line that gave no event. */
export interface BadEvent {
  line: number;
  code: string;
  message: string;
}

/** A file that can be read several times, always with the same events in the same order. */
export interface EventFile {
  read(onBad: (bad: BadEvent) => void): AsyncIterable<RecordedEvent[]>;
}
