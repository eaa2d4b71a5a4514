import { formatDuration } from './duration.ts';
import { assignIds, withExplicitId } from './ids-by-content.ts';
import { slug } from './slug.ts';
import type { Step } from './types.ts';

/** The id that a step gets from what it does, before repeats are numbered: `send-cart-1`, `wait-1-hour`, `if`. */
export function contentId(step: Step): string {
  switch (step.kind) {
    case 'wait':
      return join('wait', formatDuration(step.durationMs));
    case 'wait-for':
      return join('wait-for', step.pattern.event);
    case 'send':
      return join('send', step.template);
    case 'set-trait':
      return join('set', step.trait);
    case 'tag':
      return join(step.present ? 'tag' : 'untag', step.tag);
    case 'exit':
      return step.reason === DEFAULT_EXIT_REASON ? 'exit' : join('exit', step.reason);
    case 'if':
    case 'split':
      return step.kind;
  }
}

export const DEFAULT_EXIT_REASON = 'exit';

function join(prefix: string, text: string): string {
  const rest = slug(text);
  return rest === '' ? prefix : `${prefix}-${rest}`;
}

/** The lists of steps directly below a step, in reading order. */
export function branchesOf(step: Step): Step[][] {
  switch (step.kind) {
    case 'wait-for':
      return [step.happened, step.timedOut];
    case 'if':
      return [step.then, step.else];
    case 'split':
      return step.arms.map((arm) => arm.steps);
    default:
      return [];
  }
}

/** All steps in reading order: a step before those in its branches. */
export function stepsInOrder(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...branchesOf(step).flatMap(stepsInOrder)]);
}

/** The ids of steps in reading order; those that were written are kept. */
export function assignStepIds(steps: readonly Step[], explicit: ReadonlyMap<Step, string>): string[] {
  return assignIds(steps, contentId, explicit);
}

/** Those steps whose id must be written down because it does not follow from the content. */
export function stepsWithExplicitId(steps: readonly Step[]): Map<Step, string> {
  return withExplicitId(steps, contentId);
}
