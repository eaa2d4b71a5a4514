import type { JsonObject, Millis } from '../json.ts';
import type { Channel } from './types.ts';

/** A time as a scenario writes it. `local` has no zone: it belongs to the contact. */
export type ScenarioTime =
  | { kind: 'offset'; offsetMs: number }
  | { kind: 'local'; local: string }
  | { kind: 'instant'; at: Millis };

/** Where a case begins: an offset would have nothing to start from. */
export type ScenarioStart = Exclude<ScenarioTime, { kind: 'offset' }>;

export interface ScenarioConsent {
  channel: Channel;
  /** null: the whole channel. */
  topic: string | null;
}

export interface ScenarioContact {
  id: string;
  email: string | null;
  timezone: string | null;
  language: string | null;
  consents: ScenarioConsent[];
  /** The remaining keys; `email`, `timezone` and `language` are not repeated here. */
  traits: JsonObject;
}

export type ScenarioEvent = { at: ScenarioTime; line: number } & (
  | { kind: 'track'; event: string; properties: JsonObject }
  | { kind: 'identify'; traits: JsonObject }
  | { kind: 'consent' | 'unsubscribe'; channel: Channel; topic: string | null }
  | { kind: 'open' | 'click' | 'bounce'; step: string }
);

export interface ExpectedMessage {
  at: ScenarioTime;
  template: string;
  /** null: not checked. */
  language: string | null;
  subject: string | null;
  line: number;
}

export interface ScenarioExpectation {
  /** Exactly these, in order of time. null: not checked. */
  messages: ExpectedMessage[] | null;
  notSent: { template: string; reason: string | null; line: number }[];
  goal: 'reached' | 'not reached' | null;
  exit: string | null;
  traits: JsonObject;
  tags: string[];
  segments: string[];
}

export interface ScenarioCase {
  name: string;
  line: number;
  contact: ScenarioContact;
  start: ScenarioStart;
  events: ScenarioEvent[];
  until: ScenarioTime;
  expect: ScenarioExpectation;
}

export interface ScenarioFile {
  kind: 'scenarios';
  file: string;
  journey: string;
  cases: ScenarioCase[];
}
