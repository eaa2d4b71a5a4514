import type { PropertyTest } from '../definition/condition.ts';
import { prefixOf } from '../event/event-name.ts';
import type { JsonObject, Scalar } from '../event/json.ts';
import { valueAt } from '../event/path.ts';
import { testProperties } from '../segment/test-value.ts';

interface Indexed<Item> {
  order: number;
  where: readonly PropertyTest[];
  item: Item;
}

interface OfEvent<Item> {
  always: Indexed<Item>[];
  /** By path, then by the value that it must have. */
  byValue: Map<string, Map<Scalar, Indexed<Item>[]>>;
}

/**
 * Things that wait for events of a name with certain properties. Of a thousand that each ask for one product, an event
 * about one product looks at one.
 */
export class EventIndex<Item> {
  readonly #events = new Map<string, OfEvent<Item>>();
  readonly #prefixes = new Map<string, OfEvent<Item>>();
  #added = 0;

  add(event: string, where: readonly PropertyTest[], item: Item): void {
    this.#added += 1;
    const indexed = { order: this.#added, where, item };
    const prefix = prefixOf(event);
    const named = prefix === null ? this.#events : this.#prefixes;
    const ofEvent = named.get(prefix ?? event) ?? { always: [], byValue: new Map<string, Map<Scalar, Indexed<Item>[]>>() };
    named.set(prefix ?? event, ofEvent);
    for (const { path, test } of where) {
      // null also stands for what is missing, and `*` for several values, so they cannot be looked up.
      if (test.op !== 'is' || test.value === null || path.includes('*')) continue;
      const values = ofEvent.byValue.get(path) ?? new Map<Scalar, Indexed<Item>[]>();
      ofEvent.byValue.set(path, values);
      values.set(test.value, [...(values.get(test.value) ?? []), indexed]);
      return;
    }
    ofEvent.always.push(indexed);
  }

  /** What the event concerns, in the order in which it was added. */
  matching(event: string, properties: JsonObject): Item[] {
    const found: Indexed<Item>[] = [];
    collect(this.#events.get(event), properties, found);
    for (const [prefix, ofEvent] of this.#prefixes) if (event.startsWith(prefix)) collect(ofEvent, properties, found);
    if (found.length > 1) found.sort((a, b) => a.order - b.order);
    return found.map(({ item }) => item);
  }
}

function collect<Item>(ofEvent: OfEvent<Item> | undefined, properties: JsonObject, found: Indexed<Item>[]): void {
  if (ofEvent === undefined) return;
  for (const indexed of ofEvent.always) if (testProperties(indexed.where, properties)) found.push(indexed);
  for (const [path, values] of ofEvent.byValue) {
    const value = valueAt(properties, path);
    if (value === undefined || value === null || typeof value === 'object') continue;
    for (const indexed of values.get(value) ?? []) if (testProperties(indexed.where, properties)) found.push(indexed);
  }
}
