import { parseTimestamp } from '@samovar/contract';
import { recordOfItem } from '../http/tracking/item-record.ts';
import type { Sender } from '../http/tracking/item-record.ts';
import { openText } from '../import/text-source.ts';
import type { BadEvent, EventFile, RecordedEvent } from './recorded-event.ts';

/** A longer line is no event: the collector would not have taken it. */
const LINE_CHARS_LIMIT = 1_048_576;

/**
 * Recorded calls of the tracking API, one JSON object per line, packed by gzip or not. An event arrives at its
 * `receivedAt`, or at its `timestamp` where it has none.
 */
export function ndjsonEvents(file: string, workspaceId: number): EventFile {
  return {
    async *read(onBad) {
      const { chunks } = await openText(file, 'utf-8');
      for await (const lines of splitLines(chunks, onBad)) {
        const events: RecordedEvent[] = [];
        for (const { line, text } of lines) {
          const made = readLine(text, line, workspaceId);
          if ('event' in made) events.push(made);
          else onBad(made);
        }
        yield events;
      }
    },
  };
}

interface Line {
  line: number;
  text: string;
}

async function* splitLines(chunks: AsyncIterable<string>, onBad: (bad: BadEvent) => void): AsyncGenerator<Line[]> {
  let rest = '';
  let line = 0;
  let isSkipping = false;
  const take = (text: string, into: Line[]): void => {
    line += 1;
    if (isSkipping) isSkipping = false;
    else if (text.trim() !== '') into.push({ line, text });
  };
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    const lines: Line[] = [];
    for (const part of parts) take(part, lines);
    if (rest.length > LINE_CHARS_LIMIT) {
      if (!isSkipping) onBad({ line: line + 1, code: 'line_too_long', message: `The line has more than ${LINE_CHARS_LIMIT} characters.` });
      isSkipping = true;
      rest = '';
    }
    yield lines;
  }
  const last: Line[] = [];
  if (rest !== '') take(rest, last);
  yield last;
}

function readLine(text: string, line: number, workspaceId: number): RecordedEvent | BadEvent {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { line, code: 'json_invalid', message: `The line is not JSON: ${error.message}` };
    throw error;
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { line, code: 'not_an_object', message: 'The line is not a JSON object.' };
  const item = raw as Record<string, unknown>;
  const arrived = parseTimestamp(item['receivedAt']);
  const at = arrived ?? parseTimestamp(item['timestamp'] ?? item['originalTimestamp']);
  if (at === null) return { line, code: 'time_missing', message: 'The event has neither a `receivedAt` nor a `timestamp` that can be read.' };
  // Without the time of arrival nothing is known about the sender's clock.
  if (arrived === null) delete item['sentAt'];
  // What was recorded without an id gets one that is the same in every replay.
  if (typeof item['messageId'] !== 'string' || item['messageId'] === '') item['messageId'] = `line-${line}`;
  const sender: Sender = { workspaceId, trusted: true, historical: false, receivedAt: at, sentAt: null, context: null, anonymousId: null, ip: null, userAgent: null };
  const made = recordOfItem(item, null, sender);
  if (made.kind === 'rejected') return { line, code: made.code, message: `${made.message}${made.pointer === '' ? '' : ` (${made.pointer})`}` };
  const { record } = made.record;
  if (record.kind !== 'event') throw new Error('an item of the tracking API became something else than an event');
  return { line, at, event: record };
}
