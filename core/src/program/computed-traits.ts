import type { ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import { put } from '../event/own.ts';
import type { Millis } from '../time.ts';
import { figureOf } from './leaf-predicates.ts';
import type { Program } from './program.ts';

/** What the computed traits of a contact are at an instant; those that are nothing are left out. */
export function computedTraits(contact: ContactState, program: Pick<Program, 'computedTraits' | 'workspace'>, now: Millis): JsonObject {
  const values: JsonObject = {};
  for (const [key, predicate] of program.computedTraits) {
    const value = figureOf(predicate, { contact, now, workspace: program.workspace, enrollment: null });
    if (value !== null) put(values, key, value);
  }
  return values;
}
