import { z } from 'zod';
import { formatDuration } from './duration.ts';
import { optional, readFields } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { readDuration } from './read-values.ts';
import type { RetentionRules } from './retention-types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

const DAY_MS = 86_400_000;

const keptMs = z.int().positive().nullable();

export const retentionSchema = z.strictObject({
  defaultMs: keptMs, events: z.record(z.string(), keptMs), rejectedMs: keptMs, decisionsMs: keptMs,
}) satisfies z.ZodType<RetentionRules>;

export const DEFAULT_RETENTION: RetentionRules = { defaultMs: null, events: {}, rejectedMs: 30 * DAY_MS, decisionsMs: null };

export function readRetention(reading: Reading, tree: Tree): RetentionRules {
  const fields = readFields(reading, tree, '`retention`', keysOf('retention'));
  if (fields === null) return DEFAULT_RETENTION;
  return {
    defaultMs: optional(reading, fields, 'default', readTime, DEFAULT_RETENTION.defaultMs),
    events: optional(reading, fields, 'events', readEvents, {}),
    rejectedMs: optional(reading, fields, 'rejected events', readTime, DEFAULT_RETENTION.rejectedMs),
    decisionsMs: optional(reading, fields, 'decisions', readTime, DEFAULT_RETENTION.decisionsMs),
  };
}

function readEvents(reading: Reading, tree: Tree): Record<string, number | null> {
  const fields = readFields(reading, tree, '`events`', 'any');
  if (fields === null) return {};
  const events: [string, number | null][] = [];
  for (const { key, keyPlace, value } of fields.entries.values()) {
    if (key.length > DEFINITION_LIMITS.maxNameLength) report(reading, keyPlace, 'too_long', 'The name of the event is too long.', `Use at most ${DEFINITION_LIMITS.maxNameLength} characters.`);
    // No event can be looked up by this name, and none of a real shop bears it.
    if (key !== '__proto__') events.push([key, readTime(reading, value)]);
  }
  return Object.fromEntries(events);
}

function readTime(reading: Reading, tree: Tree): number | null {
  return tree.kind === 'scalar' && tree.value === 'forever' ? null : readDuration(reading, tree);
}

/** Only what differs from what holds anyway; undefined: nothing does. */
export function plainRetention({ defaultMs, events, rejectedMs, decisionsMs }: RetentionRules): Plain | undefined {
  const time = (ms: number | null): Plain => (ms === null ? 'forever' : formatDuration(ms));
  const unless = (ms: number | null, usual: number | null): Plain | undefined => (ms === usual ? undefined : time(ms));
  const named = plainMap(Object.entries(events).map(([name, ms]) => [name, time(ms)]));
  const plain = plainMap([
    ['default', unless(defaultMs, DEFAULT_RETENTION.defaultMs)],
    ['events', named.size === 0 ? undefined : named],
    ['rejected events', unless(rejectedMs, DEFAULT_RETENTION.rejectedMs)],
    ['decisions', unless(decisionsMs, DEFAULT_RETENTION.decisionsMs)],
  ]);
  return plain.size === 0 ? undefined : plain;
}
