import type { Millis } from '../time.ts';
import type { JsonObject } from './json.ts';

/** What leaves see of a record. */
export interface Observation {
  /** Of the event; tells events of the same instant apart. */
  id: string;
  name: string;
  properties: JsonObject;
  at: Millis;
}
