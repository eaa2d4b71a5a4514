import { touchSegments, type Turn } from '../advance/turn.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import type { Leaf, Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { addToLeaf } from './leaf.ts';
import { testProperties } from './test-value.ts';

/** What leaves see of a record. */
export interface Observation {
  name: string;
  properties: JsonObject;
  at: Millis;
}

/** Adds an event to the leaves that it concerns and marks the segments that rest on them. */
export function observe(turn: Turn, observation: Observation): void {
  for (const leaf of matchingLeaves(turn.program, observation)) {
    addTo(turn.contact, leaf, observation.at);
    touchSegments(turn, turn.program.dependents.leaf.get(leaf.key));
  }
}

function addTo(contact: ContactState, leaf: Leaf, at: Millis): void {
  contact.leaves[leaf.key] = addToLeaf(contact.leaves[leaf.key], at, leaf.capacity);
}

function matchingLeaves(program: Program, { name, properties }: Observation): Leaf[] {
  const leaves = program.leavesByEvent.get(name);
  return leaves === undefined ? [] : leaves.filter((leaf) => testProperties(leaf.where, properties));
}

/** Rebuilds all leaves of a contact from its whole history, for a program that asks for leaves it did not keep. */
export function rebuildLeaves(contact: ContactState, program: Program, history: Iterable<Observation>): void {
  contact.leaves = {};
  for (const observation of history) {
    for (const leaf of matchingLeaves(program, observation)) addTo(contact, leaf, observation.at);
  }
}
