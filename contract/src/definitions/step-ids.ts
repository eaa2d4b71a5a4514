import { formatDuration } from './duration.ts';
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

/**
 * The ids of steps in reading order. Ids that were written (`explicit`) are kept; the others are made of the content,
 * with -2, -3 for repeats, and avoid those that were written.
 */
export function assignStepIds(steps: readonly Step[], explicit: ReadonlyMap<Step, string>): string[] {
  const taken = new Set(explicit.values());
  const lastNumber = new Map<string, number>();
  return steps.map((step) => {
    const written = explicit.get(step);
    if (written !== undefined) return written;
    const base = contentId(step);
    let number = lastNumber.get(base) ?? 0;
    let id: string;
    do {
      number++;
      id = number === 1 ? base : `${base}-${number}`;
    } while (taken.has(id));
    lastNumber.set(base, number);
    taken.add(id);
    return id;
  });
}

/** Those steps whose id must be written down because it does not follow from the content. */
export function stepsWithExplicitId(steps: readonly Step[]): Map<Step, string> {
  const explicit = new Map<Step, string>();
  for (;;) {
    const ids = assignStepIds(steps, explicit);
    // One at a time: writing an id down may bring later ones right.
    const index = steps.findIndex((step, position) => step.id !== ids[position]);
    const step = steps[index];
    if (step === undefined) return explicit;
    explicit.set(step, step.id);
  }
}
