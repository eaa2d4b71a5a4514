import fc from 'fast-check';
import type { Definition } from '../definition/index.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { Identifier } from '../identity/ids.ts';
import type { Program } from '../program/program.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { START, emailOf, happened, journeyOf, programOf, segmentOf, templateOf, userOf, visitorOf } from '../testing/small-world.ts';
import { HOUR_MS, MINUTE_MS, type Millis } from '../time.ts';

export const PEOPLE: readonly Identifier[] = [userOf('u0'), userOf('u1'), userOf('u2'), visitorOf('v0'), visitorOf('v1'), visitorOf('v2'), emailOf('e0@x.org'), emailOf('e1@x.org')];
export const USERS = 3;

/** What one order costs, so that whoever tells it tells the same. */
export const totalOf = (order: number): number => 10 * (order + 1);

export type StoryStep =
  | { kind: 'tell'; who: number; with: number[]; what: Told; trusted: boolean; lateMs: Millis }
  /** One user id is said to be another. */
  | { kind: 'alias'; user: number; previous: number }
  /** Something that is under way between two rows arrives. */
  | { kind: 'deliver'; pair: number }
  /** What was merged under a name is taken out again. */
  | { kind: 'undo'; who: number }
  | { kind: 'pass'; forMs: Millis }
  | { kind: 'publish' };

export type Told =
  | { kind: 'seen' | 'go' | 'done' }
  | { kind: 'trait'; name: 'a' | 'b'; value: number }
  | { kind: 'consent'; granted: boolean }
  | { kind: 'order'; order: number; cart: number }
  | { kind: 'refund'; order: number };

const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ kind: fc.constantFrom('seen', 'go', 'done') }),
  fc.record({ kind: fc.constant('trait'), name: fc.constantFrom('a', 'b'), value: fc.nat(9) }),
  fc.record({ kind: fc.constant('consent'), granted: fc.boolean() }),
  fc.record({ kind: fc.constant('order'), order: fc.nat(3), cart: fc.nat(1) }),
  fc.record({ kind: fc.constant('refund'), order: fc.nat(3) }),
);

const everybody = fc.nat(PEOPLE.length - 1);
const steps: fc.WeightedArbitrary<StoryStep>[] = [
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('tell'), who: everybody, with: fc.array(everybody, { maxLength: 2 }), what: told, trusted: fc.boolean(), lateMs: fc.constantFrom(0, 0, 1, 7, 90_000_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('alias'), user: fc.nat(USERS - 1), previous: fc.nat(USERS - 1) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver'), pair: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), forMs: fc.constantFrom(1, MINUTE_MS, HOUR_MS) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'publish' }) },
];

function storyOf(more: fc.WeightedArbitrary<StoryStep>[]): fc.Arbitrary<Story> {
  return fc.record({ steps: fc.array(fc.oneof(...steps, ...more), { minLength: 1, maxLength: 40, size: 'max' }), rest: fc.array(fc.nat(30), { maxLength: 40 }) });
}

/** A story, and in which order what is left under way at its end arrives. */
export const arbitraryStory = storyOf([]);
/** The same, with merges that are undone. */
export const arbitraryUndoStory = storyOf([{ weight: 3, arbitrary: fc.record({ kind: fc.constant('undo'), who: fc.oneof(everybody, fc.integer({ min: USERS, max: PEOPLE.length - 1 })) }) }]);
export type Story = { steps: StoryStep[]; rest: number[] };

const DEFINITIONS: readonly Definition[] = [
  segmentOf('seen', happened('Seen')),
  segmentOf('rested', { kind: 'all', of: [happened('Seen'), happened('Seen', { times: { op: 'exactly', count: 0 }, period: { kind: 'within', ms: HOUR_MS } })] }),
  segmentOf('buyers', happened('Order Completed', { times: { op: 'at-least', count: 2 } })),
  templateOf('mail'),
  journeyOf('once', 'Go', [{ kind: 'wait', id: 'w', durationMs: HOUR_MS }, { kind: 'wait-for', id: 'wf', pattern: { event: 'Done', where: [], same: null }, timeoutMs: HOUR_MS, happened: [], timedOut: [] }], {
    exits: [{ kind: 'event', pattern: { event: 'Order Completed', where: [], same: null }, reason: 'bought' }],
    goal: { pattern: { event: 'Order Completed', where: [], same: null }, withinMs: 2 * HOUR_MS, valuePath: null },
  }),
  journeyOf('again', 'Done', [{ kind: 'wait', id: 'w', durationMs: MINUTE_MS }, { kind: 'send', id: 's', template: 'mail' }], {
    trigger: { kind: 'event', event: 'Order Completed', where: [], key: 'cart' },
  }),
];

export interface Telling {
  event: TrackedEvent;
  /** null: an alias. */
  what: Told | null;
}

/** Plays a story to its end, when everything under way has arrived. */
export class StoryRun {
  readonly world: DelayedWorld;
  readonly told: Telling[] = [];
  readonly #programs: (before: Program) => Program;
  now: Millis = START;
  deliveries = 0;
  /** Something was undone while something else was under way. */
  isHurried = false;

  constructor() {
    this.world = new DelayedWorld(programOf(DEFINITIONS));
    // Another definition of each version asks for a leaf that nobody kept before.
    this.#programs = ({ version, keptSince }) => programOf([...DEFINITIONS, segmentOf(`v${version}`, happened('Seen', { where: [{ path: 'v', test: { op: 'is-not', value: version } }] }))], { version: version + 1, keptSince });
  }

  play({ steps, rest }: Story): void {
    this.begin(steps);
    this.end(rest);
  }

  /** Plays the steps; what is under way stays so. */
  begin(steps: readonly StoryStep[]): void {
    for (const step of steps) this.#take(step);
  }

  end(rest: readonly number[]): void {
    for (const pair of rest) this.#deliver(pair);
    for (let pairs = this.world.waiting(); pairs.length > 0; pairs = this.world.waiting()) this.#deliver(0);
  }

  #take(step: StoryStep): void {
    switch (step.kind) {
      case 'tell': {
        this.#feed({ ...contentOf(step.what), identifiers: namedBy(step), trusted: step.trusted, occurredAt: this.now - step.lateMs }, step.what);
        return;
      }
      case 'alias': this.#feed({ type: 'alias', name: 'Alias', identifiers: [userOf(`u${step.user}`), userOf(`u${step.previous}`)] }, null); return;
      case 'undo': {
        const who = PEOPLE[step.who];
        this.isHurried ||= this.world.waiting().length > 0;
        this.now += 1;
        this.world.runTo(this.now - 1);
        if (who !== undefined) this.world.feed(who, { kind: 'unmerge', receivedAt: this.now, by: 'operator', reason: null });
        return;
      }
      case 'deliver': this.#deliver(step.pair); return;
      case 'pass':
        this.now += step.forMs;
        this.world.runTo(this.now);
        return;
      case 'publish': {
        this.world.program = this.#programs(this.world.program);
        return;
      }
    }
  }

  #feed(more: Partial<TrackedEvent>, what: Told | null): void {
    this.now += 1;
    const event: TrackedEvent = {
      kind: 'event', type: 'track', name: 'Seen', messageId: `m${this.told.length}`, receivedAt: this.now, occurredAt: this.now, identifiers: [],
      properties: {}, traits: {}, context: {}, trusted: true, historical: false, ...more,
    };
    const [first] = event.identifiers;
    if (first === undefined) return;
    this.told.push({ event, what });
    this.world.runTo(this.now - 1);
    this.world.feed(first, event);
  }

  #deliver(index: number): void {
    const pairs = this.world.waiting();
    const pair = pairs[index % Math.max(pairs.length, 1)];
    if (pair === undefined) return;
    this.deliveries += 1;
    if (this.deliveries > 5_000) throw new Error('posts never cease');
    this.world.deliver(pair);
  }
}

/** As the edge names people: one user at most, and first; e-mail addresses with a server key only. */
function namedBy({ who, with: others, trusted }: Extract<StoryStep, { kind: 'tell' }>): Identifier[] {
  const indices = [...new Set([who, ...others])].toSorted((a, b) => a - b);
  return indices.filter((index, position) => index >= USERS || position === 0).flatMap((index) => PEOPLE[index] ?? []).filter(({ kind }) => trusted || kind !== 'email');
}

function contentOf(what: Told): Partial<TrackedEvent> {
  switch (what.kind) {
    case 'seen': return { name: 'Seen' };
    case 'go': return { name: 'Go' };
    case 'done': return { name: 'Done' };
    case 'trait': return { type: 'identify', name: 'Identify', traits: { [what.name]: what.value } };
    case 'consent': return { name: what.granted ? 'Consent Granted' : 'Consent Withdrawn' };
    case 'order': return { name: 'Order Completed', properties: { cart: `c${what.cart}`, order_id: `o${what.order}`, total: totalOf(what.order) } };
    case 'refund': return { name: 'Order Refunded', properties: { order_id: `o${what.order}`, total: 0.01 } };
  }
}

/** Who is who by what was told, worked out from all of it at once: sets of identifiers that have to be one contact. */
export function groupsOf(told: readonly Telling[]): { members: Set<number>; users: Set<number> }[] {
  const parent = PEOPLE.map((_, index) => index);
  const rootOf = (index: number): number => (parent[index] === index ? index : rootOf(parent[index] ?? index));
  const aliased = PEOPLE.map((_, index) => index);
  const aliasOf = (index: number): number => (aliased[index] === index ? index : aliasOf(aliased[index] ?? index));
  const met = new Set<number>();
  for (const { event } of told) {
    const indices = event.identifiers.map((one) => PEOPLE.findIndex((other) => other.kind === one.kind && other.value === one.value));
    for (const index of indices) {
      met.add(index);
      parent[rootOf(index)] = rootOf(indices[0] ?? index);
      if (event.type === 'alias') aliased[aliasOf(index)] = aliasOf(indices[0] ?? index);
    }
  }
  const groups = new Map<number, { members: Set<number>; users: Set<number> }>();
  for (const index of met) {
    const group = groups.get(rootOf(index)) ?? { members: new Set<number>(), users: new Set<number>() };
    group.members.add(index);
    if (index < USERS) group.users.add(aliasOf(index));
    groups.set(rootOf(index), group);
  }
  return [...groups.values()];
}

