import { touchSegments, type Turn } from '../advance/turn.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import type { Leaf, Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { addToLeaf } from './leaf.ts';

/** What leaves see of a record. */
export interface Observation {
  name: string;
  properties: JsonObject;
  at: Millis;
}

/** Adds an event to the leaves that it concerns and marks the segments that rest on them. */
export function observe(turn: Turn, observation: Observation): void {
  for (const leaf of turn.program.leafIndex.matching(observation.name, observation.properties)) {
    addTo(turn.contact, leaf, observation.at);
    touchSegments(turn, turn.program.dependents.leaf.get(leaf.key));
  }
}

function addTo(contact: ContactState, leaf: Leaf, at: Millis): void {
  contact.leaves[leaf.key] = addToLeaf(contact.leaves[leaf.key], at, leaf.capacity);
}

/** Rebuilds some leaves of a contact from its whole history. */
export function rebuildLeaves(contact: ContactState, program: Program, leaves: ReadonlySet<Leaf>, history: Iterable<Observation>): void {
  if (leaves.size === 0) return;
  for (const { key } of leaves) delete contact.leaves[key];
  for (const observation of history) {
    for (const leaf of program.leafIndex.matching(observation.name, observation.properties)) if (leaves.has(leaf)) addTo(contact, leaf, observation.at);
  }
}

/** Whether the contact may lack leaves: it last met a program that did not ask for them, or one that is newer than this. */
export function lacksLeaves(contact: ContactState, program: Program): boolean {
  return contact.programVersion < program.newestLeafSince || contact.programVersion > program.version;
}

/** The leaves that the contact has not kept from its beginning. */
export function lackingLeaves(contact: ContactState, program: Program): Set<Leaf> {
  if (!lacksLeaves(contact, program)) return new Set();
  const isNewer = contact.programVersion > program.version;
  return new Set([...program.leaves.values()].filter((leaf) => isNewer || (program.leafSince[leaf.key] ?? Infinity) > contact.programVersion));
}
