import type { Definition, Json } from '@samovar/core';

/** A definition as it was stored, perhaps by an earlier version of Samovar, in today's form. */
export function upgradeDefinition(stored: Definition): Definition {
  return upgrade(stored as unknown as Json) as unknown as Definition;
}

function upgrade(value: Json): Json {
  if (Array.isArray(value)) return value.map(upgrade);
  if (value === null || typeof value !== 'object') return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, upgrade(inner)]));
  if (object.kind === 'trait' && 'test' in object) return { held: null, ...object };
  if (object.kind !== 'event' || !('times' in object) || !('withinMs' in object)) return object;
  const { withinMs, ...condition } = object;
  return { ...condition, period: withinMs === null || withinMs === undefined ? { kind: 'ever' } : { kind: 'within', ms: withinMs } };
}
