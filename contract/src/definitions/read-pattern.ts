import { optional, readFields, readLine, required } from './fields.ts';
import type { Fields } from './fields.ts';
import { keysOf } from './file-keys.ts';
import type { FileObject } from './file-keys.ts';
import { reportNoTriggerEvent } from './read-condition.ts';
import type { Scope } from './reading-scope.ts';
import { readWhere } from './read-test.ts';
import type { EventPattern } from './types.ts';
import type { Tree } from './yaml-tree.ts';

/** An event with its properties, as exits, goals and waits look for it; `fields` is null when it could not be read. */
export function readPattern(scope: Scope, tree: Tree, object: FileObject): { pattern: EventPattern; fields: Fields | null } {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'An event that is looked for', keysOf(object));
  if (fields === null) return { pattern: { event: '', where: [], same: null }, fields };
  const same = fields.entries.get('same');
  if (same !== undefined && !scope.hasTriggerEvent) reportNoTriggerEvent(reading, same.value, 'same');
  const pattern = {
    event: required(reading, fields, 'event', readLine(), ''),
    where: optional(reading, fields, 'where', readWhere, []),
    same: optional(reading, fields, 'same', readLine(), null),
  };
  return { pattern, fields };
}
