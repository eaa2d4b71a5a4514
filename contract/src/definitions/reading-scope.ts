import type { Condition } from './types.ts';
import type { Place, Reading } from './yaml-tree.ts';

/** A name that another file must define. */
export interface Reference {
  kind: 'template' | 'segment' | 'journey' | 'step';
  name: string;
  place: Place;
}

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
