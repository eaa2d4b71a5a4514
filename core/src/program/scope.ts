import type { ContactState, Enrollment } from '../contact/contact-state.ts';
import type { WorkspaceDefinition } from '../definition/definition.ts';
import type { Millis } from '../time.ts';

/** What a predicate is asked about: a contact at an instant, in journeys with the enrollment. */
export interface Scope {
  contact: ContactState;
  now: Millis;
  workspace: WorkspaceDefinition;
  enrollment: Enrollment | null;
}

/** What conditions are asked about at this moment of a turn; `enrollment`: of journeys only. */
export function scopeOf({ contact, now, program: { workspace } }: Pick<Scope, 'contact' | 'now'> & { program: Pick<Scope, 'workspace'> }, enrollment: Enrollment | null): Scope {
  return { contact, now, workspace, enrollment };
}
