import type { Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import { holds } from '../program/evaluate.ts';
import type { CompiledExit, CompiledJourney } from '../program/program.ts';
import { scopeOf } from '../program/scope.ts';

/** The rule whose condition ends the enrollment as things stand; undefined: none does. */
export function heldExit(turn: Turn, journey: CompiledJourney, enrollment: Enrollment): CompiledExit | undefined {
  return journey.exits.find((rule) => rule.kind === 'condition' && holds(rule.predicate, scopeOf(turn, enrollment)));
}
