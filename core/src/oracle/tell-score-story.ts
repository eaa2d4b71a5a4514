import type { ScoreDefinition } from '../definition/score.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import type { Identifier } from '../identity/ids.ts';
import { bandSegment } from '../score/score-keys.ts';
import { scoreValue } from '../score/score-value.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import type { Coverage } from '../testing/fuzz.ts';
import { scopeAt } from '../testing/scores.ts';
import { START, programOf, userOf, visitorOf } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { ScoreOracle } from './score-oracle.ts';
import type { ScoreStep, ScoreStory } from './score-story.ts';

const PEOPLE: readonly Identifier[] = [userOf('u0'), userOf('u1'), visitorOf('v0'), visitorOf('v1')];
/** So near to a threshold rounding decides. */
const NEAR = 1e-7;

/** Tells a story to `advance` and to the oracle side by side; answers with what differs. */
export function tellScoreStory({ score, steps }: ScoreStory, coverage: Coverage): string[] {
  const telling = new Telling(score, coverage);
  for (const step of steps) telling.take(step);
  telling.passTime(200 * DAY_MS);
  return telling.wrong;
}

class Telling {
  readonly wrong: string[] = [];
  readonly #world: DelayedWorld;
  readonly #coverage: Coverage;
  /** A visitor who was joined leads to the user. */
  readonly #oracles = new Map<Identifier, { identifier: Identifier; oracle: ScoreOracle }>();
  #score: ScoreDefinition;
  #made = 0;
  #seen = 0;
  now: Millis = START;

  constructor(score: ScoreDefinition, coverage: Coverage) {
    this.#score = score;
    this.#coverage = coverage;
    this.#world = new DelayedWorld(programOf([score]));
  }

  take(step: ScoreStep): void {
    this.passTime(step.afterMs);
    this.#coverage.note(step.kind);
    switch (step.kind) {
      case 'event': {
        const { oracle } = this.#person(step.who);
        oracle.tell(step.name, this.now - step.lateMs, step.properties);
        this.#feed(step.who, { name: step.name, occurredAt: this.now - step.lateMs, properties: step.properties });
        break;
      }
      case 'identify':
        this.#person(step.who).oracle.identify(this.now, step.traits);
        this.#feed(step.who, { type: 'identify', name: 'Identify', traits: step.traits });
        break;
      case 'consent':
        this.#person(step.who).oracle.consent(step.granted, this.now);
        this.#feed(step.who, { name: step.granted ? 'Consent Granted' : 'Consent Withdrawn', properties: { purpose: 'profiling' } });
        break;
      case 'join': this.#join(step.user, 2 + step.visitor); break;
      case 'publish': {
        this.#world.runTo(this.now);
        this.#judgeChanges();
        this.#score = step.score;
        const { version, keptSince } = this.#world.program;
        this.#world.program = programOf([step.score], { version: version + 1, keptSince });
        for (const id of [...this.#world.rows.keys()]) this.#world.step(id, [{ kind: 'refresh', at: this.now }], this.now - 1);
      }
    }
    this.#world.runTo(this.now);
    this.#judge();
    // What comes now happens after all that fell due in this millisecond.
    this.now += 1;
  }

  /** Looks a few times on the way. */
  passTime(ms: number): void {
    const end = this.now + ms;
    for (let part = 1; part <= 3; part += 1) {
      this.now = end - Math.floor((ms * (3 - part)) / 3);
      this.#world.runTo(this.now);
      this.#judge();
    }
  }

  #person(who: number): { identifier: Identifier; oracle: ScoreOracle } {
    const identifier = PEOPLE[who] as Identifier;
    const person = this.#oracles.get(identifier) ?? { identifier, oracle: new ScoreOracle() };
    this.#oracles.set(identifier, person);
    return person;
  }

  #feed(who: number, event: Partial<TrackedEvent>): void {
    this.#made += 1;
    const identifier = PEOPLE[who] as Identifier;
    this.#world.feed(identifier, {
      kind: 'event', type: 'track', name: '', messageId: `m${this.#made}`, receivedAt: this.now, occurredAt: this.now, identifiers: [identifier],
      properties: {}, traits: {}, context: {}, trusted: true, historical: false, ...event,
    });
    this.#world.deliverAll();
  }

  #join(user: number, visitor: number): void {
    const known = this.#oracles.get(PEOPLE[visitor] as Identifier);
    const person = this.#person(user);
    this.#feed(user, { name: 'Joined', identifiers: [PEOPLE[user] as Identifier, PEOPLE[visitor] as Identifier] });
    if (known !== undefined && known.identifier !== PEOPLE[visitor]) return;
    if (known !== undefined) person.oracle.join(known.oracle, this.now);
    this.#oracles.set(PEOPLE[visitor] as Identifier, person);
    this.#coverage.note(known === undefined ? 'joined unseen' : 'merged');
  }

  #judge(): void {
    const score = this.#world.program.scores.get('s');
    for (const { identifier, oracle } of new Set(this.#oracles.values())) {
      const contact = this.#world.contact(identifier);
      if (score === undefined || contact === null) continue;
      const expected = oracle.value(this.#score, this.now);
      const found = scoreValue(score, scopeAt(contact, this.now));
      this.#coverage.note(expected === null ? 'not scored' : 'scored');
      const isSame = expected === null || found === null ? found === expected : Math.abs(found - expected) < 1e-9 * (1 + Math.abs(expected)) * Math.max(1, oracle.told.length);
      this.#check(isSame, identifier, `scores ${found}, not ${expected}`);
      for (const { key, from } of this.#score.bands) {
        if (from === null) continue;
        const inside = Object.hasOwn(contact.segments, bandSegment('s', key));
        if (expected === null || expected < from - this.#score.hysteresis - NEAR) this.#check(!inside, identifier, `is ${key} with ${expected}`);
        else if (expected >= from + NEAR) this.#check(inside, identifier, `is not ${key} with ${expected}`);
        else this.#coverage.note('between leaving and entering');
      }
    }
    this.#judgeChanges();
  }

  /** Each change came when the score was where it says, and when by time alone, then in the very millisecond. */
  #judgeChanges(): void {
    for (; this.#seen < this.#world.effects.length; this.#seen += 1) {
      const seen = this.#world.effects[this.#seen];
      if (seen?.effect.kind !== 'membership' || seen.effect.cause.kind !== 'time') continue;
      const { segment, entered, at } = seen.effect;
      const band = this.#score.bands.find(({ key }) => bandSegment('s', key) === segment);
      const person = [...new Set(this.#oracles.values())].find(({ identifier }) => this.#world.contact(identifier)?.id === seen.id);
      if (band === undefined || band.from === null || person === undefined) continue;
      const threshold = entered ? band.from : band.from - this.#score.hysteresis;
      const [before, then] = [person.oracle.value(this.#score, at - 1), person.oracle.value(this.#score, at)];
      if (before === null || then === null) throw new Error('changed by time without a score');
      this.#coverage.note(entered ? 'entered by time' : 'left by time');
      const isThere = entered ? then >= threshold - NEAR : then < threshold + NEAR;
      const wasNot = entered ? before < threshold + NEAR : before >= threshold - NEAR;
      this.#check(isThere && wasNot, person.identifier, `${entered ? 'came into' : 'left'} ${segment} at +${at - START}, going from ${before} to ${then}`);
    }
  }

  #check(holds: boolean, { value }: Identifier, otherwise: string): void {
    if (!holds) this.wrong.push(`+${this.now - START} ${value} ${otherwise}`);
  }
}
