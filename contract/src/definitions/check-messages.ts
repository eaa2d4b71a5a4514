import type { Scope } from './reading-scope.ts';
import { branchesOf, stepsInOrder } from './step-ids.ts';
import { didYouMean } from './suggest.ts';
import type { Condition, ExitRule, Step } from './types.ts';
import { report } from './yaml-tree.ts';

/** Reports conditions on messages of steps that do not exist, send nothing, or cannot have come before. */
export function checkMessageConditions(scope: Scope, who: Condition | null, exits: readonly ExitRule[], steps: readonly Step[]): void {
  const all = stepsInOrder(steps);
  const check = (condition: Condition, before: ReadonlySet<string>): void => {
    for (const part of partsOf(condition)) checkOne(scope, part, all, before);
  };
  // Nothing was sent yet when `who` is looked at; exits are looked at all the time.
  if (who !== null) check(who, new Set());
  const sends = new Set(all.filter((step) => step.kind === 'send').map((step) => step.id));
  for (const exit of exits) if (exit.kind === 'condition') check(exit.condition, sends);
  walk(steps, new Set(), check);
}

/** Returns the sends that may have happened once the list is through. */
function walk(steps: readonly Step[], before: ReadonlySet<string>, check: (condition: Condition, before: ReadonlySet<string>) => void): Set<string> {
  const sent = new Set(before);
  for (const step of steps) {
    if (step.kind === 'if') check(step.condition, sent);
    if (step.kind === 'send') sent.add(step.id);
    const branches = branchesOf(step).map((branch) => walk(branch, sent, check));
    for (const branch of branches) for (const id of branch) sent.add(id);
  }
  return sent;
}

function checkOne(scope: Scope, condition: Condition, all: readonly Step[], before: ReadonlySet<string>): void {
  const place = scope.messageConditions.get(condition);
  if (condition.kind !== 'message' || place === undefined || before.has(condition.step)) return;
  const { reading } = scope;
  const named = all.find((step) => step.id === condition.step);
  if (named === undefined) {
    const sends = all.filter((step) => step.kind === 'send').map((step) => step.id);
    report(reading, place, 'unknown_step', `The journey has no step \`${condition.step}\`.`, didYouMean(condition.step, sends));
  } else if (named.kind !== 'send') {
    report(reading, place, 'unknown_step', `The step \`${condition.step}\` sends no message.`, 'Name a step with `send:`.');
  } else {
    report(reading, place, 'step_not_before', `The step \`${condition.step}\` cannot have sent anything before this.`, 'Move the condition behind that step.');
  }
}

function partsOf(condition: Condition): Condition[] {
  return 'of' in condition ? condition.of.flatMap(partsOf) : [condition];
}
