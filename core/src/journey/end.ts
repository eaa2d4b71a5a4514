import type { EnrollmentChange } from '../advance/effects.ts';
import { count, decide, touchSegments, type Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import { own } from '../event/own.ts';
import { entryName } from './entry-name.ts';

/** Ends an enrollment at its last step. */
export function complete(turn: Turn, enrollment: Enrollment): void {
  remove(turn, enrollment);
  decide(turn, 'completed', null, enrollment);
  count(turn, `journey:${enrollment.journey}`, 'completed');
  reportEnrollment(turn, enrollment, 'completed', null);
}

/** Ends an enrollment before its last step; `reason` is what the journey calls it. */
export function exit(turn: Turn, enrollment: Enrollment, reason: string): void {
  unpark(turn, enrollment);
  remove(turn, enrollment);
  const entry = own(turn.contact.entries, entryName(enrollment.journey, enrollment.key));
  if (entry !== undefined && entry.enrollmentId === enrollment.id) entry.exited = reason;
  decide(turn, 'exited', { reason }, enrollment);
  count(turn, `journey:${enrollment.journey}`, 'exited');
  count(turn, `journey:${enrollment.journey}`, `exited:${reason}`);
  reportEnrollment(turn, enrollment, 'exited', reason);
}

/** Counts the contact as waiting at its step until `unpark`. */
export function park(turn: Turn, enrollment: Enrollment, step: string, wakeAt: number): void {
  enrollment.step = step;
  enrollment.wakeAt = wakeAt;
  count(turn, `step:${enrollment.journey}/${step}`, 'waiting');
  reportEnrollment(turn, enrollment, 'active', null);
}

export function unpark(turn: Turn, enrollment: Enrollment): void {
  if (enrollment.step === '') return;
  count(turn, `step:${enrollment.journey}/${enrollment.step}`, 'waiting', -1);
  enrollment.step = '';
  enrollment.wakeAt = Infinity;
}

export function reportEnrollment(turn: Turn, enrollment: Enrollment, status: EnrollmentChange['status'], reason: string | null): void {
  const { id, journey, version, key, step, enteredAt } = enrollment;
  turn.effects.push({
    kind: 'enrollment',
    enrollment: { id, journey, version, key, status, step: step === '' ? null : step, reason, enteredAt, changedAt: turn.now },
  });
}

function remove(turn: Turn, enrollment: Enrollment): void {
  turn.contact.enrollments = turn.contact.enrollments.filter((other) => other !== enrollment);
  touchSegments(turn, turn.program.dependents.journey.get(enrollment.journey));
}
