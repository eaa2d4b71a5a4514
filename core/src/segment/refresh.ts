import { count, decide, touchSegments, type Turn } from '../advance/turn.ts';
import { holds, nextChange } from '../program/evaluate.ts';
import { scopeOf } from '../program/scope.ts';

/** Above this many it is quicker to go through all segments than to search for the first one each time. */
const MANY_DIRTY = 16;

/** Looks again at every segment marked dirty, in order of reference, and notes the memberships that changed. */
export function refreshSegments(turn: Turn): void {
  if (turn.dirty.size > MANY_DIRTY) {
    // What a segment marks stands after it, so once through is enough.
    for (let position = 0; position < turn.program.segments.length; position += 1) if (turn.dirty.delete(position)) refreshSegment(turn, position);
  }
  const { dirty } = turn;
  while (dirty.size > 0) {
    let first = Infinity;
    for (const position of dirty) if (position < first) first = position;
    dirty.delete(first);
    refreshSegment(turn, first);
  }
}

function refreshSegment(turn: Turn, position: number): void {
  const { contact, program } = turn;
  const segment = program.segments[position];
  if (segment === undefined) return;
  const scope = scopeOf(turn, null);
  const inside = holds(segment.predicate, scope);
  const due = segment.timed ? nextChange(segment.predicate, scope) : Infinity;
  if (due < Infinity) contact.segmentDue[segment.key] = due;
  else if (Object.hasOwn(contact.segmentDue, segment.key)) delete contact.segmentDue[segment.key];
  if (inside === Object.hasOwn(contact.segments, segment.key)) return;
  setMembership(turn, segment.key, inside);
  touchSegments(turn, program.dependents.segment.get(segment.key));
}

function setMembership(turn: Turn, segment: string, inside: boolean): void {
  const { contact, now, cause } = turn;
  if (inside) contact.segments[segment] = now;
  else delete contact.segments[segment];
  turn.effects.push({ kind: 'membership', segment, entered: inside, at: now, cause });
  turn.changes.push({ segment, change: inside ? 'enters' : 'leaves', at: now, cause });
  decide(turn, inside ? 'segment_entered' : 'segment_left', { segment, cause });
  count(turn, `segment:${segment}`, inside ? 'entered' : 'left');
}

/** Forgets memberships of segments that the program no longer has. */
export function dropUnknownSegments(turn: Turn): void {
  for (const segment of Object.keys(turn.contact.segments)) if (!turn.program.segmentPositions.has(segment)) setMembership(turn, segment, false);
}

/** Forgets when time would have changed memberships of segments that the program no longer has. */
export function forgetDues({ contact, program }: Turn): void {
  for (const segment of Object.keys(contact.segmentDue)) if (!program.segmentPositions.has(segment)) delete contact.segmentDue[segment];
}
