import type { Step } from '@samovar/core';

/** The lists of steps directly below a step, in reading order. */
export function branchesOf(step: Step): readonly Step[][] {
  switch (step.kind) {
    case 'wait-for': return [step.happened, step.timedOut];
    case 'if': return [step.then, step.else];
    case 'split': return step.arms.map(({ steps }) => steps);
    case 'wait': case 'send': case 'set-trait': case 'tag': case 'exit': return [];
  }
}
