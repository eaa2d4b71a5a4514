import { enter } from '../journey/enter.ts';
import { settle } from '../journey/react.ts';
import { dropUnknownSegments, refreshSegments } from '../segment/refresh.ts';
import type { Turn } from './turn.ts';

/**
 * Brings a contact up to a program it has not met: looks at the segments that mean something else than what it met last.
 * Memberships change silently, except where those inside shall enter.
 */
export function adopt(turn: Turn): void {
  const { contact, program } = turn;
  const before = contact.programVersion;
  contact.programVersion = program.version;
  turn.cause = { kind: 'definition', version: program.version };
  dropUnknownSegments(turn);
  for (const key of Object.keys(contact.leaves)) if (!program.leaves.has(key)) delete contact.leaves[key];
  program.segments.forEach(({ since }, position) => {
    if (since > before || before > program.version) turn.dirty.add(position);
  });
  refreshSegments(turn);
  turn.changes = [];
  for (const [key, version] of Object.entries(program.enterExisting)) {
    const journey = program.journeys.get(key)?.live;
    if (before >= version || journey === undefined || journey === null || journey.trigger.kind !== 'segment') continue;
    if (journey.trigger.change !== 'enters' || !Object.hasOwn(contact.segments, journey.trigger.segment)) continue;
    enter(turn, journey, { cause: `published ${version}`, since: turn.now, key: null, data: {} });
  }
  settle(turn);
}
