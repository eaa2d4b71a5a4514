import { isLater } from '../event/later.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import type { ContactState, Prediction } from './contact-state.ts';

/** The event by which a model tells what it expects of a contact: `name` and `value`, a number. */
export const PREDICTION_EVENT = 'Prediction Updated';
/** Most predictions of one contact. */
export const PREDICTION_LIMIT = 50;

/** Notes a prediction told with a server key; answers with its name when its value is another now. */
export function notePrediction(contact: ContactState, { type, name, trusted, properties, occurredAt: at }: TrackedEvent): string | null {
  if (type !== 'track' || name !== PREDICTION_EVENT || !trusted) return null;
  const { name: prediction, value } = properties;
  if (typeof prediction !== 'string' || prediction === '' || typeof value !== 'number') return null;
  const before = own(contact.predictions, prediction);
  if (before === undefined && Object.keys(contact.predictions).length >= PREDICTION_LIMIT) return null;
  const entry: Prediction = { value, at };
  if (before !== undefined && !isLater(entry, before)) return null;
  put(contact.predictions, prediction, entry);
  return before?.value === value ? null : prediction;
}

export function absorbPredictions(contact: ContactState, other: ContactState): void {
  for (const [name, theirs] of Object.entries(other.predictions)) {
    const mine = own(contact.predictions, name);
    if (mine === undefined || isLater(theirs, mine)) put(contact.predictions, name, theirs);
  }
}
