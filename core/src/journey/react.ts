import { count, decide, type Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import { nextChange } from '../program/evaluate.ts';
import { scopeOf } from '../program/scope.ts';
import type { CompiledJourney } from '../program/program.ts';
import { refreshSegments } from '../segment/refresh.ts';
import type { Millis } from '../time.ts';
import { exit, unpark } from './end.ts';
import { enter } from './enter.ts';
import { heldExit } from './held-exit.ts';
import { keyOf, matches, type Happening } from './matches.ts';
import { reachGoals } from './reach-goals.ts';
import { run } from './run.ts';
import { versionOf } from './version-of.ts';

/** Most rounds of segment → journey → trait → segment that one input may set off; then it stops with a visible error. */
export const CASCADE_ROUND_LIMIT = 8;

/** Lets an event act on the journeys of a contact. Exits come first, so that an exit always wins. */
export function reactToEvent(turn: Turn, happening: Happening): void {
  exitOnEvent(turn, happening);
  reachGoals(turn, happening, turn.now);
  const waiting = turn.contact.enrollments.map((enrollment) => ({ enrollment, step: enrollment.step }));
  settle(turn);
  continueWaiting(turn, happening, waiting);
  for (const journey of turn.program.triggers.matching(happening.name, happening.properties)) {
    const { trigger } = journey;
    const key = trigger.kind !== 'event' || trigger.key === null ? null : keyOf(happening.properties, trigger.key);
    enter(turn, journey, { cause: happening.id, since: happening.at, key, data: happening.properties });
  }
  settle(turn);
}

/** Carries membership changes to journeys and back until nothing changes any more. */
export function settle(turn: Turn): void {
  refreshSegments(turn);
  exitOnCondition(turn);
  for (let round = 0; turn.changes.length > 0 || turn.dirty.size > 0; round += 1) {
    if (round === CASCADE_ROUND_LIMIT) {
      decide(turn, 'cascade_limit', { rounds: round, segments: turn.changes.map((change) => change.segment) });
      turn.changes = [];
      return;
    }
    const changes = turn.changes;
    turn.changes = [];
    for (const { segment, change, at, cause } of changes) {
      for (const journey of turn.program.triggersBySegment.get(`${change} ${segment}`) ?? []) {
        enter(turn, journey, { cause: `${change} ${segment} ${at}`, since: at, key: null, data: { segment, at, cause } });
      }
    }
    refreshSegments(turn);
    exitOnCondition(turn);
  }
}

/** Wakes the enrollments whose time has come, the earliest first. */
export function wake(turn: Turn): void {
  const due = turn.contact.enrollments.filter((one) => one.wakeAt <= turn.now);
  due.sort((a, b) => a.wakeAt - b.wakeAt || (a.id < b.id ? -1 : 1));
  for (const enrollment of due) {
    // One that woke before it may have ended it.
    if (!turn.contact.enrollments.includes(enrollment)) continue;
    const journey = versionOf(turn, enrollment);
    const node = journey?.nodes.get(enrollment.step);
    if (journey === undefined || node === undefined) {
      exit(turn, enrollment, 'step_missing');
      continue;
    }
    unpark(turn, enrollment);
    if (node.kind === 'wait') run(turn, journey, enrollment, node.next);
    else if (node.kind === 'wait-for') leaveWait(turn, journey, enrollment, node.id, 'timed_out', node.timedOut);
    else run(turn, journey, enrollment, node.id, 'resting');
    settle(turn);
  }
}

/** When time alone next does something to the contact's enrollments. */
export function nextJourneyDue(turn: Turn): Millis {
  let due = Infinity;
  for (const enrollment of turn.contact.enrollments) {
    due = Math.min(due, enrollment.wakeAt);
    for (const rule of versionOf(turn, enrollment)?.exits ?? []) {
      if (rule.kind === 'condition') due = Math.min(due, nextChange(rule.predicate, scopeOf(turn, enrollment)));
    }
  }
  return due;
}

/** Ends the enrollments that an event ends. */
export function exitOnEvent(turn: Turn, happening: Happening): void {
  for (const enrollment of [...turn.contact.enrollments]) {
    const rule = versionOf(turn, enrollment)?.exits.find((one) => one.kind === 'event' && matches(one.pattern, happening, enrollment.data));
    if (rule !== undefined) exit(turn, enrollment, rule.reason);
  }
}

function exitOnCondition(turn: Turn): void {
  for (const enrollment of [...turn.contact.enrollments]) {
    const journey = versionOf(turn, enrollment);
    const rule = journey === undefined ? undefined : heldExit(turn, journey, enrollment);
    if (rule !== undefined) exit(turn, enrollment, rule.reason);
  }
}

function continueWaiting(turn: Turn, happening: Happening, waiting: { enrollment: Enrollment; step: string }[]): void {
  for (const { enrollment, step } of waiting) {
    if (enrollment.step === step) continueWait(turn, enrollment, happening);
  }
}

/** Moves an enrollment on that waits for what happened. */
export function continueWait(turn: Turn, enrollment: Enrollment, happening: Happening): void {
  if (!turn.contact.enrollments.includes(enrollment)) return;
  const journey = versionOf(turn, enrollment);
  const node = journey?.nodes.get(enrollment.step);
  if (journey === undefined || node?.kind !== 'wait-for' || !matches(node.pattern, happening, enrollment.data)) return;
  unpark(turn, enrollment);
  leaveWait(turn, journey, enrollment, node.id, 'happened', node.happened);
  settle(turn);
}

function leaveWait(turn: Turn, journey: CompiledJourney, enrollment: Enrollment, step: string, branch: 'happened' | 'timed_out', next: string | null): void {
  decide(turn, 'branched', { branch }, { ...enrollment, step });
  count(turn, `step:${journey.key}/${step}`, branch);
  run(turn, journey, enrollment, next);
}


