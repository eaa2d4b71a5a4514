import { keptMs } from '../definition/retention.ts';
import type { ContactState } from '../contact/contact-state.ts';
import { partsOf } from '../contact/parts.ts';
import type { ContactId } from '../identity/ids.ts';
import { ORDER_COMPLETED } from '../order/apply-order.ts';
import { filtersOf, isAbout, type Leaf } from '../leaf/shape.ts';
import type { Program } from '../program/program.ts';
import { lackingLeaves, lacksLeaves } from '../segment/observe.ts';
import type { Input, Occupant } from './inputs.ts';
import type { Turn } from './turn.ts';

/** Whether not even the first input can be applied without history. */
export function needsHistory(occupant: Occupant | null, first: Input | undefined, program: Program): boolean {
  if (occupant?.kind !== 'contact') return occupant !== null && first !== undefined && mayNeedHistory(occupant, first);
  return lacksLeaves(occupant.state, program) || first?.kind === 'release' || (first?.kind === 'absorb' && mergeNeedsHistory(occupant.state, first, program));
}

/** Whether history may be needed for an input: a later one cannot use what was read for the first. */
export function mayNeedHistory(occupant: Occupant, input: Input): boolean {
  if (occupant.kind === 'contact') return input.kind === 'absorb' || input.kind === 'release';
  return occupant.kind === 'redirect' && occupant.redirect.held !== undefined && input.kind === 'restore';
}

/**
 * Whose records, and up to which, make up the history that is needed: all that a contact and the parts of it have consumed,
 * with those that join it, or without those that leave.
 */
export function historySources(id: ContactId, occupant: Occupant | null, next: Input | undefined): Map<ContactId, number> {
  if (occupant === null || occupant.kind === 'erased') return new Map();
  const add = (sources: Map<ContactId, number>, owner: ContactId, { seq, absorbed }: Pick<ContactState, 'seq' | 'absorbed'>): Map<ContactId, number> => {
    sources.set(owner, seq);
    for (const [part, upTo] of Object.entries(absorbed)) sources.set(part as ContactId, upTo);
    return sources;
  };
  if (occupant.kind === 'redirect') {
    if (next?.kind !== 'restore') return new Map();
    const { seq, absorbed } = next.state;
    return add(new Map(), id, { seq: Math.max(seq, occupant.redirect.frozen?.seq ?? 0), absorbed });
  }
  const sources = add(new Map(), id, occupant.state);
  if (next?.kind === 'absorb') add(sources, next.state.id, next.state);
  if (next?.kind === 'release') for (const part of partsOf(occupant.state, next.root)) sources.delete(part);
  return sources;
}

/** A merge needs history where the parts cannot simply be added, and where journeys have to see what happened to the other part. */
function mergeNeedsHistory(mine: ContactState, { state: theirs, at }: Extract<Input, { kind: 'absorb' }>, program: Program): boolean {
  return (mine.toldOrders && theirs.toldOrders) || lacksLeaves(theirs, program) || isInJourneys(mine) || isInJourneys(theirs)
    || mine.programVersion !== program.version || Object.values(mine.segmentDue).some((due) => due < at);
}

function isInJourneys({ enrollments, goals }: ContactState): boolean {
  return enrollments.length + goals.length > 0;
}

/**
 * The leaves of two contacts that cannot be added: those that the other lacks, those that an order told to both would
 * count twice, and those just read from a history that is already that of both.
 */
export function leavesToRebuild({ contact: mine, program, rebuilt }: Turn, theirs: ContactState): Set<Leaf> {
  const leaves = new Set([...lackingLeaves(theirs, program), ...rebuilt]);
  if (mine.toldOrders && theirs.toldOrders) for (const leaf of program.leaves.values()) if (isAbout(leaf, ORDER_COMPLETED)) leaves.add(leaf);
  return leaves;
}

/**
 * Of the leaves that a merge would read from history, those of which history may have let something go. They stay what both
 * contacts knew, added up, since that is more than is written anywhere; the merge says so.
 */
export function forgottenLeaves({ contact: mine, program, now, rebuilt }: Turn, theirs: ContactState, leaves: ReadonlySet<Leaf>): Set<Leaf> {
  const ageMs = now - Math.min(mine.createdAt, theirs.createdAt);
  const isForgotten = (leaf: Leaf): boolean => filtersOf(leaf).some(({ event }) => ageMs > (keptMs(program.workspace.retention, event) ?? Infinity));
  return new Set([...leaves].filter((leaf) => !rebuilt.has(leaf) && isForgotten(leaf)));
}
