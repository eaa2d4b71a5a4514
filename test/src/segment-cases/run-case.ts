import { formatDefinition, slug } from '@samovar/contract';
import type { Definition, JourneyDefinition } from '@samovar/contract';
import { conditionOf } from './condition.ts';
import { CaseError, fieldsOf, instantOf, listOf, mapOf, textOf, wholeOf } from './place.ts';
import type { Fields } from './place.ts';
import type { Stage } from './stage.ts';

const NOTES = ['note', 'comment', 'description'];

/** What a case is run with, and what it has defined so far. */
export class CaseRun {
  readonly #stage: Stage;
  readonly #baseAt: number;
  /** Names as the file has them, with the keys that stand for them. */
  readonly #segments = new Map<string, string>();
  readonly #journeys = new Map<string, string>();
  readonly #definitions = new Map<string, Definition>();
  readonly #faults: string[] = [];

  constructor(stage: Stage, baseAt: number) {
    this.#stage = stage;
    this.#baseAt = baseAt;
  }

  /** Runs the case and tells what was other than expected. */
  async run(value: unknown, place: string): Promise<string[]> {
    const form = fieldsOf(value, place, ['name', 'our_reference_check', 'base_time', 'segments', 'steps', ...NOTES]);
    const steps = listOf(form.steps, `${place}.steps`);
    this.#define(form.segments ?? {}, `${place}.segments`);
    this.#implyJourneys(steps, `${place}.steps`);
    await this.#publish([]);
    for (const [index, step] of steps.entries()) await this.#step(step, `${place}.steps[${index}]`);
    return this.#faults;
  }

  async #step(value: unknown, place: string): Promise<void> {
    const kind = textOf(mapOf(value, place).step, `${place}.step`);
    const fields = (...keys: string[]): Fields => fieldsOf(value, place, ['step', ...keys, ...NOTES]);
    switch (kind) {
      case 'advance_clock':
        return this.#stage.moveTo((await this.#stage.now()) + wholeOf(fields('ms').ms, `${place}.ms`));
      case 'compute': {
        const { now_ms: nowMs } = fields('now_ms');
        await this.#stage.moveTo(await this.#stage.now());
        return nowMs === undefined ? undefined : this.#expectClock(this.#baseAt + wholeOf(nowMs, `${place}.now_ms`), `${place}.now_ms`);
      }
      case 'events':
        return this.#stage.track(listOf(fields('events').events, `${place}.events`).map((event, index) => mapOf(event, `${place}.events[${index}]`)));
      case 'redefine':
        this.#define(fields('segments').segments, `${place}.segments`);
        return this.#publish([]);
      case 'journeys':
        return this.#publish(listOf(fields('journeys').journeys, `${place}.journeys`).map((journey, index) => this.#defineJourney(journey, `${place}.journeys[${index}]`)));
      case 'expect':
        return this.#expect(fields('at', 'users', 'journey_entries'), place);
      default:
        throw new CaseError(`${place}.step`, `the step ${kind} is not known`);
    }
  }

  /** Segments take the place of those of the same name; `null` takes one away. */
  #define(value: unknown, place: string): void {
    const named = Object.entries(mapOf(value, place));
    for (const [name, form] of named) if (form !== null) this.#segments.set(name, this.#segments.get(name) ?? freeKey(name, this.#segments));
    for (const [name, form] of named) {
      const key = this.#segments.get(name) ?? '';
      if (form === null) {
        this.#segments.delete(name);
        this.#definitions.delete(`segments/${key}.yaml`);
      } else {
        this.#add({ kind: 'segment', key, name, description: null, match: conditionOf(form, `${place}.${name}`, this.#segments) });
      }
    }
  }

  #add(definition: Exclude<Definition, { kind: 'workspace' }>): void {
    this.#definitions.set(`${definition.kind}s/${definition.key}.yaml`, definition);
  }

  /** Journeys of which the file tells the entries only start whenever a contact enters the one segment there is. */
  #implyJourneys(steps: readonly unknown[], place: string): void {
    const told = new Set<unknown>();
    const expected = new Set<string>();
    for (const [index, step] of steps.entries()) {
      const form = mapOf(step, `${place}[${index}]`);
      if (form.step === 'journeys') for (const [at, journey] of listOf(form.journeys, `${place}[${index}].journeys`).entries()) told.add(mapOf(journey, `${place}[${index}].journeys[${at}]`).name);
      const entries = form.step === 'expect' ? listOf(form.journey_entries ?? [], `${place}[${index}].journey_entries`) : [];
      for (const [at, entry] of entries.entries()) expected.add(textOf(mapOf(entry, `${place}[${index}].journey_entries[${at}]`).journeyName, `${place}[${index}].journey_entries[${at}].journeyName`));
    }
    for (const name of expected) if (!told.has(name)) this.#addJourney(name, this.#onlySegment(`${place}: journey ${name}`), { kind: 'always' });
  }

  #onlySegment(place: string): string {
    const [only, ...others] = this.#segments.values();
    if (only === undefined || others.length > 0) throw new CaseError(place, 'which segment starts it is told neither by the file nor by there being just one');
    return only;
  }

  /** A journey that does nothing but let contacts in; answers its key. */
  #defineJourney(value: unknown, place: string): string {
    const form = fieldsOf(value, place, ['name', 'definition', ...NOTES]);
    const definition = fieldsOf(form.definition, `${place}.definition`, ['entryNode', 'nodes', 'exitNode']);
    if (listOf(definition.nodes ?? [], `${place}.definition.nodes`).length > 0) throw new CaseError(`${place}.definition.nodes`, 'steps of journeys are not known');
    const entry = fieldsOf(definition.entryNode, `${place}.definition.entryNode`, ['type', 'segment', 'child', 'reEnter']);
    const type = textOf(entry.type, `${place}.definition.entryNode.type`);
    if (type !== 'EntryNode' && type !== 'SegmentEntryNode') throw new CaseError(`${place}.definition.entryNode.type`, `${type} is not known`);
    // Some files name the segment by an id that nothing else bears.
    const segment = this.#segments.get(textOf(entry.segment, `${place}.definition.entryNode.segment`)) ?? this.#onlySegment(`${place}.definition.entryNode.segment`);
    return this.#addJourney(textOf(form.name, `${place}.name`), segment, entry.reEnter === true ? { kind: 'always' } : { kind: 'never' });
  }

  #addJourney(name: string, segment: string, reEntry: JourneyDefinition['reEntry']): string {
    const key = this.#journeys.get(name) ?? freeKey(name, this.#journeys);
    this.#journeys.set(name, key);
    this.#add({
      kind: 'journey', key, name, description: null, trigger: { kind: 'segment', change: 'enters', segment }, who: null, reEntry, exits: [], goal: null, ceilingPerHour: 50_000,
      steps: [{ kind: 'exit', id: 'exit', reason: 'exit' }],
    });
    return key;
  }

  /** `newJourneys`: those that let in whoever is in their segment already. */
  async #publish(newJourneys: readonly string[]): Promise<void> {
    await this.#stage.publish([...this.#definitions].map(([path, definition]) => ({ path, text: formatDefinition(definition) })), newJourneys);
  }

  async #expectClock(at: number, place: string): Promise<void> {
    const now = await this.#stage.now();
    if (now !== at) throw new CaseError(place, `the clock shows ${new Date(now).toISOString()}, not ${new Date(at).toISOString()}`);
  }

  async #expect({ at, users, journey_entries: entries }: Fields, place: string): Promise<void> {
    await this.#stage.moveTo(await this.#stage.now());
    if (at !== undefined) await this.#expectClock(instantOf(at, `${place}.at`), `${place}.at`);
    for (const [index, user] of listOf(users ?? [], `${place}.users`).entries()) await this.#expectUser(user, `${place}.users[${index}]`);
    for (const [index, entry] of listOf(entries ?? [], `${place}.journey_entries`).entries()) {
      const form = fieldsOf(entry, `${place}.journey_entries[${index}]`, ['journeyName', 'times']);
      const name = textOf(form.journeyName, `${place}.journey_entries[${index}].journeyName`);
      const times = wholeOf(form.times, `${place}.journey_entries[${index}].times`);
      const found = await this.#stage.entriesOf(this.#journeys.get(name) ?? '');
      if (found !== times) this.#faults.push(`${place}: the journey ${name} should have been entered ${times} times, and was entered ${found} times`);
    }
  }

  async #expectUser(value: unknown, place: string): Promise<void> {
    const form = fieldsOf(value, place, ['id', 'segments']);
    const id = textOf(form.id, `${place}.id`);
    const wanted = Object.entries(mapOf(form.segments, `${place}.segments`));
    const inside = await this.#stage.segmentsOf(id);
    if (wanted.length === 0 && inside.size > 0) this.#faults.push(`${place}: ${id} should be in no segment, and is in ${[...inside].join(', ')}`);
    for (const [name, expected] of wanted) {
      if (expected !== true && expected !== false && expected !== null) throw new CaseError(`${place}.segments.${name}`, 'must be true, false or null');
      const key = this.#segments.get(name);
      if (key === undefined && expected === true) throw new CaseError(`${place}.segments.${name}`, 'there is no such segment');
      const found = key !== undefined && inside.has(key);
      if (found !== (expected === true)) this.#faults.push(`${place}: ${id} should ${expected === true ? '' : 'not '}be in ${name}, and is ${found ? 'in it' : 'not'}`);
    }
  }
}

/** A key like the name, taken by no other. */
function freeKey(name: string, taken: ReadonlyMap<string, string>): string {
  const stem = slug(name).replaceAll(/[^a-z0-9_-]/g, '').replace(/^[_-]+/, '') || 'x';
  const used = new Set(taken.values());
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? stem : `${stem}-${number}`;
    if (!used.has(key)) return key;
  }
}
