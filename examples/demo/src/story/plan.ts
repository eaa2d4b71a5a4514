import type { JourneyDefinition, Millis, Step, TemplateDefinition, WorkspaceDefinition } from '@samovar/core';
import type { Plan, PlannedJourney, PlannedStep, Way } from './feed.ts';

/** Journeys as the page draws them. */
export function planOf(workspace: WorkspaceDefinition, journeys: readonly JourneyDefinition[], templates: readonly TemplateDefinition[], startAt: Millis): Plan {
  const subjects = new Map(templates.map(({ key, languages }) => [key, subjectsOf(languages)]));
  return {
    shop: workspace.name, timezone: workspace.timezone, startAt,
    journeys: journeys.map((journey) => plannedJourney(journey, subjects)).toSorted((a, b) => place(a.key) - place(b.key)),
  };
}

type Subjects = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** As people meet them: before, at, and after the first order. */
const ORDER = ['welcome', 'cart-rescue', 'after-order', 'win-back', 'order-trouble'];

function place(key: string): number {
  const found = ORDER.indexOf(key);
  return found === -1 ? ORDER.length : found;
}

function plannedJourney({ key, name, trigger, steps }: JourneyDefinition, subjects: Subjects): PlannedJourney {
  return {
    key, name, steps: plannedSteps(steps, subjects),
    trigger: trigger.kind === 'event' ? { kind: 'event', name: trigger.event } : { kind: 'segment', name: trigger.segment },
  };
}

function plannedSteps(steps: readonly Step[], subjects: Subjects): PlannedStep[] {
  return steps.map((step) => plannedStep(step, subjects));
}

function plannedStep(step: Step, subjects: Subjects): PlannedStep {
  const { id } = step;
  const way = (name: string, inside: readonly Step[]): Way => ({ name, steps: plannedSteps(inside, subjects) });
  switch (step.kind) {
    case 'wait': return { kind: 'wait', id, durationMs: step.durationMs };
    case 'send': return { kind: 'send', id, template: step.template, subjects: subjects.get(step.template) ?? {} };
    case 'wait-for': return {
      kind: 'fork', id, fork: { kind: 'wait-for', event: step.pattern.event, timeoutMs: step.timeoutMs }, ways: [way('happened', step.happened), way('timed_out', step.timedOut)],
    };
    case 'if': return { kind: 'fork', id, fork: { kind: 'if' }, ways: [way('then', step.then), way('else', step.else)] };
    case 'split': return { kind: 'fork', id, fork: { kind: 'split' }, ways: step.arms.map((arm) => way(arm.name, arm.steps)) };
    case 'tag': return { kind: 'mark', id, tag: step.tag };
    case 'set-trait': return { kind: 'mark', id, tag: step.trait };
    case 'exit': return { kind: 'end', id, reason: step.reason };
  }
}

/** Subjects without their gaps: "We have your order". */
function subjectsOf(languages: TemplateDefinition['languages']): Record<string, string> {
  return Object.fromEntries(Object.entries(languages).map(([language, { subject }]) => [language, subject.replace(/\{[{%].*?[%}]\}/g, '').replace(/\s+/g, ' ').trim()]));
}
