import type { LogRecord } from '../event/log-record.ts';
import type { ContactId } from '../identity/ids.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import type { Effect } from './effects.ts';
import type { Input, Occupant } from './inputs.ts';

export interface AdvanceRequest {
  /** The row's id; every input is addressed to it. */
  id: ContactId;
  /** What the row holds; null: nothing yet. Taken over and changed in place. */
  occupant: Occupant | null;
  inputs: readonly Input[];
  /** Time passes up to and including here after the last input. */
  until: Millis;
  program: Program;
  /** All records consumed before, oldest first, when an earlier call asked for them. */
  history: readonly LogRecord[] | null;
  /** Rows that redirect to this one, where an erasure is among the inputs. */
  aliases?: readonly ContactId[];
}

export type Advanced =
  | { kind: 'advanced'; occupant: Occupant | null; effects: Effect[]; /** Infinity: never. */ nextDueAt: Millis }
  /** What is left of the inputs needs history: ask again with it and with what `historySources` says. */
  | { kind: 'needs-history'; occupant: Occupant | null; effects: Effect[]; rest: readonly Input[] };
