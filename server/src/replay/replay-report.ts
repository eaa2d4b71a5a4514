import { localAsUtc } from '@samovar/core';
import type { ContactId, DecidedMessage, Decision, Effect, JourneyDefinition, Millis, Program, Step } from '@samovar/core';
import { branchesOf } from './steps.ts';
import type { BadEvent } from './recorded-event.ts';

export type Counts = Record<string, number>;

export interface StepReport {
  id: string;
  kind: Step['kind'];
  /** How deep it lies in branches. */
  depth: number;
  reached: number;
  waiting: number;
  /** Of sends. */
  decided: number;
  skipped: Counts;
  held: number;
  /** Of `if`, `wait for` and `split`: how often each way was taken. */
  branches: Counts;
}

export interface MessagesReport {
  total: number;
  contacts: number;
  perDay: Counts;
  /** How many contacts got so many messages; those who got none are left out. */
  perContact: { mean: number; median: number; p90: number; p99: number; most: number; distribution: Counts };
}

export interface JourneyReport {
  entered: number;
  contacts: number;
  notEntered: Counts;
  active: number;
  completed: number;
  exited: Counts;
  goals: number;
  goalValue: number;
  skipped: Counts;
  messages: MessagesReport;
  steps: StepReport[];
}

export interface ReplayReport {
  events: { read: number; rejected: number; replayed: number; firstAt: string | null; lastAt: string | null; until: string | null };
  contacts: number;
  messages: MessagesReport;
  skipped: Counts;
  segments: Record<string, { entered: number; left: number }>;
  journeys: Record<string, JourneyReport>;
  rejected: BadEvent[];
}

/** How many messages went out on which day and to whom. */
class MessageTally {
  readonly #perDay = new Map<string, number>();
  readonly #perContact = new Map<ContactId, number>();
  #total = 0;

  add(day: string, contact: ContactId): void {
    this.#total += 1;
    this.#perDay.set(day, (this.#perDay.get(day) ?? 0) + 1);
    this.#perContact.set(contact, (this.#perContact.get(contact) ?? 0) + 1);
  }

  report(): MessagesReport {
    const counts = [...this.#perContact.values()].sort((a, b) => a - b);
    const at = (share: number): number => counts[Math.max(0, Math.ceil(counts.length * share) - 1)] ?? 0;
    const distribution = new Map<number, number>();
    for (const count of counts) distribution.set(count, (distribution.get(count) ?? 0) + 1);
    return {
      total: this.#total, contacts: counts.length,
      perDay: Object.fromEntries([...this.#perDay].sort(([a], [b]) => (a < b ? -1 : 1))),
      perContact: {
        mean: counts.length === 0 ? 0 : Math.round((this.#total / counts.length) * 100) / 100,
        median: at(0.5), p90: at(0.9), p99: at(0.99), most: counts.at(-1) ?? 0,
        distribution: Object.fromEntries(distribution),
      },
    };
  }
}

/** Gathers what happens in a replay into the report. */
export class ReplayTally {
  readonly #program: Program;
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #entered = new Map<string, Set<ContactId>>();
  readonly #held = new Map<string, number>();
  readonly #goalCents = new Map<string, number>();
  readonly #all = new MessageTally();
  readonly #messages = new Map<string, MessageTally>();
  #hour = NaN;
  #day = '';

  constructor(program: Program) {
    this.#program = program;
  }

  add(contactId: ContactId, effect: Effect): void {
    if (effect.kind === 'count') this.#count(effect.thing, effect.metric, effect.value);
    else if (effect.kind === 'decision') this.#decision(contactId, effect.decision);
    else if (effect.kind === 'message') this.#message(contactId, effect.message);
  }

  #count(thing: string, metric: string, value: number): void {
    let metrics = this.#counts.get(thing);
    if (metrics === undefined) this.#counts.set(thing, metrics = new Map());
    metrics.set(metric, (metrics.get(metric) ?? 0) + value);
  }

  #decision(contactId: ContactId, { code, journey, step, detail }: Decision): void {
    if (journey === null) return;
    if (code === 'entered') {
      const contacts = this.#entered.get(journey);
      if (contacts === undefined) this.#entered.set(journey, new Set([contactId]));
      else contacts.add(contactId);
    } else if (code === 'message_held') {
      this.#held.set(`${journey}/${step ?? ''}`, (this.#held.get(`${journey}/${step ?? ''}`) ?? 0) + 1);
    } else if (code === 'goal_reached') {
      const value = typeof detail === 'object' && detail !== null && 'value' in detail ? Number(detail.value) : 0;
      if (Number.isFinite(value)) this.#goalCents.set(journey, (this.#goalCents.get(journey) ?? 0) + Math.round(value * 100));
    }
  }

  #message(contactId: ContactId, { journey, decidedAt }: DecidedMessage): void {
    const day = this.#dayOf(decidedAt);
    let own = this.#messages.get(journey);
    if (own === undefined) this.#messages.set(journey, own = new MessageTally());
    own.add(day, contactId);
    this.#all.add(day, contactId);
  }

  /** The day by the workspace's clock. Messages come in order of time, and a day never begins within a quarter of an hour. */
  #dayOf(at: Millis): string {
    const quarter = Math.floor(at / 900_000);
    if (quarter !== this.#hour) {
      this.#hour = quarter;
      this.#day = new Date(localAsUtc(this.#program.workspace.timezone, at)).toISOString().slice(0, 10);
    }
    return this.#day;
  }

  report(journeys: readonly JourneyDefinition[]): Pick<ReplayReport, 'messages' | 'skipped' | 'segments' | 'journeys'> {
    const reports = journeys.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((journey): [string, JourneyReport] => [journey.key, this.#journey(journey)]);
    const skipped: Counts = {};
    for (const [, journey] of reports) for (const [reason, count] of Object.entries(journey.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count;
    const segments = this.#program.segments.map(({ key }) => key).sort().map((key) => [key, { entered: this.#get(`segment:${key}`, 'entered'), left: this.#get(`segment:${key}`, 'left') }] as const);
    return { messages: this.#all.report(), skipped: inOrderOfKey(skipped), segments: Object.fromEntries(segments), journeys: Object.fromEntries(reports) };
  }

  #journey(journey: JourneyDefinition): JourneyReport {
    const { key } = journey;
    const thing = `journey:${key}`;
    const steps = this.#steps(key, journey.steps, 0);
    const skipped: Counts = {};
    for (const step of steps) for (const [reason, count] of Object.entries(step.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count;
    const entered = this.#get(thing, 'entered');
    const completed = this.#get(thing, 'completed');
    return {
      entered, contacts: this.#entered.get(key)?.size ?? 0, notEntered: this.#withPrefix(thing, 'not_entered:'),
      active: entered - completed - this.#get(thing, 'exited'), completed, exited: this.#withPrefix(thing, 'exited:'),
      goals: this.#get(thing, 'goal'), goalValue: (this.#goalCents.get(key) ?? 0) / 100,
      skipped: inOrderOfKey(skipped), messages: (this.#messages.get(key) ?? new MessageTally()).report(), steps,
    };
  }

  #steps(journey: string, steps: readonly Step[], depth: number): StepReport[] {
    return steps.flatMap((step) => [this.#step(journey, step, depth), ...branchesOf(step).flatMap((branch) => this.#steps(journey, branch, depth + 1))]);
  }

  #step(journey: string, step: Step, depth: number): StepReport {
    const thing = `step:${journey}/${step.id}`;
    const branches: Counts = this.#withPrefix(thing, 'arm:');
    for (const branch of ['then', 'else', 'happened', 'timed_out']) if (this.#get(thing, branch) > 0) branches[branch] = this.#get(thing, branch);
    return {
      id: step.id, kind: step.kind, depth, reached: this.#get(thing, 'reached'), waiting: this.#get(thing, 'waiting'),
      decided: this.#get(thing, 'decided'), skipped: this.#withPrefix(thing, 'skipped:'), held: this.#held.get(`${journey}/${step.id}`) ?? 0, branches,
    };
  }

  #get(thing: string, metric: string): number {
    return this.#counts.get(thing)?.get(metric) ?? 0;
  }

  #withPrefix(thing: string, prefix: string): Counts {
    const found: Counts = {};
    for (const [metric, value] of this.#counts.get(thing) ?? []) if (metric.startsWith(prefix)) found[metric.slice(prefix.length)] = value;
    return inOrderOfKey(found);
  }
}

function inOrderOfKey(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
