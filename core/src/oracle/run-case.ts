import type { Condition, PropertyTest } from '../definition/condition.ts';
import type { Definition, SegmentDefinition } from '../definition/definition.ts';
import type { JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { Identifier } from '../identity/ids.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import type { Coverage } from '../testing/fuzz.ts';
import { START, journeyOf, programOf, userOf, visitorOf } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { WINDOWS, type Case, type CaseStep, type When } from './arbitrary-case.ts';
import { Oracle } from './oracle.ts';

const PEOPLE: readonly Identifier[] = [userOf('u0'), userOf('u1'), visitorOf('v0'), visitorOf('v1')];
const TAGGING: readonly Definition[] = [true, false].map((present) =>
  journeyOf(present ? 'tag' : 'untag', present ? 'Tag' : 'Untag', [{ kind: 'tag', id: 'tag', tag: 't', present }]));
const JOURNEYS: readonly Definition[] = [...TAGGING, journeyOf('out', 'Out', [{ kind: 'exit', id: 'e', reason: 'gone' }])];

/** More days than any case takes. */
const LONGEST_DAYS = 60;

/** One person as the oracle sees her, with the memberships found so far and since when they hold. */
interface Person {
  identifier: Identifier;
  oracle: Oracle;
  since: Map<string, Millis>;
  /** Memberships lost in the millisecond that still goes on; regained within it, both their old and their new time are right. */
  lost: Map<string, Millis>;
}

export interface Difference {
  at: Millis;
  who: string;
  expected: Record<string, string>;
  found: Record<string, string>;
}

/** Runs a case through `advance` and the oracle side by side; answers with the first difference, or null. */
export function runCase(given: Case, coverage: Coverage): Difference | null {
  const run = new CaseRun(given.segments, coverage);
  for (const step of given.steps) {
    const difference = run.take(step);
    if (difference !== null) return difference;
  }
  return run.passTime(run.now + 2 * Math.max(...WINDOWS));
}

class CaseRun {
  readonly #coverage: Coverage;
  readonly #world: DelayedWorld;
  /** By identifier; a visitor who was joined to a user leads to the user. */
  readonly #people = new Map<Identifier, Person>();
  readonly #told: Millis[] = [];
  /** Instants that traits name; midnights are among them only for zones without an offset of half a day. */
  readonly #dates = new Set<Millis>();
  /** When somebody last went through a journey. */
  #walkedAt: Millis = -Infinity;
  #segments: SegmentDefinition[];
  #messages = 0;
  now: Millis = START;

  constructor(segments: SegmentDefinition[], coverage: Coverage) {
    this.#segments = segments;
    this.#coverage = coverage;
    this.#world = new DelayedWorld(programOf([...segments, ...JOURNEYS]));
    for (const { match } of segments) noteCondition(match, coverage);
  }

  take(step: CaseStep): Difference | null {
    const at = this.#timeOf(step.when);
    if (at > this.now) {
      const before = this.passTime(at - 1);
      if (before !== null) return before;
      this.now = at;
    }
    if (step.kind === 'publish') this.#publish(step.segments);
    else if (step.kind === 'join') this.#join(PEOPLE[step.user], PEOPLE[2 + step.visitor]);
    else this.#tell(PEOPLE[step.who], step);
    return null;
  }

  /**
   * Lets time pass, and compares at every instant at which some window closes, and at the end of what happened now:
   * what falls due in a millisecond comes after all that is told in it.
   */
  passTime(until: Millis): Difference | null {
    const edges = new Set([this.now, ...this.#edges().filter((edge) => edge > this.now && edge <= until)]);
    for (const edge of [...edges].toSorted((a, b) => a - b)) {
      this.now = edge;
      this.#world.runTo(edge);
      for (const person of new Set(this.#people.values())) if (this.#look(person)) this.#coverage.note('changed by time');
      const difference = this.#compare();
      if (difference !== null) return difference;
      for (const { lost } of this.#people.values()) lost.clear();
    }
    this.#world.runTo(until);
    this.now = Math.max(this.now, until);
    return this.#compare();
  }

  /** When windows over events close, dates come near, values have been held for so long, and days begin in every zone. */
  #edges(): Millis[] {
    const dates = [...this.#dates].flatMap((at) => [0, ...WINDOWS].flatMap((span) => [at - span, at - span + 1, at + span, at + span + 1]));
    const days = Array.from({ length: 2 * LONGEST_DAYS }, (_, index) => START + index * (DAY_MS / 2));
    return [...this.#told.flatMap((at) => WINDOWS.flatMap((window) => [at + window, at + window + 1])), ...dates, ...days];
  }

  #timeOf(when: When): Millis {
    if ('after' in when) return this.now + when.after;
    const at = this.#told[when.event % Math.max(this.#told.length, 1)];
    if (at === undefined || at + when.window + when.offset < this.now) return this.now;
    this.#coverage.note(`edge ${when.offset}`);
    return at + when.window + when.offset;
  }

  #tell(who: Identifier | undefined, step: Extract<CaseStep, { kind: 'event' }>): void {
    if (who === undefined) return;
    const { type, name, properties, lateMs, trusted, historical } = step;
    const content = type === 'identify' ? { properties: {}, traits: properties } : { properties, traits: {} };
    this.#feed(who, { ...this.#event(name, [who]), type, ...content, occurredAt: this.now - lateMs, trusted, historical, context: step.context ?? {} });
    for (const [what, is] of Object.entries({ late: lateMs > 0, 'too late': lateMs > DAY_MS, historical, untrusted: !trusted, ordered: name === 'Order Completed' })) if (is) this.#coverage.note(what);
  }

  #join(user: Identifier | undefined, visitor: Identifier | undefined): void {
    if (user === undefined || visitor === undefined) return;
    const known = this.#people.get(visitor);
    this.#feed(user, this.#event('Joined', [user, visitor]));
    const person = this.#people.get(user);
    if (person === undefined || (known !== undefined && known.identifier !== visitor)) return;
    if (known !== undefined) person.oracle.join(known.oracle, this.now);
    this.#people.set(visitor, person);
    this.#look(person);
    this.#coverage.note(known === undefined ? 'joined unseen' : 'merged');
  }

  #publish(segments: SegmentDefinition[]): void {
    this.#world.runTo(this.now);
    for (const person of new Set(this.#people.values())) this.#look(person);
    this.#segments = segments;
    for (const { match } of segments) noteCondition(match, this.#coverage);
    const { version, keptSince } = this.#world.program;
    this.#world.program = programOf([...segments, ...JOURNEYS], { version: version + 1, keptSince });
    for (const id of [...this.#world.rows.keys()]) this.#world.step(id, [{ kind: 'refresh', at: this.now }], this.now - 1);
    for (const person of new Set(this.#people.values())) this.#look(person);
    if (this.#people.size > 0) this.#coverage.note('published with history');
  }

  #event(name: string, identifiers: Identifier[]): TrackedEvent {
    this.#messages += 1;
    return {
      kind: 'event', type: 'track', name, messageId: `m${this.#messages}`, receivedAt: this.now, occurredAt: this.now, identifiers,
      properties: {}, traits: {}, context: {}, trusted: true, historical: false,
    };
  }

  #feed(who: Identifier, event: TrackedEvent): void {
    const person = this.#people.get(who) ?? { identifier: who, oracle: new Oracle(), since: new Map<string, Millis>(), lost: new Map<string, Millis>() };
    this.#people.set(who, person);
    if (person.oracle.events.some(({ event: other }) => other.occurredAt === event.occurredAt)) this.#coverage.note('same instant');
    if (person.oracle.events.some(({ event: other }) => other.occurredAt > event.occurredAt)) this.#coverage.note('out of order');
    const orderId = event.properties.order_id;
    if (orderId !== undefined && person.oracle.events.some(({ event: other }) => other.properties.order_id === orderId)) this.#coverage.note('order told twice');
    person.oracle.take(event, this.now);
    this.#told.push(event.occurredAt);
    if (['Tag', 'Untag', 'Out'].includes(event.name)) this.#walkedAt = this.now;
    for (const at of datesIn(event.traits)) this.#dates.add(at);
    this.#look(person);
    this.#world.feed(who, event);
    this.#world.deliverAll();
  }

  /** Takes down what changed by now; answers whether anything did. */
  #look({ oracle, since, lost }: Person): boolean {
    const inside = oracle.memberships(this.#segments, this.now);
    const before = [...since.keys()].join(' ');
    for (const [key, at] of since) {
      if (inside.has(key)) continue;
      if (at < this.now) lost.set(key, at);
      since.delete(key);
    }
    for (const key of inside) if (!since.has(key)) since.set(key, this.now);
    return [...since.keys()].join(' ') !== before;
  }

  #compare(): Difference | null {
    for (const { identifier, since, lost } of new Set(this.#people.values())) {
      const found = this.#world.contact(identifier)?.segments ?? {};
      // Where a window closes in the very millisecond of an event, one segment may hear of it before another that refers to it.
      // So may one that asks for a journey through which the contact goes in no time: it is left while inside.
      const isTie = this.#walkedAt === this.now || this.#edges().includes(this.now);
      const isRight = Object.keys(found).length === since.size && Object.entries(found).every(([key, at]) =>
        at === since.get(key) || (since.get(key) === this.now && at === lost.get(key)) || (isTie && at === this.now && since.has(key)));
      if (!isRight) return { at: this.now - START, who: identifier.value, expected: relative(since), found: relative(new Map(Object.entries(found))) };
      // From here on the time that was found is the one to keep.
      for (const [key, at] of Object.entries(found)) since.set(key, at);
    }
    this.#coverage.note('compared');
    return null;
  }
}

/** All instants that a trait may mean, whatever the zone. */
function datesIn(traits: JsonObject): Millis[] {
  const { o = null, when = null } = traits;
  const told = [when, o !== null && typeof o === 'object' && !Array.isArray(o) ? (o.when ?? null) : null];
  return told.flatMap((value) => {
    const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value.endsWith('Z') || !value.includes('T') ? value : `${value}Z`) : Number.NaN;
    return Number.isNaN(at) ? [] : [at, at - DAY_MS / 2, at + DAY_MS / 2];
  });
}

function relative(times: ReadonlyMap<string, Millis>): Record<string, string> {
  return Object.fromEntries([...times].map(([key, at]) => [key, `+${at - START}`]));
}

function noteCondition(condition: Condition, coverage: Coverage): void {
  const noteTests = (tests: readonly PropertyTest[]): void => tests.forEach(({ test }) => coverage.note(`where ${test.op}`));
  coverage.note(condition.kind);
  if ('of' in condition) for (const inner of condition.of) noteCondition(inner, coverage);
  if (condition.kind === 'trait') coverage.note(`trait ${condition.test.op}${condition.path.includes('*') ? ' of each' : ''}`);
  if (condition.kind === 'trait' && condition.held !== null) coverage.note(`held ${condition.held.op}`);
  if (condition.kind === 'date') coverage.note(condition.when.kind === 'anniversary' ? condition.when.calendar : condition.when.kind);
  if (condition.kind === 'journey') coverage.note(`journey ${condition.status}`);
  if (condition.kind === 'fact') coverage.note(`fact ${condition.fact}`);
  if (condition.kind === 'figure') coverage.note(`${condition.figure.kind} ${condition.period.kind}`);
  if (condition.kind === 'sequence') coverage.note(`${condition.outcome}${condition.key === null ? '' : ' by key'}${condition.lastMs === null ? '' : ' of late'}`);
  if (condition.kind !== 'event') return;
  noteTests(condition.where);
  const { op, count } = condition.times;
  coverage.note(`${op}${condition.period.kind === 'ever' ? '' : ` ${condition.period.kind}`}`);
  if (op === 'exactly' && count === 0) coverage.note('never');
}
