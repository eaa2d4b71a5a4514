import type { Json, JsonObject } from '@samovar/core';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function field(detail: Json | undefined, name: string): Json {
  return isObject(detail) ? (detail[name] ?? null) : null;
}

/** A field as a text: itself where it is one, nothing where there is none. */
export function text(detail: Json | undefined, name: string): string {
  const value = field(detail, name);
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
}

export function numberAt(detail: Json | undefined, name: string): number | null {
  const value = field(detail, name);
  return typeof value === 'number' ? value : null;
}
