import { plainConsentRules } from './consent-rules.ts';
import { plainRetention } from './retention.ts';
import { formatDuration } from './duration.ts';
import { formatEmailAddress } from './email-address.ts';
import { formatCondition } from './format-condition.ts';
import { formatPeriod, figureWord } from './format-event-condition.ts';
import { plainPersonas, plainScore } from './format-score.ts';
import { formatWhere } from './format-test.ts';
import { formatTimeOfDay } from './local-time.ts';
import { plainJson, plainMap, writeYaml } from './plain.ts';
import type { Plain } from './plain.ts';
import { DEFAULT_CEILING_PER_HOUR, DEFAULT_CONDITION_REASON, DEFAULT_GOAL_WITHIN_MS, defaultExitReason } from './read-journey.ts';
import { DEFAULT_EXPIRY_MS, DEFAULT_WORKSPACE } from './read-objects.ts';
import { DEFAULT_EXIT_REASON, stepsInOrder, stepsWithExplicitId } from './step-ids.ts';
import { plainTraitSchema } from './trait-schema.ts';
import { plainTopic } from './topic.ts';
import type { ComputedTraitDefinition, Definition, EventPattern, ExitRule, FrequencyCap, JourneyDefinition, ReEntry, Step, TemplateDefinition, Trigger, WorkspaceDefinition } from './types.ts';

/** A definition as the canonical text of its file; parsing it gives the same definition again. */
export function formatDefinition(definition: Definition): string {
  return writeYaml(plainDefinition(definition));
}

/** Where a definition is written in a directory. */
export function definitionPath(definition: Definition): string {
  if (definition.kind === 'workspace') return 'workspace.yaml';
  return `${definition.kind === 'personas' ? 'personas' : `${definition.kind}s`}/${definition.key}.yaml`;
}

/** The content of a file without its style; what is the default is left out. */
export function plainDefinition(definition: Definition): Plain {
  switch (definition.kind) {
    case 'segment':
      return plainMap([
        ['segment', definition.key],
        ['name', unlessDefault(definition.name, definition.key)],
        ['description', definition.description ?? undefined],
        ['match', formatCondition(definition.match)],
      ]);
    case 'journey':
      return plainJourney(definition);
    case 'template':
      return plainTemplate(definition);
    case 'topic':
      return plainTopic(definition);
    case 'schema':
      return plainTraitSchema(definition);
    case 'workspace':
      return plainWorkspace(definition);
    case 'score':
      return plainScore(definition);
    case 'personas':
      return plainPersonas(definition);
    case 'computed-trait':
      return plainComputedTrait(definition);
  }
}

function plainComputedTrait({ key, name, description, event, where, figure, period }: ComputedTraitDefinition): Plain {
  return plainMap([
    ['computed trait', key],
    ['name', unlessDefault(name, key)],
    ['description', description ?? undefined],
    ['event', event],
    ['where', formatWhere(where)],
    ...(figure.kind === 'count' ? [] : [[figureWord(figure), figure.property] as const]),
    ...formatPeriod(period),
  ]);
}

function unlessDefault<T extends Plain>(value: T, fallback: T): T | undefined {
  return value === fallback ? undefined : value;
}

function plainJourney(journey: JourneyDefinition): Plain {
  const explicit = stepsWithExplicitId(stepsInOrder(journey.steps));
  const { goal } = journey;
  return plainMap([
    ['journey', journey.key],
    ['name', unlessDefault(journey.name, journey.key)],
    ['description', journey.description ?? undefined],
    ['trigger', plainTrigger(journey.trigger)],
    ['who', journey.who === null ? undefined : formatCondition(journey.who)],
    ['re-entry', plainReEntry(journey.reEntry)],
    ['exit', journey.exits.length === 0 ? undefined : journey.exits.map(plainExit)],
    [
      'goal',
      goal === null
        ? undefined
        : plainMap([
            ...patternEntries(goal.pattern),
            ['within', goal.withinMs === DEFAULT_GOAL_WITHIN_MS ? undefined : formatDuration(goal.withinMs)],
            ['value', goal.valuePath ?? undefined],
          ]),
    ],
    ['ceiling', journey.ceilingPerHour === DEFAULT_CEILING_PER_HOUR ? undefined : `${journey.ceilingPerHour} per hour`],
    ['steps', plainSteps(journey.steps, explicit)],
  ]);
}

function plainTrigger(trigger: Trigger): Plain {
  if (trigger.kind === 'segment') return plainMap([[trigger.change, trigger.segment]]);
  return plainMap([['event', trigger.event], ['where', formatWhere(trigger.where)], ['key', trigger.key ?? undefined]]);
}

function plainReEntry(reEntry: ReEntry): Plain | undefined {
  if (reEntry.kind === 'never') return undefined;
  return reEntry.kind === 'always' ? 'always' : `after ${formatDuration(reEntry.delayMs)}`;
}

function plainExit(exit: ExitRule): Plain {
  if (exit.kind === 'condition') return plainMap([['when', formatCondition(exit.condition)], ['reason', unlessDefault(exit.reason, DEFAULT_CONDITION_REASON)]]);
  return plainMap([...patternEntries(exit.pattern), ['reason', unlessDefault(exit.reason, defaultExitReason(exit.pattern.event))]]);
}

function patternEntries(pattern: EventPattern): (readonly [string, Plain | undefined])[] {
  return [
    ['event', pattern.event],
    ['where', formatWhere(pattern.where)],
    ['same', pattern.same ?? undefined],
  ];
}

function plainSteps(steps: readonly Step[], explicit: ReadonlyMap<Step, string>): Plain[] {
  return steps.map((step) => plainMap([...stepEntries(step, explicit), ['id', explicit.get(step)]]));
}

function stepEntries(step: Step, explicit: ReadonlyMap<Step, string>): (readonly [string, Plain | undefined])[] {
  const branch = (steps: readonly Step[]): Plain | undefined => (steps.length === 0 ? undefined : plainSteps(steps, explicit));
  switch (step.kind) {
    case 'wait':
      return [['wait', formatDuration(step.durationMs)]];
    case 'wait-for':
      return [
        ['wait for', plainMap(patternEntries(step.pattern))],
        ['up to', formatDuration(step.timeoutMs)],
        ['then', branch(step.happened)],
        ['otherwise', branch(step.timedOut)],
      ];
    case 'if': {
      // One of the two must be there, so that the file says where it leads.
      const then = branch(step.then) ?? (step.else.length === 0 ? [] : undefined);
      return [['if', formatCondition(step.condition)], ['then', then], ['else', branch(step.else)]];
    }
    case 'split':
      return [['split', step.arms.map((arm) => plainMap([['name', arm.name], ['share', arm.weight], ['steps', branch(arm.steps)]]))]];
    case 'send':
      return [['send', step.template]];
    case 'set-trait':
      return [['set', plainMap([[step.trait, plainJson(step.value)]])]];
    case 'tag':
      return [[step.present ? 'tag' : 'untag', step.tag]];
    case 'exit':
      return [['exit', step.reason === DEFAULT_EXIT_REASON ? null : step.reason]];
  }
}

function plainTemplate(template: TemplateDefinition): Plain {
  return plainMap([
    ['template', template.key],
    ['name', unlessDefault(template.name, template.key)],
    ['class', template.class],
    ['topic', template.topic ?? undefined],
    ['from', template.from === null ? undefined : formatEmailAddress(template.from)],
    ['reply to', template.replyTo ?? undefined],
    ['expires after', template.expiresAfterMs === DEFAULT_EXPIRY_MS[template.class] ? undefined : formatDuration(template.expiresAfterMs)],
    [
      'languages',
      plainMap(
        Object.entries(template.languages).map(([tag, content]) => [
          tag,
          plainMap([['subject', content.subject], ['preheader', content.preheader ?? undefined], ['body', content.body]]),
        ]),
      ),
    ],
  ]);
}

function formatCap({ messages, windowMs }: FrequencyCap): string {
  return `${messages} per ${formatDuration(windowMs)}`;
}

function plainWorkspace(workspace: WorkspaceDefinition): Plain {
  const { quietHours, frequencyCap, bandCaps, attribution } = workspace;
  const window = (windowMs: number, fallbackMs: number): Plain | undefined => (windowMs === fallbackMs ? undefined : windowMs === 0 ? 'none' : formatDuration(windowMs));
  const windows = plainMap([
    ['click', window(attribution.clickWindowMs, DEFAULT_WORKSPACE.attribution.clickWindowMs)],
    ['open', window(attribution.openWindowMs, DEFAULT_WORKSPACE.attribution.openWindowMs)],
  ]);
  return plainMap([
    ['workspace', workspace.name],
    ['timezone', workspace.timezone],
    ['currency', workspace.currency],
    ['language', workspace.language],
    ['from', workspace.from === null ? undefined : formatEmailAddress(workspace.from)],
    ['quiet hours', quietHours === null ? undefined : `${formatTimeOfDay(quietHours.fromMinute)} to ${formatTimeOfDay(quietHours.toMinute)}`],
    ['frequency cap', frequencyCap === null ? undefined : formatCap(frequencyCap)],
    ['frequency cap by band', bandCaps === undefined ? undefined : plainMap(Object.entries(bandCaps).map(([band, cap]) => [band, formatCap(cap)] as const))],
    ['attribution', windows.size === 0 ? undefined : windows],
    ['consent', plainConsentRules(workspace.consent)],
    ['retention', plainRetention(workspace.retention)],
  ]);
}
