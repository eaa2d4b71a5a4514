import { Document } from 'yaml';
import type { Json, Scalar } from '../json.ts';

/** What a file holds, without style: maps keep the order of their keys, also of keys that look like numbers. */
export type Plain = Scalar | Plain[] | Map<string, Plain>;

/** A map of the entries that have a value. */
export function plainMap(entries: readonly (readonly [string, Plain | undefined])[]): Map<string, Plain> {
  const map = new Map<string, Plain>();
  for (const [key, value] of entries) if (value !== undefined) map.set(key, value);
  return map;
}

export function plainJson(value: Json): Plain {
  if (Array.isArray(value)) return value.map(plainJson);
  if (value === null || typeof value !== 'object') return value;
  return plainMap(Object.entries(value).map(([key, child]) => [key, plainJson(child)] as const));
}

/** Equal also in the order of keys, which matters for languages. */
export function samePlain(a: Plain | undefined, b: Plain | undefined): boolean {
  if (a instanceof Map && b instanceof Map) {
    const left = [...a];
    const right = [...b];
    return left.length === right.length && left.every(([key, value], index) => key === right[index]?.[0] && samePlain(value, right[index]?.[1]));
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => samePlain(item, b[index]));
  return a === b;
}

/** Lines are never folded: a folded line reads badly in a diff. */
export const WRITE_OPTIONS = { lineWidth: 0 } as const;

export function writeYaml(plain: Plain): string {
  return new Document(plain, { schema: 'core', aliasDuplicateObjects: false }).toString(WRITE_OPTIONS);
}
