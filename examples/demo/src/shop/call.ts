import type { JsonObject, Millis } from '@samovar/core';
import type { Person } from './person.ts';

/** Something that reaches Samovar from outside, over its public HTTP interface. */
export type Call = ItemCall | LinkCall;

/** An item for the tracking API. */
export interface ItemCall {
  readonly kind: 'item';
  readonly at: Millis;
  readonly key: 'browser' | 'server';
  /** Journeys may hang on it, so that it is told at its own instant; what is not may wait for company. */
  readonly prompt: boolean;
  readonly item: Item;
}

/** An item in the words of the tracking API. */
export interface Item {
  readonly type: 'track' | 'page' | 'identify';
  readonly messageId: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly event?: string;
  readonly name?: string;
  readonly properties?: JsonObject;
  readonly traits?: JsonObject;
  readonly context?: JsonObject;
}

/** An address out of a mail that somebody or something fetches. */
export interface LinkCall {
  readonly kind: 'open' | 'click' | 'unsubscribe';
  readonly at: Millis;
  /** Whose mail it was in. */
  readonly person: Person;
  readonly url: string;
  readonly userAgent: string;
  /** Told where a click led. */
  readonly landed: ((location: string) => void) | null;
}
