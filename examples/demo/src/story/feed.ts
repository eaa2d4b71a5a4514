import type { Millis } from '@samovar/core';
import type { Language } from '../shop/names.ts';

/** What the page is told, and when: the plan once, the state as it changes, news as it happens. */
export type FeedEvent =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'news'; readonly news: readonly News[] };

/** What does not change: the journeys and their steps. */
export interface Plan {
  readonly shop: string;
  /** The shop's own zone. */
  readonly timezone: string;
  readonly startAt: Millis;
  readonly journeys: readonly PlannedJourney[];
}

export interface PlannedJourney {
  readonly key: string;
  readonly name: string;
  /** What lets people in: an event's name, or a segment's key. */
  readonly trigger: { readonly kind: 'event' | 'segment'; readonly name: string };
  readonly steps: readonly PlannedStep[];
}

export type PlannedStep =
  | { readonly kind: 'wait'; readonly id: string; readonly durationMs: number }
  /** `subjects`: by language. */
  | { readonly kind: 'send'; readonly id: string; readonly template: string; readonly subjects: Readonly<Record<string, string>> }
  /** A question or a draw with a way for each answer. */
  | { readonly kind: 'fork'; readonly id: string; readonly fork: Fork; readonly ways: readonly Way[] }
  | { readonly kind: 'mark'; readonly id: string; readonly tag: string }
  | { readonly kind: 'end'; readonly id: string; readonly reason: string };

export type Fork =
  | { readonly kind: 'wait-for'; readonly event: string; readonly timeoutMs: number }
  | { readonly kind: 'if' }
  | { readonly kind: 'split' };

export interface Way {
  /** `happened`, `timed_out`, `then`, `else`, or the name of an arm. */
  readonly name: string;
  readonly steps: readonly PlannedStep[];
}

/** Everything that counts, as it stands. */
export interface State {
  readonly now: Millis;
  readonly hoursPerSecond: number;
  readonly paused: boolean;
  readonly totals: Totals;
  readonly money: readonly Money[];
  readonly journeys: Readonly<Record<string, JourneyState>>;
}

export interface Totals {
  readonly inside: number;
  readonly mails: number;
  /** By people; machines are told apart. */
  readonly opened: number;
  readonly clicked: number;
  readonly unsubscribed: number;
  readonly orders: number;
  /** Orders that a mail led to. */
  readonly earnedOrders: number;
}

/** Amounts of one currency; currencies are never added up. In major units. */
export interface Money {
  readonly currency: string;
  readonly all: number;
  readonly earned: number;
}

export interface JourneyState {
  readonly entered: number;
  readonly inside: number;
  readonly orders: number;
  readonly money: readonly { readonly currency: string; readonly earned: number }[];
  /** By step id. */
  readonly steps: Readonly<Record<string, StepState>>;
}

export interface StepState {
  readonly waiting: number;
  readonly sent: number;
  readonly opened: number;
  readonly clicked: number;
  /** Mails that this step did not send, for whatever reason. */
  readonly skipped: number;
  /** How many took each way. */
  readonly ways: Readonly<Record<string, number>>;
}

/** Something worth telling. */
export interface News {
  readonly id: number;
  readonly at: Millis;
  readonly kind: NewsKind;
  readonly person: { readonly name: string; readonly language: Language } | null;
  readonly journey: string | null;
  readonly step: string | null;
  readonly template: string | null;
  /** Why, as a code that the page has words for. */
  readonly reason: string | null;
  readonly money: { readonly currency: string; readonly amount: number } | null;
  /** The mail to look at. */
  readonly mail: number | null;
}

/**
 * `held`: waits for the morning. `skipped`: the step sent nothing. `stopped`: the journey ended before its last mail.
 * `earned`: an order that a mail led to. `bought`: one that nothing led to.
 */
export type NewsKind = 'entered' | 'mail' | 'held' | 'skipped' | 'stopped' | 'earned' | 'bought' | 'unsubscribed' | 'bounced';
