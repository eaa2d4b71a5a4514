import { touchSegments, type Turn } from '../advance/turn.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { Observation } from '../event/observation.ts';
import { addToLeaf } from '../leaf/leaf.ts';
import type { Leaf, LeafRole } from '../leaf/shape.ts';
import type { Program } from '../program/program.ts';

/** Adds an event to the leaves that it concerns and marks the segments that rest on them. */
export function observe(turn: Turn, observation: Observation): void {
  for (const { leaf, role } of turn.program.leafIndex.matching(observation.name, observation.properties)) {
    addTo(turn.contact, leaf, observation, role);
    touchSegments(turn, turn.program.dependents.leaf.get(leaf.key));
  }
}

function addTo(contact: ContactState, leaf: Leaf, observation: Observation, role: LeafRole): void {
  const state = addToLeaf(leaf, contact.leaves[leaf.key], observation, role, contact.at);
  if (state !== undefined) contact.leaves[leaf.key] = state;
}

/** Rebuilds some leaves of a contact from its whole history. */
export function rebuildLeaves(contact: ContactState, program: Program, leaves: ReadonlySet<Leaf>, history: Iterable<Observation>): void {
  if (leaves.size === 0) return;
  for (const { key } of leaves) delete contact.leaves[key];
  for (const observation of history) {
    for (const { leaf, role } of program.leafIndex.matching(observation.name, observation.properties)) if (leaves.has(leaf)) addTo(contact, leaf, observation, role);
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
  return new Set([...program.leaves.values()].filter((leaf) => isNewer || (program.keptSince[leaf.key] ?? Infinity) > contact.programVersion));
}
