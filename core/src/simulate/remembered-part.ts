import type { EventPattern, PropertyTest } from '../definition/index.ts';
import type { JsonObject } from '../event/json.ts';
import type { LogRecord } from '../event/log-record.ts';
import { eventNameOf } from '../message/observation-of-outcome.ts';
import { prefixOf } from '../event/event-name.ts';
import { filtersOf, type Leaf } from '../leaf/shape.ts';
import type { Program } from '../program/program.ts';

/** By the names of events (or their beginning and `*`) that history can be asked for: the properties that anything looks at. */
export type RememberedProperties = ReadonlyMap<string, ReadonlySet<string>>;

/** What of history leaves and journeys can ask for. */
export function rememberedProperties(program: Program): RememberedProperties {
  const remembered = new Map<string, Set<string>>();
  const note = (event: string, where: readonly PropertyTest[], paths: readonly (string | null)[] = []): void => {
    const names = remembered.get(event) ?? new Set(['order_id', 'orderId']);
    remembered.set(event, names);
    // A key may itself hold dots.
    for (const path of [...where.map((test) => test.path), ...paths]) if (path !== null) names.add(path).add(path.split('.', 1)[0] ?? path);
  };
  const notePattern = ({ event, where, same }: EventPattern, valuePath: string | null = null): void => note(event, where, [same, valuePath]);
  for (const leaf of program.leaves.values()) for (const { event, where } of filtersOf(leaf)) note(event, where, pathsOf(leaf));
  for (const { versions } of program.journeys.values()) {
    for (const { exits, goal, nodes } of versions.values()) {
      for (const rule of exits) if (rule.kind === 'event') notePattern(rule.pattern);
      for (const node of nodes.values()) if (node.kind === 'wait-for') notePattern(node.pattern);
      if (goal !== null) notePattern(goal.pattern, goal.valuePath);
    }
  }
  return remembered;
}

/** The part of a record that can matter later; null: nothing of it can. A year of records has to fit into memory. */
export function rememberedPart(record: LogRecord, remembered: RememberedProperties): LogRecord | null {
  if (record.kind === 'unmerge') return null;
  const names = propertiesOf((record.kind === 'event' ? record.name : eventNameOf(record)) ?? '', remembered);
  if (names === null) return null;
  if (record.kind === 'outcome') return record;
  return { ...record, properties: pick(record.properties, names), traits: pick(record.traits, names), context: {}, identifiers: [] };
}

function pick(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const picked: JsonObject = {};
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function pathsOf({ shape }: Leaf): (string | null)[] {
  return ['property' in shape ? shape.property : null, 'key' in shape ? shape.key : null];
}

function propertiesOf(name: string, remembered: RememberedProperties): ReadonlySet<string> | null {
  const exact = remembered.get(name);
  const names = new Set(exact);
  let isKnown = exact !== undefined;
  for (const [pattern, more] of remembered) {
    const prefix = prefixOf(pattern);
    if (prefix === null || !name.startsWith(prefix)) continue;
    isKnown = true;
    for (const one of more) names.add(one);
  }
  return isKnown ? names : null;
}
