/** What a file of cases says at a place that this program does not understand, or that Samovar cannot express. */
export class CaseError extends Error {
  constructor(place: string, message: string) {
    super(`${place}: ${message}`);
    this.name = 'CaseError';
  }
}

export type Fields = Record<string, unknown>;

/** An object of which every key is known; a key that nobody reads would be a condition left out. */
export function fieldsOf(value: unknown, place: string, keys: readonly string[]): Fields {
  const fields = mapOf(value, place);
  for (const key of Object.keys(fields)) if (!keys.includes(key)) throw new CaseError(`${place}.${key}`, `is not known here; known are ${keys.join(', ')}`);
  return fields;
}

export function mapOf(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CaseError(place, 'must be an object');
  return { ...value };
}

export function listOf(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw new CaseError(place, 'must be a list');
  return value;
}

export function textOf(value: unknown, place: string): string {
  if (typeof value !== 'string' || value === '') throw new CaseError(place, 'must be a text');
  return value;
}

export function numberOf(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new CaseError(place, 'must be a number');
  return value;
}

export function wholeOf(value: unknown, place: string): number {
  const number = numberOf(value, place);
  if (!Number.isSafeInteger(number) || number < 0) throw new CaseError(place, 'must be a whole number that is not negative');
  return number;
}

export function instantOf(value: unknown, place: string): number {
  const at = Date.parse(textOf(value, place));
  if (Number.isNaN(at)) throw new CaseError(place, 'must be a time such as 2024-01-15T12:00:00.000Z');
  return at;
}
