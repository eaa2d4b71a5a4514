import { count, decide, touchSegments, type Turn } from '../advance/turn.ts';
import type { Enrollment, Entry } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import { own } from '../event/own.ts';
import { derivedUuid, type EnrollmentId } from '../identity/ids.ts';
import { holds } from '../program/evaluate.ts';
import { firstFailure } from '../program/explain.ts';
import { scopeOf } from '../program/scope.ts';
import type { CompiledJourney } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { reportEnrollment } from './end.ts';
import { entryName, isEntryOfKey } from './entry-name.ts';
import { run } from './run.ts';

/** Most journeys that one contact can be in at once; more is a definition that feeds itself. */
export const ACTIVE_ENROLLMENT_LIMIT = 100;

/**
 * Most past entries remembered per contact for re-entry rules. Those of keys are forgotten first, the oldest ended ones
 * before others: keys never cease to come, while journeys without a key are few and their rules must hold.
 */
export const ENTRY_MEMORY_LIMIT = 200;

/** Most goals that one contact can have open at once; the oldest give way. */
export const OPEN_GOAL_LIMIT = 200;

/** An enrollment that may yet be refused has no id. */
const NOT_YET = '' as EnrollmentId;

/** What asks a journey to take a contact in. */
export interface Entrance {
  /** Tells entrances apart: the event's id, or the segment change. */
  cause: string;
  /** When it happened. */
  since: Millis;
  key: string | null;
  data: JsonObject;
}

/** Enrols the contact unless the journey's rules forbid it; either way the reason is kept. */
export function enter(turn: Turn, journey: CompiledJourney, entrance: Entrance): void {
  const { contact, now } = turn;
  const enrollment: Enrollment = {
    id: NOT_YET, journey: journey.key, version: journey.version, key: entrance.key, enteredAt: now, since: entrance.since, data: entrance.data,
    step: '', wakeAt: Infinity, sends: 0,
  };
  const refusal = refuseEntry(turn, journey, enrollment);
  if (refusal !== null) {
    decide(turn, 'not_entered', refusal, { journey: journey.key, version: journey.version, id: null });
    count(turn, `journey:${journey.key}`, `not_entered:${refusal.reason}`);
    return;
  }
  // The number of decisions tells entrances of the same instant apart: a segment may be left and entered again within one.
  enrollment.id = derivedUuid('enrollment', contact.id, journey.key, entrance.key ?? '', String(now), entrance.cause, String(contact.decisions)) as EnrollmentId;
  contact.enrollments.push(enrollment);
  remember(turn, enrollment);
  decide(turn, 'entered', { cause: entrance.cause, key: entrance.key }, enrollment);
  count(turn, `journey:${journey.key}`, 'entered');
  reportEnrollment(turn, enrollment, 'active', null);
  if (journey.goal !== null) {
    const { id, version, data } = enrollment;
    contact.goals.push({ enrollmentId: id, journey: journey.key, version, data, deadline: now + journey.goal.withinMs });
    if (contact.goals.length > OPEN_GOAL_LIMIT) contact.goals.shift();
  }
  run(turn, journey, enrollment, journey.first);
}

type Refusal = { reason: 'already_inside' | 're_entry' | 'too_many' } | { reason: 'who'; failed: JsonObject };

function refuseEntry(turn: Turn, journey: CompiledJourney, enrollment: Enrollment): Refusal | null {
  const { contact, now } = turn;
  const { enrollments } = contact;
  if (enrollments.some((other) => other.journey === journey.key && other.key === enrollment.key)) return { reason: 'already_inside' };
  const entry = own(contact.entries, entryName(journey.key, enrollment.key));
  if (entry !== undefined && !mayReEnter(journey, entry, now)) return { reason: 're_entry' };
  if (enrollments.length >= ACTIVE_ENROLLMENT_LIMIT) return { reason: 'too_many' };
  const scope = scopeOf(turn, enrollment);
  if (journey.who !== null && !holds(journey.who, scope)) return { reason: 'who', failed: firstFailure(journey.who, scope) };
  return null;
}

function mayReEnter({ reEntry }: CompiledJourney, entry: Entry, now: number): boolean {
  switch (reEntry.kind) {
    case 'never': return false;
    case 'always': return true;
    case 'after': return now >= entry.at + reEntry.delayMs;
  }
}

function remember(turn: Turn, enrollment: Enrollment): void {
  touchSegments(turn, turn.program.dependents.journey.get(enrollment.journey));
  const { entries, enrollments } = turn.contact;
  entries[entryName(enrollment.journey, enrollment.key)] = { enrollmentId: enrollment.id, at: turn.now, exited: null };
  const names = Object.keys(entries);
  if (names.length <= ENTRY_MEMORY_LIMIT) return;
  const active = new Set<string>(enrollments.map((one) => one.id));
  const ended = names.filter((name) => isEntryOfKey(name) && !active.has(entries[name]?.enrollmentId ?? ''));
  ended.sort((a, b) => (entries[a]?.at ?? 0) - (entries[b]?.at ?? 0));
  for (const name of ended.slice(0, names.length - ENTRY_MEMORY_LIMIT)) delete entries[name];
}
