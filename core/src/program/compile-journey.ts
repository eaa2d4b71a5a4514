import type { ExitRule, JourneyDefinition, Step } from '../definition/journey.ts';
import { compileCondition, type LeafTable } from './compile-condition.ts';
import type { CompiledExit, CompiledJourney, Node } from './program.ts';

/** Flattens nested steps into nodes that know where to go next. */
export function compileJourney(definition: JourneyDefinition, version: number, leaves: LeafTable): CompiledJourney {
  const nodes = new Map<string, Node>();
  const first = addSteps(definition.steps, null, nodes, leaves);
  return {
    key: definition.key, version, trigger: definition.trigger, reEntry: definition.reEntry, goal: definition.goal, first, nodes,
    who: definition.who === null ? null : compileCondition(definition.who, leaves),
    exits: definition.exits.map((exit) => compileExit(exit, leaves)),
  };
}

function compileExit(exit: ExitRule, leaves: LeafTable): CompiledExit {
  if (exit.kind === 'event') return exit;
  return { kind: 'condition', predicate: compileCondition(exit.condition, leaves), reason: exit.reason };
}

/** Adds the steps and answers with the id of the first; `after` is where the last one leads. */
function addSteps(steps: readonly Step[], after: string | null, nodes: Map<string, Node>, leaves: LeafTable): string | null {
  let next = after;
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index];
    if (step === undefined) continue;
    nodes.set(step.id, nodeOf(step, next, (inner) => addSteps(inner, next, nodes, leaves), leaves));
    next = step.id;
  }
  return next;
}

function nodeOf(step: Step, next: string | null, branch: (steps: Step[]) => string | null, leaves: LeafTable): Node {
  switch (step.kind) {
    case 'wait-for': {
      const { id, pattern, timeoutMs } = step;
      return { kind: 'wait-for', id, pattern, timeoutMs, happened: branch(step.happened), timedOut: branch(step.timedOut) };
    }
    case 'if':
      return { kind: 'if', id: step.id, predicate: compileCondition(step.condition, leaves), then: branch(step.then), else: branch(step.else) };
    case 'split':
      return { kind: 'split', id: step.id, arms: step.arms.map(({ name, weight, steps }) => ({ name, weight, next: branch(steps) })) };
    case 'exit': return step;
    case 'wait': case 'send': case 'set-trait': case 'tag': return { ...step, next };
  }
}
