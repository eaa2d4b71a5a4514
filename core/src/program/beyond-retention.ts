import type { Condition, Period } from '../definition/condition.ts';
import type { Definition, JourneyDefinition } from '../definition/index.ts';
import type { Step } from '../definition/journey.ts';
import { keptMs, type RetentionRules } from '../definition/retention.ts';
import { MESSAGE_EVENTS } from '../message/observation-of-outcome.ts';
import type { Millis } from '../time.ts';

/** A definition that looks back further than the events that it asks for are kept. */
export interface BeyondRetention {
  kind: Definition['kind'];
  key: string;
  event: string;
  /** null: to the beginning. */
  reachMs: number | null;
  keptMs: number;
}

interface Reach {
  event: string;
  ms: number | null;
}

/** So many half-lives later nothing to speak of is left of an event's points. */
const HALF_LIVES = 10;

/** Where definitions ask for more than is kept: what they count from then on stays counted, what was before is not known to them. */
export function beyondRetention(definitions: readonly Definition[], retention: RetentionRules, now: Millis): BeyondRetention[] {
  return definitions.flatMap((definition) => {
    if (definition.kind === 'workspace') return [];
    const longest = new Map<string, number | null>();
    for (const { event, ms } of reachesOf(definition, now)) {
      const known = longest.get(event);
      longest.set(event, ms === null || known === null ? null : Math.max(ms, known ?? 0));
    }
    return [...longest].flatMap(([event, reachMs]): BeyondRetention[] => {
      const kept = keptMs(retention, event);
      return kept === null || (reachMs !== null && reachMs <= kept) ? [] : [{ kind: definition.kind, key: definition.key, event, reachMs, keptMs: kept }];
    });
  });
}

function reachesOf(definition: Exclude<Definition, { kind: 'workspace' }>, now: Millis): Reach[] {
  switch (definition.kind) {
    case 'segment': return conditionReaches(definition.match, now);
    case 'journey': return conditionsOf(definition).flatMap((condition) => conditionReaches(condition, now));
    case 'score':
      return definition.rules.flatMap((rule) => (rule.kind === 'behaviour'
        ? [{ event: rule.event, ms: rule.halfLifeMs === null ? null : rule.halfLifeMs * HALF_LIVES }] : conditionReaches(rule.when, now)));
    case 'personas': return definition.choose.flatMap((persona) => conditionReaches(persona.when, now));
    default: return [];
  }
}

function conditionsOf({ who, exits, steps }: JourneyDefinition): Condition[] {
  return [...(who === null ? [] : [who]), ...exits.flatMap((exit) => (exit.kind === 'condition' ? [exit.condition] : [])), ...steps.flatMap(stepConditions)];
}

function stepConditions(step: Step): Condition[] {
  switch (step.kind) {
    case 'if': return [step.condition, ...step.then.flatMap(stepConditions), ...step.else.flatMap(stepConditions)];
    case 'wait-for': return [...step.happened, ...step.timedOut].flatMap(stepConditions);
    case 'split': return step.arms.flatMap((arm) => arm.steps.flatMap(stepConditions));
    default: return [];
  }
}

function conditionReaches(condition: Condition, now: Millis): Reach[] {
  switch (condition.kind) {
    case 'all': case 'any': case 'none': return condition.of.flatMap((inner) => conditionReaches(inner, now));
    // What came after an entry is known to the enrollment.
    case 'event': return condition.since === 'entry' ? [] : [{ event: condition.event, ms: periodReach(condition.period, now) }];
    case 'figure': return [{ event: condition.event, ms: periodReach(condition.period, now) }];
    case 'engagement': return [{ event: MESSAGE_EVENTS[condition.outcome], ms: periodReach(condition.period, now) }];
    case 'sequence': {
      const ms = condition.lastMs === null ? null : condition.lastMs + condition.withinMs;
      return [{ event: condition.first.event, ms }, { event: condition.second.event, ms }];
    }
    default: return [];
  }
}

function periodReach(period: Period, now: Millis): number | null {
  switch (period.kind) {
    case 'ever': return null;
    case 'within': return period.ms;
    case 'ago': return period.fromMs;
    case 'dates': return period.from === null ? null : Math.max(0, now - period.from);
  }
}
