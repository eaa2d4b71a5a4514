import { nextJourneyDue, settle, wake } from '../journey/react.ts';
import type { Millis } from '../time.ts';
import type { Turn } from './turn.ts';

/** Lets timers act at their own times, in order, up to `limit`; answers when the next is due. */
export function passTime(turn: Turn, limit: Millis, inclusive: boolean): Millis {
  const { contact, program } = turn;
  for (;;) {
    const due = nextDue(turn);
    if (due > limit || (due === limit && !inclusive)) return due;
    turn.now = Math.max(due, contact.at);
    contact.at = turn.now;
    turn.cause = { kind: 'time' };
    for (const [segment, at] of Object.entries(contact.segmentDue)) {
      const position = program.segmentPositions.get(segment);
      if (at <= turn.now && position !== undefined) turn.dirty.add(position);
    }
    settle(turn);
    wake(turn);
  }
}

function nextDue(turn: Turn): Millis {
  const { segmentDue } = turn.contact;
  let due = nextJourneyDue(turn);
  for (const segment in segmentDue) due = Math.min(due, segmentDue[segment] ?? Infinity);
  return due;
}
