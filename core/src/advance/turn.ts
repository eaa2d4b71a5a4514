import type { ContactState, Enrollment } from '../contact/contact-state.ts';
import type { Json } from '../event/json.ts';
import type { ContactId } from '../identity/ids.ts';
import type { Leaf } from '../leaf/shape.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import type { Cause, DecisionCode, Effect } from './effects.ts';

/** A membership that has just changed and to which journeys have not reacted yet. */
export interface SegmentChange {
  segment: string;
  change: 'enters' | 'leaves';
  at: Millis;
  cause: Cause;
}

/**
 * The workbench of one call of `advance`: the contact as it becomes, and the effects so far. It owns its contact;
 * nothing outside sees it before the call is over.
 */
export interface Turn {
  contact: ContactState;
  program: Program;
  now: Millis;
  /** What is being applied at the moment. */
  cause: Cause;
  /** The row in whose log the record stands that is being applied; otherwise the contact itself. */
  source: ContactId;
  effects: Effect[];
  /** Positions of segments to look at again. */
  dirty: Set<number>;
  changes: SegmentChange[];
  /** Leaves that were read from history in this call. */
  rebuilt: ReadonlySet<Leaf>;
}

export function newTurn(contact: ContactState, program: Program, now: Millis, effects: Effect[]): Turn {
  return { contact, program, now, source: contact.id, cause: { kind: 'time' }, effects, dirty: new Set(), changes: [], rebuilt: new Set() };
}

export function decide(turn: Turn, code: DecisionCode, detail: Json, about?: Pick<Enrollment, 'journey' | 'version'> & { id: Enrollment['id'] | null; step?: string }): void {
  turn.effects.push({
    kind: 'decision',
    decision: {
      n: nextNumber(turn), at: turn.now, code, detail,
      journey: about?.journey ?? null, version: about?.version ?? null, enrollmentId: about?.id ?? null, step: about?.step ?? null,
    },
  });
}

/** The next number for a decision or a proof of this contact. */
export function nextNumber(turn: Turn): number {
  turn.contact.decisions += 1;
  return turn.contact.decisions;
}

export function count(turn: Turn, thing: string, metric: string, value = 1): void {
  turn.effects.push({ kind: 'count', thing, metric, at: turn.now, value });
}

/** Marks the segments that ask for a trait, by its own name or by a path into what is sent under the first part of its name. */
export function touchTrait(turn: Turn, name: string): void {
  const { trait } = turn.program.dependents;
  touchSegments(turn, trait.get(name));
  if (name.includes('.')) touchSegments(turn, trait.get(name.split('.', 1)[0] ?? name));
}

export function touchSegments(turn: Turn, positions: readonly number[] | undefined): void {
  if (positions !== undefined) for (const position of positions) turn.dirty.add(position);
}
