import { tieOf } from '../event/tie.ts';
import type { Condition, EventFilter, Test } from '../definition/condition.ts';
import type { SegmentDefinition } from '../definition/definition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { figureOf, find, isIn, sequenceHolds, type Counted } from './oracle-figures.ts';
import { HeldTraits, dateHolds, factOf, isNear, isOnList, predictionOf } from './oracle-states.ts';

/**
 * All that was ever told about one person, in order of arrival, and what each definition means for it, worked out anew
 * from nothing at each question. Slow and plain on purpose: it shares no code with what it judges but the tie of writes.
 */
export class Oracle {
  readonly events: { event: TrackedEvent; now: Millis }[] = [];
  #consents = new Map<string, { granted: boolean; at: Millis }>();
  #tags = new Set<string>();
  readonly #held = new HeldTraits();
  /** Journeys that the person went through. */
  readonly #walked = new Set<string>();

  /** What the person did, known since `now`. */
  take(event: TrackedEvent, now: Millis): void {
    this.events.push({ event, now });
    this.#held.take(event);
    if (event.trusted) this.#takeConsent(event);
    const isActedUpon = !event.historical && now - event.occurredAt <= DAY_MS;
    if (isActedUpon && event.name === 'Tag') this.#tags.add('t');
    if (isActedUpon && event.name === 'Untag') this.#tags.delete('t');
    if (isActedUpon && ['Tag', 'Untag', 'Out'].includes(event.name)) this.#walked.add(event.name.toLowerCase());
  }

  /** Another turns out to be the same person. */
  join(other: Oracle, now: Millis): void {
    this.events.push(...other.events);
    this.events.sort((a, b) => a.now - b.now || Number(a.event.messageId.slice(1)) - Number(b.event.messageId.slice(1)));
    for (const tag of other.#tags) this.#tags.add(tag);
    for (const journey of other.#walked) this.#walked.add(journey);
    this.#held.join(other.#held);
    for (const [key, theirs] of other.#consents) {
      const mine = this.#consents.get(key);
      if (mine === undefined) this.#consents.set(key, theirs);
      else if (mine.granted === theirs.granted) mine.at = Math.max(mine.at, theirs.at);
      else this.#consents.set(key, { granted: false, at: now });
    }
  }

  /** Keys of the segments in which the person is at `at`. */
  memberships(segments: readonly SegmentDefinition[], at: Millis): Set<string> {
    const definitions = new Map(segments.map((segment) => [segment.key, segment]));
    return new Set(segments.filter(({ match }) => this.#holds(match, at, definitions)).map(({ key }) => key));
  }

  #holds(condition: Condition, at: Millis, segments: ReadonlyMap<string, SegmentDefinition>): boolean {
    switch (condition.kind) {
      case 'all': return condition.of.every((inner) => this.#holds(inner, at, segments));
      case 'any': return condition.of.some((inner) => this.#holds(inner, at, segments));
      case 'none': return condition.of.every((inner) => !this.#holds(inner, at, segments));
      case 'trait': return this.#traitHolds(condition, at);
      case 'date': return dateHolds(condition, this.#traits(), at);
      case 'fact': return passes(condition.test, factOf(condition.fact, this.#traits(), this.#told()));
      case 'near': return isNear(condition, this.#traits());
      case 'list': return isOnList(condition.list, this.#told());
      case 'predicted': return passes(condition.test, predictionOf(condition.name, this.#told()));
      // Only all and none, which need no drawing.
      case 'bucket': return condition.toPercent - condition.fromPercent === 100;
      case 'journey': return this.#wentThrough(condition);
      case 'event': {
        const times = this.#counted(condition).filter((one) => isIn(one.at, condition.period, at)).length;
        if (condition.times.op === 'at-least') return times >= condition.times.count;
        return condition.times.op === 'at-most' ? times <= condition.times.count : times === condition.times.count;
      }
      case 'figure': return passes(condition.test, figureOf(condition, this.#counted(condition).filter((one) => isIn(one.at, condition.period, at))));
      case 'sequence': return sequenceHolds(condition, this.#counted(condition.first), this.#counted(condition.second), at);
      case 'segment': {
        const segment = segments.get(condition.segment);
        return segment !== undefined && this.#holds(segment.match, at, segments);
      }
      case 'tag': return this.#tags.has(condition.tag);
      case 'consent': {
        const asked = ['email', ...(condition.topic === null ? [] : [`email/${condition.topic}`])].flatMap((key) => this.#consents.get(key) ?? []);
        return asked.length > 0 && asked.every(({ granted }) => granted);
      }
      default: throw new Error(`not in these segments: ${condition.kind}`);
    }
  }

  #told(): TrackedEvent[] {
    return this.events.map(({ event }) => event);
  }

  #traitHolds({ path, test, held }: Extract<Condition, { kind: 'trait' }>, at: Millis): boolean {
    if (!findAll(this.#traits(), path).some((value) => passes(test, value))) return false;
    if (held === null) return true;
    const since = this.#held.since(path);
    return since !== null && (held.op === 'at-least' ? at >= since + held.ms : at < since + held.ms);
  }

  /** All of these journeys end as they begin: `out` by leaving, for the reason `gone`. */
  #wentThrough({ journey, status, reason }: Extract<Condition, { kind: 'journey' }>): boolean {
    if (!this.#walked.has(journey) || status === 'inside') return false;
    return status === 'entered' || (journey === 'out' ? status === 'exited' && (reason === null || reason === 'gone') : status === 'completed');
  }

  /** The events that pass a filter; an order told twice counts once. */
  #counted({ event: name, where }: EventFilter): Counted[] {
    const orders = new Set<unknown>();
    const counted: Counted[] = [];
    for (const { event } of this.events) {
      if (event.name === 'Order Completed' && event.properties.order_id !== undefined) {
        if (orders.has(event.properties.order_id)) continue;
        orders.add(event.properties.order_id);
      }
      if (name.endsWith('*') ? !event.name.startsWith(name.slice(0, -1)) : event.name !== name) continue;
      const properties = event.type === 'identify' ? event.traits : event.properties;
      if (where.every(({ path, test }) => passes(test, find(properties, path)))) counted.push({ id: event.messageId, at: event.occurredAt, properties });
    }
    return counted;
  }

  #traits(): JsonObject {
    const writes = this.events.flatMap(({ event }) => Object.entries(event.traits).filter(([name]) => name !== 'consent').map(([name, value]) => ({ name, value, event })));
    const traits: JsonObject = {};
    for (const name of new Set(writes.map((write) => write.name))) {
      const candidates = writes.filter((write) => write.name === name);
      candidates.sort((a, b) => Number(a.event.trusted) - Number(b.event.trusted) || a.event.occurredAt - b.event.occurredAt || tieOf(a.event.messageId) - tieOf(b.event.messageId));
      traits[name] = candidates.at(-1)?.value ?? null;
    }
    return traits;
  }

  #takeConsent({ name, traits, properties, occurredAt: at }: TrackedEvent): void {
    const topic = typeof properties.topic === 'string' ? `email/${properties.topic}` : 'email';
    if (name === 'Consent Granted' || name === 'Topic Subscribed') this.#consent(topic, true, at);
    if (name === 'Consent Withdrawn' || name === 'Topic Unsubscribed') this.#consent(topic, false, at);
    if (typeof traits.consent === 'boolean') this.#consent('email', traits.consent, at);
  }

  #consent(key: string, granted: boolean, at: Millis): void {
    const known = this.#consents.get(key);
    if (known === undefined || at > known.at || (at === known.at && !granted)) this.#consents.set(key, { granted, at });
  }
}

/** The value at a path, or for each element of the array that a star stands for. */
function findAll(object: JsonObject, path: string): (Json | undefined)[] {
  const [holder = '', inside] = path.split('.*');
  if (inside === undefined) return [find(object, path)];
  const array = find(object, holder);
  return Array.isArray(array) ? array.map((element) => (inside === '' ? element : find({ element }, `element${inside}`))) : [];
}

function passes(test: Test, found: Json | undefined): boolean {
  const value = found ?? null;
  switch (test.op) {
    case 'is': return value === test.value;
    case 'is-not': return value !== test.value;
    case 'in': return test.values.includes(value as never);
    case 'not-in': return !test.values.includes(value as never);
    case 'exists': return value !== null && value !== '';
    case 'missing': return value === null || value === '';
    case 'contains': return Array.isArray(value) ? value.includes(test.value) : typeof value === 'string' && typeof test.value === 'string' && value.includes(test.value);
    case 'contains-any': return Array.isArray(value) && test.values.some((one) => value.includes(one));
    case 'contains-all': return Array.isArray(value) && test.values.every((one) => value.includes(one));
    case 'matches': return typeof value === 'string' && new RegExp(test.pattern.replace('(?i)', ''), test.pattern.startsWith('(?i)') ? 'iu' : 'u').test(value);
    case 'between': return passes({ op: 'at-least', value: test.from }, value) && passes({ op: 'at-most', value: test.to }, value);
    case 'starts-with': return typeof value === 'string' && value.startsWith(test.value);
    case 'ends-with': return typeof value === 'string' && value.endsWith(test.value);
    case 'more-than': return typeof value === typeof test.value && (value as number) > (test.value as number);
    case 'at-least': return typeof value === typeof test.value && (value as number) >= (test.value as number);
    case 'less-than': return typeof value === typeof test.value && (value as number) < (test.value as number);
    case 'at-most': return typeof value === typeof test.value && (value as number) <= (test.value as number);
  }
}
