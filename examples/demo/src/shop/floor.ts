import type { Millis } from '@samovar/core';
import type { Books } from './books.ts';
import type { Call } from './call.ts';
import type { Person } from './person.ts';

/** What everything that happens in the shop has at hand. */
export interface Floor {
  readonly seed: string;
  readonly books: Books;
  /** The shop's clock. */
  now(): Millis;
  /** Lets something happen later; it will run at its own time. */
  plan(person: Person, at: Millis, run: () => void): void;
  /** Tells Samovar. */
  call(call: Call): void;
}
