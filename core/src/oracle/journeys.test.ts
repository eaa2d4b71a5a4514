import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeOf, type Input } from '../advance/inputs.ts';
import type { ContactState, Enrollment } from '../contact/contact-state.ts';
import type { Definition, JourneyDefinition, WorkspaceDefinition } from '../definition/index.ts';
import type { Effect } from '../advance/effects.ts';
import type { LogRecord, TrackedEvent } from '../event/log-record.ts';
import { LIVES } from '../regressions/lives.ts';
import { heldExit } from '../journey/held-exit.ts';
import { newTurn } from '../advance/turn.ts';
import { matches } from '../journey/matches.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { SARA, START, countsOf, programOf } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { arbitraryLife, type Happens, type Life } from './arbitrary-journeys.ts';

const { numRuns, seed } = fuzzParameters(process.env, 900);

const WANTED: readonly string[] = [
  'entered', 'not_entered', 'branched', 'message_decided', 'message_held', 'message_skipped', 'trait_set', 'tagged', 'untagged', 'exited', 'completed',
  'goal_reached', 'segment_entered', 'segment_left', 'suppressed', 'skip no_consent', 'skip unsubscribed', 'skip frequency_cap', 'skip suppressed',
  'exit event', 'exit condition', 'exit done', 'no re_entry', 'no already_inside', 'no who', 'at a key', 'wait happened', 'wait timed_out', 'outcome', 'several at once', 'enrolled by a segment',
];

/** One contact's life, lived step by step, with a ledger of its own to judge by. */
class LifeRun {
  readonly world: DelayedWorld;
  readonly inputs: Input[] = [];
  readonly wrongs: string[] = [];
  readonly #workspace: WorkspaceDefinition | undefined;
  readonly #journeys: Map<string, JourneyDefinition>;
  readonly #consents = new Map<string, { granted: boolean; at: Millis }>();
  readonly #marketing: Millis[] = [];
  #judged = 0;
  #messages = 0;
  now: Millis = START;

  constructor({ definitions, consented }: Life) {
    this.world = new DelayedWorld(programOf(definitions));
    this.#workspace = definitions.find((one) => one.kind === 'workspace');
    this.#journeys = new Map(definitions.flatMap((one) => (one.kind === 'journey' ? [[one.key, one] as const] : [])));
    this.#feed({ ...this.#event(), type: 'identify', name: 'Identify', traits: { email: 'a@example.com', ...(consented ? { consent: true } : {}) } });
  }

  live(happens: readonly Happens[]): void {
    for (const one of happens) {
      this.now += one.afterMs;
      this.#pass(this.now - 1);
      const record = this.#recordOf(one);
      if (record !== null) this.#feed(record);
    }
    this.now += 10 * DAY_MS;
    this.#pass(this.now);
  }

  get contact(): ContactState {
    return this.world.contact(SARA)!;
  }

  #pass(until: Millis): void {
    for (const row of this.world.rows.values()) {
      while (row.nextDueAt <= until) {
        const due = row.nextDueAt;
        this.world.step(row.id, [], due);
        if (row.nextDueAt <= due) this.wrongs.push(`still due at ${due - START}`);
        this.#judge();
      }
    }
  }

  #feed(record: LogRecord): void {
    if (record.kind === 'event') this.#noteConsent(record);
    const before = this.world.contact(SARA)?.enrollments ?? [];
    const { id, input } = this.world.log(SARA, record);
    this.inputs.push(input);
    const from = this.world.effects.length;
    this.world.step(id, [input], record.receivedAt - 1);
    if (record.kind === 'event' && !record.historical) this.#judgeExits(record, before, this.world.effects.slice(from).map(({ effect }) => effect));
    this.#judge();
  }

  #recordOf(one: Happens): LogRecord | null {
    switch (one.kind) {
      case 'track': return { ...this.#event(), name: one.name, properties: one.properties, occurredAt: this.now - one.lateMs, historical: one.historical };
      case 'identify': return { ...this.#event(), type: 'identify', name: 'Identify', traits: one.traits };
      case 'consent': return { ...this.#event(), name: one.granted ? 'Consent Granted' : 'Consent Withdrawn', properties: one.topic ? { topic: 'news' } : {} };
      case 'outcome': {
        const sent = this.world.effects.flatMap(({ effect }) => (effect.kind === 'message' ? [effect.message.id] : []));
        const messageId = sent[one.message % Math.max(sent.length, 1)];
        return messageId === undefined || one.outcome === 'unsubscribed' ? null : { kind: 'outcome', receivedAt: this.now, messageId, outcome: one.outcome, machine: one.machine && one.outcome === 'opened', detail: null };
      }
    }
  }

  #event(): TrackedEvent {
    this.#messages += 1;
    return {
      kind: 'event', type: 'track', name: '', messageId: `m${this.#messages}`, receivedAt: this.now, occurredAt: this.now, identifiers: [SARA],
      properties: {}, traits: {}, context: {}, trusted: true, historical: false,
    };
  }

  #noteConsent({ name, properties, traits, occurredAt: at }: TrackedEvent): void {
    const granted = name === 'Consent Granted' || traits.consent === true;
    if (!granted && name !== 'Consent Withdrawn') return;
    const key = properties.topic === undefined ? 'all' : 'news';
    const known = this.#consents.get(key);
    if (known === undefined || at > known.at || (at === known.at && !granted)) this.#consents.set(key, { granted, at });
  }

  /** An exit event ends every enrollment that it fits and that was there before, and nothing else happens to those. */
  #judgeExits(event: TrackedEvent, before: readonly Enrollment[], effects: readonly Effect[]): void {
    for (const enrollment of before) {
      const rules = this.#journeys.get(enrollment.journey)?.exits ?? [];
      const rule = rules.find((one) => one.kind === 'event' && matches(one.pattern, { name: event.name, properties: event.type === 'identify' ? event.traits : event.properties }, enrollment.data));
      if (rule === undefined) continue;
      const decisions = effects.flatMap((effect) => (effect.kind === 'decision' && effect.decision.enrollmentId === enrollment.id ? [effect.decision.code] : [])).filter((code) => code !== 'goal_reached');
      if (decisions.join() !== 'exited') this.wrongs.push(`an exit event was answered with ${decisions.join()}`);
    }
  }

  /** What must hold after every step. */
  #judge(): void {
    const fresh = this.world.effects.slice(this.#judged).map(({ effect }) => effect);
    this.#judged = this.world.effects.length;
    for (const effect of fresh) if (effect.kind === 'message' && effect.message.class === 'marketing') this.#judgeMarketing(effect.message.decidedAt, effect.message.topic);
    const { contact } = this;
    const turn = newTurn(contact, this.world.program, contact.at, []);
    for (const enrollment of contact.enrollments) {
      const journey = this.world.program.journeys.get(enrollment.journey)?.live ?? undefined;
      if (journey !== undefined && heldExit(turn, journey, enrollment) !== undefined) this.wrongs.push('an exit condition holds and the journey goes on');
      if (!(enrollment.wakeAt >= contact.at)) this.wrongs.push(`wakes at ${enrollment.wakeAt}`);
    }
  }

  #judgeMarketing(at: Millis, topic: string | null): void {
    const asked = ['all', ...(topic === null ? [] : [topic])].flatMap((key) => this.#consents.get(key) ?? []);
    if (asked.length === 0 || asked.some(({ granted }) => !granted)) this.wrongs.push('marketing without consent');
    const quiet = this.#workspace?.quietHours ?? null;
    if (quiet !== null && quiet.fromMinute !== quiet.toMinute) {
      const minute = minuteIn(this.contact.traits.timezone?.value, this.#workspace?.timezone ?? 'UTC', at);
      const inside = quiet.fromMinute < quiet.toMinute ? minute >= quiet.fromMinute && minute < quiet.toMinute : minute >= quiet.fromMinute || minute < quiet.toMinute;
      if (inside) this.wrongs.push(`marketing in quiet hours, ${minute} minutes after midnight`);
    }
    this.#marketing.push(at);
    const cap = this.#workspace?.frequencyCap ?? null;
    if (cap !== null && this.#marketing.filter((other) => other > at - cap.windowMs).length > cap.messages) this.wrongs.push('more marketing than the cap allows');
  }
}

function minuteIn(zone: unknown, fallback: string, at: Millis): number {
  const format = (timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  let text: string;
  try {
    text = format(typeof zone === 'string' ? zone : fallback);
  } catch {
    text = format(fallback);
  }
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}

function accountWrongs({ world, contact }: LifeRun): string[] {
  const found: string[] = [];
  const effects = world.effects.map(({ effect }) => effect);
  const entered = effects.flatMap((effect) => (effect.kind === 'decision' && effect.decision.code === 'entered' ? [effect.decision.enrollmentId] : []));
  const ended = effects.flatMap((effect) => (effect.kind === 'decision' && (effect.decision.code === 'completed' || effect.decision.code === 'exited') ? [effect.decision.enrollmentId] : []));
  const active = contact.enrollments.map(({ id }) => id);
  if (new Set(entered).size !== entered.length) found.push('two enrollments with one id');
  if ([...ended, ...active].map(String).toSorted().join() !== entered.map(String).toSorted().join()) found.push('entered are not those that ended or go on');
  const counts = effects.flatMap((effect) => (effect.kind === 'count' ? [effect] : []));
  for (const thing of new Set(counts.filter(({ metric }) => metric === 'waiting').map(({ thing: one }) => one))) {
    const parked = contact.enrollments.filter(({ journey, step }) => `step:${journey}/${step}` === thing).length;
    if ((countsOf(counts, thing).waiting ?? 0) !== parked) found.push(`${thing}: ${parked} wait, counted otherwise`);
  }
  const places = contact.enrollments.map(({ journey, key }) => `${journey} ${key}`);
  if (new Set(places).size !== places.length) found.push('twice at one place');
  return found;
}

/** The same inputs in other batches, with timers that fire late. */
function relive(life: Life, { inputs, now }: LifeRun, cuts: readonly number[]): DelayedWorld {
  const world = new DelayedWorld(programOf(life.definitions));
  const [first] = inputs;
  if (first?.kind !== 'record') return world;
  for (let from = 0, turn = 0; from < inputs.length; turn += 1) {
    const batch = inputs.slice(from, from + 1 + (cuts[turn % Math.max(cuts.length, 1)] ?? 0));
    from += batch.length;
    const next = inputs[from];
    const last = batch.at(-1);
    // A worker may let time pass up to what it knows has arrived: right after the batch, or up to what comes next.
    const until = turn % 2 === 0 || next === undefined ? (last === undefined ? 0 : timeOf(last) - 1) : timeOf(next) - 1;
    world.step(first.from, batch, until);
  }
  world.step(first.from, [], now);
  return world;
}

function wrongsOf(life: Life, cuts: readonly number[], coverage: Coverage): string[] {
  const run = new LifeRun(life);
  run.live(life.happens);
  const lists = [...run.wrongs, ...accountWrongs(run)];
  const again = relive(life, run, cuts);
  const differs = again.effects.findIndex(({ effect }, index) => JSON.stringify(effect) !== JSON.stringify(run.world.effects[index]?.effect));
  if (differs >= 0 || again.effects.length !== run.world.effects.length) lists.push(`other batches decide otherwise: ${JSON.stringify([run.world.effects[differs], again.effects[differs]])}`);
  else if (JSON.stringify(again.contact(SARA)) !== JSON.stringify(run.contact)) lists.push('other batches leave another state');
  noteLife(run, coverage);
  return lists;
}

function noteLife({ world, inputs }: LifeRun, coverage: Coverage): void {
  for (const { effect } of world.effects) {
    if (effect.kind !== 'decision') continue;
    const { code, detail } = effect.decision;
    coverage.note(code);
    const { reason, branch, key, cause } = (detail ?? {}) as Record<string, string | null | undefined>;
    if (code === 'message_skipped') coverage.note(`skip ${String(reason)}`);
    if (code === 'exited') coverage.note(`exit ${String(reason)}`);
    if (code === 'not_entered') coverage.note(`no ${String(reason)}`);
    if (code === 'branched' && branch !== undefined) coverage.note(`wait ${String(branch)}`);
    if (code === 'entered' && key !== null) coverage.note('at a key');
    if (code === 'entered' && cause?.includes(' ') === true) coverage.note('enrolled by a segment');
  }
  for (const input of inputs) if (input.kind === 'record' && input.record.kind === 'outcome') coverage.note('outcome');
  if (inputs.some((input, index) => index > 0 && timeOf(input) === timeOf(inputs[index - 1]!))) coverage.note('several at once');
}

describe('journeys keep their promises', { timeout: 3_600_000 }, () => {
  it.each(LIVES.map(({ name, life, cuts }) => [name, life, cuts] as const))('once wrong: %s', (_name, life, cuts) => {
    expect(wrongsOf(life, cuts, new Coverage())).toEqual([]);
  });

  it(`in ${numRuns} lives, in whatever batches they are lived`, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryLife, fc.array(fc.nat(6), { maxLength: 6 }), (life, cuts) => {
      expect(wrongsOf(life, cuts, coverage)).toEqual([]);
    }), { numRuns, seed });
    coverage.report(process.env, 'journeys', console.info);
    expect(coverage.missing(WANTED, 5)).toEqual([]);
  });

  it('deciding the same twice', () => {
    fc.assert(fc.property(arbitraryLife, (life) => {
      const runs = [new LifeRun(life), new LifeRun(life)];
      for (const run of runs) run.live(life.happens);
      expect(JSON.stringify(runs[1]!.world.effects)).toBe(JSON.stringify(runs[0]!.world.effects));
    }), { numRuns: Math.ceil(numRuns / 10), seed });
  });

  it('for each key as if there were no other', () => {
    const cart: Definition = {
      kind: 'journey', key: 'cart', name: 'c', description: null, trigger: { kind: 'event', event: 'E0', where: [], key: 'k' }, who: null, reEntry: { kind: 'after', delayMs: DAY_MS },
      exits: [{ kind: 'event', pattern: { event: 'E1', where: [], same: 'k' }, reason: 'event' }], goal: { pattern: { event: 'E1', where: [], same: 'k' }, withinMs: DAY_MS, valuePath: null },
      ceilingPerHour: 1, steps: [{ kind: 'wait', id: 'w', durationMs: 1000 }, { kind: 'wait-for', id: 'wf', pattern: { event: 'E2', where: [], same: 'k' }, timeoutMs: DAY_MS, happened: [], timedOut: [] }],
    };
    const visible = (happens: readonly Happens[]): string[] => {
      const run = new LifeRun({ consented: true, definitions: [cart], happens: [] });
      run.live(happens);
      return run.world.effects.flatMap(({ effect }) => (effect.kind === 'enrollment' ? [`${effect.enrollment.key} ${effect.enrollment.changedAt} ${effect.enrollment.status} ${effect.enrollment.step}`] : []));
    };
    const event = fc.record({ name: fc.constantFrom('E0', 'E0', 'E1', 'E2'), k: fc.constantFrom('a', 'b'), afterMs: fc.constantFrom(0, 1, 999, 1000, 1001, DAY_MS) });
    fc.assert(fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const happens = events.map(({ name, k, afterMs }): Happens => ({ kind: 'track', afterMs, name, properties: { k }, lateMs: 0, historical: false }));
      // The other key's events stay as time that passes.
      const only = (key: string): Happens[] => happens.map((one) => (one.kind === 'track' && one.properties.k !== key ? { ...one, name: 'Nothing' } : one));
      expect(visible(happens).toSorted()).toEqual([...visible(only('a')), ...visible(only('b'))].toSorted());
    }), { numRuns: Math.ceil(numRuns / 4), seed });
  });
});
