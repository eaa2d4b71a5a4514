import type { Tombstone } from '../erasure/erasure.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { ContactId, EnrollmentId, Identifier, MessageId } from '../identity/ids.ts';
import type { Fact } from '../definition/condition.ts';
import type { LeafState } from '../leaf/leaf.ts';
import type { Millis } from '../time.ts';

/**
 * Everything that deciding about one contact needs, small enough to be read and written with each event.
 * It is plain JSON. History is not in here; what conditions need of history is in `leaves`.
 */
export interface ContactState {
  id: ContactId;
  workspaceId: number;
  /** The identifier that the id is derived from. */
  home: Identifier;
  createdAt: Millis;
  /** The program for which `leaves` and `segments` are complete. */
  programVersion: number;
  /** Last own record consumed; 0: none. */
  seq: number;
  /** Contacts that were merged into this one, with the last record consumed of each. */
  absorbed: Record<ContactId, number>;
  /** Of those: the contact that each was merged into, where that was not this one but one that is part of it. */
  joinedTo?: Record<ContactId, ContactId>;
  /** Contacts that were told apart from this one after a merge, so that they do not become one again by themselves. */
  apart?: ContactId[];
  /** Besides `home`: claimed identifiers. */
  identifiers: Identifier[];
  /** Identifiers that belong to somebody else, so that they are not claimed again with every event. */
  refused: Identifier[];
  traits: Record<string, TraitEntry>;
  /** What the context of events said about the person's surroundings. */
  seen: Partial<Record<Fact, SeenFact>>;
  tags: string[];
  /** Tags that came with a part of the contact. */
  tagOwners?: Record<string, Owner>;
  /** List → whether the contact was put on it or taken off it last. */
  lists: Record<string, ListEntry>;
  /** Name of a prediction → what it says. */
  predictions: Record<string, Prediction>;
  /** By `channel`, `channel/topic` or `profiling`. */
  consents: Record<string, ConsentEntry>;
  /** Address (lower case) → why nothing may be sent to it any more. */
  suppressed: Record<string, string>;
  /** Addresses that the contact had before, in order of time: consent was given for one of them. Absent: none. */
  pastAddresses?: PastAddress[];
  leaves: Record<string, LeafState>;
  /** Segment → since when. */
  segments: Record<string, Millis>;
  /** Segment → when time alone may change its membership. */
  segmentDue: Record<string, Millis>;
  enrollments: Enrollment[];
  /** `journey` or `journey|key` → the latest enrollment, for re-entry and for the last gate before sending. */
  entries: Record<string, Entry>;
  goals: OpenGoal[];
  messages: SentMessage[];
  orders: Record<string, OrderState>;
  /** Whether any order was ever told, also one that turned out to be counted elsewhere. */
  toldOrders: boolean;
  /** Number of decisions and proofs written so far. */
  decisions: number;
  /** What stayed of whoever was known under the same identifier before, who was erased; null: nobody was. */
  erased: Tombstone | null;
  /** Logical time up to which everything has been decided. */
  at: Millis;
}

/** The part of a joined contact with which something came, and with which it goes when they are told apart; absent: the contact itself. */
export type Owner = ContactId;

export interface TraitEntry {
  value: Json;
  at: Millis;
  /** Breaks ties between writes of the same instant, the same way in every order of arrival. */
  tie: number;
  /** Set with a server key: a browser cannot overwrite it. */
  verified: boolean;
  /** Since when it has had this value without a break, as far as was known at each write. */
  since: Millis;
  owner?: Owner;
}

export interface SeenFact {
  value: string;
  at: Millis;
}

export interface ListEntry {
  inside: boolean;
  at: Millis;
}

export interface Prediction {
  value: number;
  at: Millis;
}

/** The last word of a contact on one thing, and for which addresses it was said. */
export interface ConsentEntry {
  state: 'granted' | 'withdrawn';
  at: Millis;
  /** Address → when it was granted there. Absent: granted when no address was known. */
  grants?: Record<string, Millis>;
  /** The latest withdrawal before the grants. */
  withdrawnAt?: Millis;
  /** Address → when its owner last confirmed it, by a link that was sent there. */
  confirmed?: Record<string, Millis>;
}

export interface PastAddress {
  address: string;
  /** When the next one took its place. */
  until: Millis;
}

/** One contact's passage through one version of a journey. */
export interface Enrollment {
  id: EnrollmentId;
  journey: string;
  version: number;
  key: string | null;
  enteredAt: Millis;
  /** When what started it happened; `since: entry` means after this. */
  since: Millis;
  /** Properties of the event that started it. */
  data: JsonObject;
  /** The step at which it waits. */
  step: string;
  /** When time moves it on. */
  wakeAt: Millis;
  /** Sends so far, so that ids of messages differ. */
  sends: number;
  owner?: Owner;
}

export interface Entry {
  enrollmentId: EnrollmentId;
  at: Millis;
  /** Why it ended before its last step; null: it runs, or it reached its end. */
  exited: string | null;
  owner?: Owner;
}

export interface OpenGoal {
  enrollmentId: EnrollmentId;
  journey: string;
  version: number;
  data: JsonObject;
  deadline: Millis;
  owner?: Owner;
}

export interface SentMessage {
  id: MessageId;
  enrollmentId: EnrollmentId;
  journey: string;
  step: string;
  template: string;
  topic: string | null;
  address: string;
  marketing: boolean;
  at: Millis;
  sent: boolean;
  delivered: boolean;
  bounced: boolean;
  unsubscribed: boolean;
  openedAt: Millis | null;
  machineOpened: boolean;
  clickedAt: Millis | null;
  /** Numbers that stand for the links clicked. */
  links?: number[];
  owner?: Owner;
}

export interface OrderState {
  at: Millis;
  currency: string;
  /** Minor units of `currency`. */
  totalMinor: number;
  refundedMinor: number;
  /** The message that led to it, fixed when the order came. */
  touch: { messageId: MessageId; journey: string; step: string } | null;
  /** Whether `totalMinor` was told with a server key. */
  trusted: boolean;
  /** When what `totalMinor` says was so; null: no total was told. */
  totalAt: Millis | null;
  /** Sum of the refunds told; more than the total may have been asked. */
  askedMinor: number;
  cancelled: boolean;
  /** Whether `Order Completed` was told, so that telling it again is a repeat. */
  completed: boolean;
  /** `no`: only a refund is known so far. `elsewhere`: another contact was told it first, with as much trust. */
  counted: 'here' | 'elsewhere' | 'no';
  /** The contacts, now one, whose claims on the order have not been refused. */
  claimants: ContactId[];
}

/** A contact of which nothing is known yet. */
export function newContact(id: ContactId, workspaceId: number, home: Identifier, createdAt: Millis): ContactState {
  return {
    id, workspaceId, home, createdAt,
    programVersion: 0, seq: 0, absorbed: {}, identifiers: [], refused: [], traits: {}, seen: {}, tags: [], lists: {}, predictions: {}, consents: {}, suppressed: {},
    leaves: {}, segments: {}, segmentDue: {}, enrollments: [], entries: {}, goals: [], messages: [], orders: {}, toldOrders: false, decisions: 0, erased: null, at: createdAt,
  };
}
