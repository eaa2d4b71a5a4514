import { changeAddress } from '../advance/change-address.ts';
import { count, decide, touchSegments, touchTrait, type Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import { own } from '../event/own.ts';
import { forbids, refuseTrait } from '../contact/refuse-traits.ts';
import { reportTrait } from '../contact/report-trait.ts';
import { TRAIT_COUNT_LIMIT } from '../contact/traits.ts';
import { holds } from '../program/evaluate.ts';
import { explain } from '../program/explain.ts';
import { scopeOf } from '../program/scope.ts';
import type { CompiledJourney, Node } from '../program/program.ts';
import { complete, exit, park } from './end.ts';
import { refreshSegments } from '../segment/refresh.ts';
import { heldExit } from './held-exit.ts';
import { send } from './send.ts';
import { armOf } from './split.ts';
import type { StepResult } from './step-result.ts';

/**
 * Takes the enrollment from step to step until it waits or ends. Steps only lead forward, so this ends. What a step
 * changed counts for the next one, and an exit condition that holds ends the journey before any further step.
 * @param from how it came to the first step: arriving there, or resting there before
 */
export function run(turn: Turn, journey: CompiledJourney, enrollment: Enrollment, first: string | null, from: 'arriving' | 'resting' = 'arriving'): void {
  let step = first;
  let arriving = from === 'arriving';
  while (step !== null) {
    refreshSegments(turn);
    const rule = heldExit(turn, journey, enrollment);
    if (rule !== undefined) return exit(turn, enrollment, rule.reason);
    const node = journey.nodes.get(step);
    if (node === undefined) return exit(turn, enrollment, 'step_missing');
    if (arriving) count(turn, `step:${journey.key}/${node.id}`, 'reached');
    arriving = true;
    const outcome = perform(turn, enrollment, node);
    if (outcome.kind === 'rest') return park(turn, enrollment, node.id, outcome.until);
    if (outcome.kind === 'exit') return exit(turn, enrollment, outcome.reason);
    step = outcome.next;
  }
  complete(turn, enrollment);
}

/** What happens when an enrollment arrives at a step. */
function perform(turn: Turn, enrollment: Enrollment, node: Node): StepResult {
  switch (node.kind) {
    case 'wait': return { kind: 'rest', until: turn.now + node.durationMs };
    case 'wait-for': return { kind: 'rest', until: turn.now + node.timeoutMs };
    case 'if': return branch(turn, enrollment, node);
    case 'split': {
      const arm = armOf(turn.contact, enrollment.journey, node.id, node.arms);
      decide(turn, 'branched', { arm: arm.name }, { ...enrollment, step: node.id });
      count(turn, `step:${enrollment.journey}/${node.id}`, `arm:${arm.name}`);
      return { kind: 'go', next: arm.next };
    }
    case 'send': return send(turn, enrollment, node);
    case 'set-trait': return setTrait(turn, enrollment, node);
    case 'tag': return setTag(turn, enrollment, node);
    case 'exit': return { kind: 'exit', reason: node.reason };
  }
}

function branch(turn: Turn, enrollment: Enrollment, node: Extract<Node, { kind: 'if' }>): StepResult {
  const scope = scopeOf(turn, enrollment);
  const yes = holds(node.predicate, scope);
  decide(turn, 'branched', { branch: yes ? 'then' : 'else', because: explain(node.predicate, scope) }, { ...enrollment, step: node.id });
  count(turn, `step:${enrollment.journey}/${node.id}`, yes ? 'then' : 'else');
  return { kind: 'go', next: yes ? node.then : node.else };
}

function setTrait(turn: Turn, enrollment: Enrollment, node: Extract<Node, { kind: 'set-trait' }>): StepResult {
  const { traits } = turn.contact;
  const before = own(traits, node.trait);
  if (forbids(turn.program.schema.get(node.trait), node.value)) {
    refuseTrait(turn, node.trait, node.value, { kind: 'step', journey: enrollment.journey, step: node.id }, { ...enrollment, step: node.id });
    return { kind: 'go', next: node.next };
  }
  if (before !== undefined || Object.keys(traits).length < TRAIT_COUNT_LIMIT) {
    const at = Math.max(turn.now, (before?.at ?? 0) + 1);
    const isSame = before !== undefined && JSON.stringify(before.value) === JSON.stringify(node.value);
    traits[node.trait] = { value: node.value, at, tie: 0, verified: true, since: isSame ? before.since : at };
    if (node.trait === 'email') changeAddress(turn, before, null);
    touchTrait(turn, node.trait);
    if (!isSame) reportTrait(turn, node.trait, before?.value ?? null, own(traits, node.trait), { kind: 'step', journey: enrollment.journey, step: node.id });
  }
  decide(turn, 'trait_set', { trait: node.trait, before: before?.value ?? null, after: node.value }, { ...enrollment, step: node.id });
  return { kind: 'go', next: node.next };
}

function setTag(turn: Turn, enrollment: Enrollment, node: Extract<Node, { kind: 'tag' }>): StepResult {
  const { contact } = turn;
  if (contact.tags.includes(node.tag) !== node.present) {
    if (contact.tagOwners !== undefined) delete contact.tagOwners[node.tag];
    contact.tags = node.present ? [...contact.tags, node.tag].sort() : contact.tags.filter((tag) => tag !== node.tag);
    touchSegments(turn, turn.program.dependents.tag);
    decide(turn, node.present ? 'tagged' : 'untagged', { tag: node.tag }, { ...enrollment, step: node.id });
  }
  return { kind: 'go', next: node.next };
}
