import type { ContactState, Entry } from '../contact/contact-state.ts';
import type { Predicate } from '../program/program.ts';

/** Whether the contact is, or was, in a journey as asked; of its latest passages (one for each key) any will do. */
export function passageHolds(contact: ContactState, { journey, status, reason }: Extract<Predicate, { kind: 'journey' }>): boolean {
  if (status === 'inside') return contact.enrollments.some((one) => one.journey === journey);
  const passages = Object.entries(contact.entries).flatMap(([name, entry]) => (name === journey || name.startsWith(`${journey}|`) ? [entry] : []));
  if (status === 'entered') return passages.length > 0;
  const active = new Set<string>(contact.enrollments.map((one) => one.id));
  return passages.some((entry) => !active.has(entry.enrollmentId) && hasEnded(entry, status, reason));
}

function hasEnded({ exited }: Entry, status: 'completed' | 'exited', reason: string | null): boolean {
  if (status === 'completed') return exited === null;
  return exited !== null && (reason === null || exited === reason);
}
