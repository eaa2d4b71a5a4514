import type { ContactState } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import { ORDER_COMPLETED } from '../order/apply-order.ts';
import { isAbout, type Leaf } from '../leaf/shape.ts';
import type { Program } from '../program/program.ts';
import { lackingLeaves, lacksLeaves } from '../segment/observe.ts';
import type { Input, Occupant } from './inputs.ts';
import type { Turn } from './turn.ts';

/** The position of the first input that cannot be applied without history, or not with the history given; null: none. */
export function historyNeeded(request: { occupant: Occupant | null; inputs: readonly Input[]; program: Program; history: readonly LogRecord[] | null }): number | null {
  const { occupant, inputs, program, history } = request;
  if (occupant?.kind === 'redirect') return null;
  const [first] = inputs;
  if (occupant?.kind === 'contact' && history === null) {
    if (lacksLeaves(occupant.state, program)) return 0;
    if (first?.kind === 'absorb' && mergeNeedsHistory(occupant.state, first, program)) return 0;
  }
  // What is known before the first input is no longer all when a later one is reached.
  const later = inputs.findIndex((input, index) => index > 0 && input.kind === 'absorb');
  return later < 0 ? null : later;
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
