import type { Millis } from '../time.ts';

/** Where a step leads: to another step (null: the end), to a rest until a time, or out by an exit step. */
export type StepResult = { kind: 'go'; next: string | null } | { kind: 'rest'; until: Millis } | { kind: 'exit'; reason: string };
