import type { Scalar } from '../event/json.ts';

/** One comparison of a value found at a path. Values of different types never match and are never coerced. */
export type Test =
  | { op: 'is' | 'is-not'; value: Scalar }
  | { op: 'more-than' | 'at-least' | 'less-than' | 'at-most'; value: number | string }
  | { op: 'contains' | 'starts-with' | 'ends-with'; value: string }
  | { op: 'in' | 'not-in'; values: Scalar[] }
  | { op: 'exists' | 'missing' };

/** A test of a property at a dotted path, e.g. `items.0.sku`. */
export interface PropertyTest {
  path: string;
  test: Test;
}

/** How often an event must have happened. `exactly 0` says "never". */
export interface Times {
  op: 'at-least' | 'at-most' | 'exactly';
  count: number;
}

/** A yes/no question about one contact at one instant; the building block of segments and of branches in journeys. */
export type Condition =
  | { kind: 'all' | 'any' | 'none'; of: Condition[] }
  | { kind: 'trait'; path: string; test: Test }
  | {
      kind: 'event';
      event: string;
      where: PropertyTest[];
      times: Times;
      /** Only events of the last so many ms count; null: ever. */
      withinMs: number | null;
      /** `entry`: only events that happened after what started the enrollment (journeys only). */
      since: 'ever' | 'entry';
    }
  | { kind: 'segment'; segment: string }
  | { kind: 'tag'; tag: string }
  | { kind: 'consent'; channel: Channel; topic: string | null }
  /** The data of the event that started the enrollment (journeys only). */
  | { kind: 'trigger'; path: string; test: Test }
  /** What became of the message that an earlier step of this enrollment sent (journeys only). */
  | { kind: 'message'; step: string; outcome: MessageOutcome };

export type Channel = 'email';

/** `opened` means opened by a person: opens by machines do not count. */
export type MessageOutcome = 'sent' | 'delivered' | 'opened' | 'clicked' | 'bounced' | 'unsubscribed';
