import type { Effect } from '../advance/effects.ts';
import type { Condition, Definition, JourneyDefinition, Step, TemplateDefinition, WorkspaceDefinition } from '../definition/index.ts';
import type { JsonObject } from '../event/json.ts';
import type { LogRecord, TrackedEvent } from '../event/log-record.ts';
import type { ContactId, Identifier } from '../identity/ids.ts';
import { DEFAULT_WORKSPACE, compileProgram, type ProgramSource } from '../program/compile.ts';
import type { Program } from '../program/program.ts';
import { World, type Witnessed } from '../simulate/world.ts';
import { DAY_MS, type Millis } from '../time.ts';

/** Thursday noon, far from any change of clocks. */
export const START: Millis = Date.UTC(2026, 0, 1, 12);
export const SARA: Identifier = { kind: 'user', value: 'sara' };

export const userOf = (value: string): Identifier => ({ kind: 'user', value });
export const visitorOf = (value: string): Identifier => ({ kind: 'anonymous', value });
export const emailOf = (value: string): Identifier => ({ kind: 'email', value });

export function programOf(definitions: readonly Definition[], more: Partial<ProgramSource> = {}): Program {
  return compileProgram({
    workspaceId: 1, version: 1, live: definitions.map((definition) => ({ definition, version: more.version ?? 1 })), pinned: [], enterExisting: {}, keptSince: {}, ...more,
  });
}

export function segmentOf(key: string, match: Condition): Definition {
  return { kind: 'segment', key, name: key, description: null, match };
}

export function journeyOf(key: string, event: string, steps: Step[], more: Partial<JourneyDefinition> = {}): JourneyDefinition {
  return {
    kind: 'journey', key, name: key, description: null, trigger: { kind: 'event', event, where: [], key: null }, who: null, reEntry: { kind: 'always' },
    exits: [], goal: null, ceilingPerHour: 1000, steps, ...more,
  };
}

export function templateOf(key: string, more: Partial<TemplateDefinition> = {}): TemplateDefinition {
  return {
    kind: 'template', key, name: key, channel: 'email', class: 'marketing', topic: null, from: null, replyTo: null, expiresAfterMs: DAY_MS, languages: {}, ...more,
  };
}

export function workspaceOf(more: Partial<WorkspaceDefinition>): WorkspaceDefinition {
  return { ...DEFAULT_WORKSPACE, ...more };
}

/** `event NAME` as conditions say it. */
export function happened(event: string, more: Partial<Extract<Condition, { kind: 'event' }>> = {}): Condition {
  return { kind: 'event', event, where: [], times: { op: 'at-least', count: 1 }, period: { kind: 'ever' }, since: 'ever', ...more };
}

/** Makes events with ids that count up, so that the same test makes the same events. */
export class EventMaker {
  #made = 0;

  track(at: Millis, name: string, properties: JsonObject = {}, more: Partial<TrackedEvent> = {}): TrackedEvent {
    this.#made += 1;
    return {
      kind: 'event', type: 'track', name, messageId: `m${this.#made}`, receivedAt: at, occurredAt: at, identifiers: [SARA],
      properties, traits: {}, context: {}, trusted: true, historical: false, ...more,
    };
  }

  identify(at: Millis, traits: JsonObject, more: Partial<TrackedEvent> = {}): TrackedEvent {
    return this.track(at, 'Identify', {}, { type: 'identify', traits, ...more });
  }
}

/** A world with its effects at hand. */
export class SmallWorld {
  readonly world: World;
  readonly seen: Witnessed[] = [];
  readonly events = new EventMaker();

  constructor(definitions: readonly Definition[]) {
    this.world = new World(programOf(definitions), (witnessed) => this.seen.push(witnessed));
  }

  feed(record: LogRecord, identifier: Identifier = SARA): void {
    this.world.feed(record.kind === 'event' ? (record.identifiers[0] ?? identifier) : identifier, record);
  }

  effects<Kind extends Effect['kind']>(kind: Kind): Extract<Effect, { kind: Kind }>[] {
    return this.seen.flatMap(({ effect }) => (effect.kind === kind ? [effect as Extract<Effect, { kind: Kind }>] : []));
  }

  /** `CODE` or `CODE reason`, in order. */
  decisions(...codes: string[]): string[] {
    return this.effects('decision').flatMap(({ decision }) => {
      if (!codes.includes(decision.code)) return [];
      const { detail } = decision;
      const reason = detail !== null && typeof detail === 'object' && !Array.isArray(detail) ? detail.reason : undefined;
      return [typeof reason === 'string' ? `${decision.code} ${reason}` : decision.code];
    });
  }

  /** Step and time since START of each message. */
  messages(): [string, Millis][] {
    return this.effects('message').map(({ message }) => [message.step, message.decidedAt - START]);
  }

  /** What all counts of a thing sum up to, by metric; zeros left out. */
  counts(thing: string): Record<string, number> {
    return countsOf(this.effects('count'), thing);
  }
}

export function countsOf(effects: readonly Extract<Effect, { kind: 'count' }>[], thing: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { thing: other, metric, value } of effects) if (other === thing) sums[metric] = (sums[metric] ?? 0) + value;
  for (const [metric, value] of Object.entries(sums)) if (value === 0) delete sums[metric];
  return sums;
}

/** A contact id in the shape of one, for tests that need no other. */
export const SOME_ID = '00000000-0000-8000-8000-000000000001' as ContactId;
