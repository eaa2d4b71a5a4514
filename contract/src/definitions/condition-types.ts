import type { Scalar } from '../json.ts';

/** One comparison of a value found at a path. Values of different types never match and are never coerced. */
export type Test =
  | { op: 'is' | 'is-not'; value: Scalar }
  | { op: 'more-than' | 'at-least' | 'less-than' | 'at-most'; value: number | string }
  /** Both ends belong to it. */
  | { op: 'between'; from: number | string; to: number | string }
  /** A part of a text, or a member of an array. */
  | { op: 'contains'; value: Scalar }
  | { op: 'starts-with' | 'ends-with'; value: string }
  /** A regular expression in the syntax of RE2, found anywhere in a text; case counts unless it begins with `(?i)`. */
  | { op: 'matches'; pattern: string }
  | { op: 'in' | 'not-in'; values: Scalar[] }
  /** Members of an array. */
  | { op: 'contains-any' | 'contains-all'; values: Scalar[] }
  | { op: 'exists' | 'missing' };

/** A test of a property at a dotted path, e.g. `items.0.sku`, or of any element of an array, e.g. `items.*.sku`. */
export interface PropertyTest {
  path: string;
  test: Test;
}

/** How often an event must have happened. `exactly 0` says "never". */
export interface Times {
  op: 'at-least' | 'at-most' | 'exactly';
  count: number;
}

/** Which events count, by when they happened. Times that pass on are seen from the instant of the question. */
export type Period =
  | { kind: 'ever' }
  /** At most so long ago. */
  | { kind: 'within'; ms: number }
  /** At least `toMs` and at most `fromMs` ago; null: however long ago. */
  | { kind: 'ago'; fromMs: number | null; toMs: number }
  /** From one instant up to, but not including, another; null: without end. */
  | { kind: 'dates'; from: number | null; until: number | null };

/** What is worked out of the events that count. The value of `property` is a number for the first line, anything for the others. */
export type EventFigure =
  | { kind: 'sum' | 'average' | 'min' | 'max'; property: string }
  /** How many different values there were. */
  | { kind: 'distinct'; property: string }
  /** The value in the event that happened first or last, or the one that came most often. */
  | { kind: 'first' | 'last' | 'most-frequent'; property: string };

/** An event of a name with certain properties. A name that ends with `*` means all names that begin so. */
export interface EventFilter {
  event: string;
  where: PropertyTest[];
}

/** A day of the year, in the calendar in which the contact counts it. */
export type CalendarName = 'gregorian' | 'jalali' | 'hijri';

/** When a date held in a trait lies, seen from now. A date without time means its first instant in the contact's zone. */
export type DateTest =
  /** Between so long from now (negative: ago) and so long from now, both ends included; null: without end. */
  | { kind: 'relative'; fromMs: number | null; toMs: number | null }
  /** On a calendar day of the contact, counted from today: 0 is today, 3 in three days, -1 yesterday; both ends included. */
  | { kind: 'days'; from: number; to: number }
  /** Its yearly return falls on such a day. A day that a year lacks (29 February) returns on the last day of its month. */
  | { kind: 'anniversary'; calendar: CalendarName; from: number; to: number };

/** What a contact's orders come to, repeats told once, refunds taken off; amounts in major units of the workspace's currency. */
export type OrderFigure = 'count' | 'value' | 'average' | 'largest';

/** What is known of a person's surroundings: told as a trait, else seen in the latest event that said so. */
export type Fact = 'country' | 'region' | 'city' | 'timezone' | 'language' | 'device';

/** A yes/no question about one contact at one instant; the building block of segments and of branches in journeys. */
export type Condition =
  | { kind: 'all' | 'any' | 'none'; of: Condition[] }
  /** `held`: what passes the test has been the value without a break for at least, or for less than, so long. */
  | { kind: 'trait'; path: string; test: Test; held: { op: 'at-least' | 'less-than'; ms: number } | null }
  | { kind: 'date'; path: string; when: DateTest }
  /** `since: entry`: only events that happened after what started the enrollment (journeys only). */
  | (EventFilter & { kind: 'event'; times: Times; period: Period; since: 'ever' | 'entry' })
  | (EventFilter & { kind: 'figure'; figure: EventFigure; test: Test; period: Period })
  | SequenceCondition
  | EngagementCondition
  | { kind: 'orders'; figure: OrderFigure; test: Test; period: Period }
  | { kind: 'segment'; segment: string }
  | { kind: 'list'; list: string }
  | { kind: 'tag'; tag: string }
  | { kind: 'consent'; channel: Channel; topic: string | null }
  /** Scores, personas and predictions may be made of the contact, as its country and its consent have it. */
  | { kind: 'profiled' }
  /** `inside`: now; `entered`: ever; the others: how the latest passage ended, for a reason or for any. */
  | { kind: 'journey'; journey: string; status: 'inside' | 'entered' | 'completed' | 'exited'; reason: string | null }
  | { kind: 'score'; score: string; test: Test }
  /** In one of these bands of a score. */
  | { kind: 'band'; score: string; bands: string[] }
  | { kind: 'persona'; set: string; persona: string }
  | { kind: 'predicted'; name: string; test: Test }
  | { kind: 'fact'; fact: Fact; test: Test }
  /** The place told in the traits `latitude` and `longitude` (or within `address` or `location`) lies at most so far away. */
  | { kind: 'near'; latitude: number; longitude: number; radiusKm: number }
  /** A part of all contacts, the same for ever: those whose place, drawn by `salt`, is in [fromPercent, toPercent). */
  | { kind: 'bucket'; salt: string; fromPercent: number; toPercent: number }
  /** The data of the event that started the enrollment (journeys only). */
  | { kind: 'trigger'; path: string; test: Test }
  /** What became of the message that an earlier step of this enrollment sent (journeys only). */
  | { kind: 'message'; step: string; outcome: MessageOutcome };

/**
 * One event and then another, or not: `happened`: the second followed at most `withinMs` later; `missing`: that time is
 * over and it did not follow. With `key`, both must bear the same value there, e.g. the id of a cart.
 */
export interface SequenceCondition {
  kind: 'sequence';
  first: EventFilter;
  second: EventFilter;
  outcome: 'happened' | 'missing';
  withinMs: number;
  key: string | null;
  /** Only first events of the last so many ms count; null: ever. */
  lastMs: number | null;
}

/** What the contact did with messages, of those that fit all that is named. Opens by machines do not count; who clicks has opened. */
export interface EngagementCondition {
  kind: 'engagement';
  outcome: 'sent' | 'delivered' | 'opened' | 'clicked' | 'bounced' | 'complained';
  journey: string | null;
  step: string | null;
  template: string | null;
  topic: string | null;
  /** Of the address behind a clicked link. */
  link: Test | null;
  times: Times;
  period: Period;
}

export type Channel = 'email';

/** `opened` means opened by a person: opens by machines do not count. */
export type MessageOutcome = 'sent' | 'delivered' | 'opened' | 'clicked' | 'bounced' | 'unsubscribed';
