import type { Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import type { CompiledJourney } from '../program/program.ts';

/** The version of its journey that an enrollment, or what is left of it, keeps to. */
export function versionOf(turn: Turn, { journey, version }: Pick<Enrollment, 'journey' | 'version'>): CompiledJourney | undefined {
  return turn.program.journeys.get(journey)?.versions.get(version);
}
