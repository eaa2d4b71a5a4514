import type { EventPattern, PropertyTest } from '../definition/index.ts';
import type { JsonObject } from '../event/json.ts';
import type { LogRecord } from '../event/log-record.ts';
import { eventNameOf } from '../message/observation-of-outcome.ts';
import type { Program } from '../program/program.ts';

/** By the names of events that history can be asked for: the properties that anything looks at. */
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
  for (const leaves of program.leavesByEvent.values()) for (const { event, where } of leaves) note(event, where);
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
  const names = remembered.get((record.kind === 'event' ? record.name : eventNameOf(record)) ?? '');
  if (names === undefined) return null;
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
