import type { Condition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Place, Reading, Tree } from './yaml-tree.ts';

/** A name that another file must define. */
export interface Reference {
  kind: 'template' | 'segment' | 'journey' | 'step' | 'score' | 'band' | 'personas' | 'persona';
  name: string;
  place: Place;
  /** The journey of a step where it is not that of the file, the score of a band, the set of a persona. */
  within?: string;
}

/** Stands for the score that tells the temperature, which a file need not name. */
export const MAIN_SCORE = '';

/** What is known about the definition that is being read. */
export interface Scope {
  reading: Reading;
  references: Reference[];
  /** Where each condition on a message stands, to check once all steps are known. */
  messageConditions: Map<Condition, Place>;
  inJourney: boolean;
  /** False in journeys started by a segment: their enrollments have no event to look at. */
  hasTriggerEvent: boolean;
}

export function newScope(reading: Reading, inJourney: boolean): Scope {
  return { reading, references: [], messageConditions: new Map(), inJourney, hasTriggerEvent: true };
}

/** Reports a condition that means nothing outside of a journey. */
export function requireJourney(scope: Scope, tree: Tree, what: string): void {
  if (scope.inJourney) return;
  report(scope.reading, tree, 'not_in_journey', `${what} means something in a journey only.`, 'Remove it, or move the condition into the journey.');
}

/** Several conditions that must all hold; one is itself. */
export function allOf(conditions: Condition[]): Condition {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { kind: 'all', of: conditions };
}

export function not(condition: Condition): Condition {
  return { kind: 'none', of: [condition] };
}
