import type { ScenarioCase, ScenarioEvent } from '@samovar/contract';
import { World } from '@samovar/core';
import type { ContactState, DecidedMessage, Decision, EnrollmentChange, LogRecord, MessageId, Millis, Program } from '@samovar/core';
import { identifierOf, introduction, recordOf } from './scenario-records.ts';
import { resolveTime } from './scenario-time.ts';
import type { CaseClock } from './scenario-time.ts';

/** What came of a case. */
export interface CaseRun {
  clock: CaseClock;
  until: Millis;
  events: { at: Millis; event: ScenarioEvent }[];
  messages: DecidedMessage[];
  /** The contact as it was when a message was decided. */
  recipients: Map<MessageId, ContactState>;
  decisions: Decision[];
  /** The latest state of each enrollment, in order of entry. */
  enrollments: EnrollmentChange[];
  contact: ContactState | null;
  /** Events that could not happen as they are written. */
  impossible: string[];
}

/** Plays a case on a clock of its own. */
export function runCase(one: ScenarioCase, program: Program): CaseRun {
  const zone = one.contact.timezone ?? program.workspace.timezone;
  const clock: CaseClock = { zone, startAt: resolveTime(one.start, { zone, startAt: 0 }) };
  const run: CaseRun = { clock, until: resolveTime(one.until, clock), events: [], messages: [], recipients: new Map(), decisions: [], enrollments: [], contact: null, impossible: [] };
  const identifier = identifierOf(one.contact);
  const enrollments = new Map<string, EnrollmentChange>();
  const world = new World(program, ({ effect }) => {
    if (effect.kind === 'message') {
      run.messages.push(effect.message);
      const recipient = world.contact(identifier);
      if (recipient !== null) run.recipients.set(effect.message.id, structuredClone(recipient));
    }
    if (effect.kind === 'decision') run.decisions.push(effect.decision);
    if (effect.kind === 'enrollment') enrollments.set(effect.enrollment.id, effect.enrollment);
  });
  world.feed(identifier, introduction(one.contact, clock.startAt - 1));
  run.events = one.events.map((event) => ({ at: resolveTime(event.at, clock), event })).sort((a, b) => a.at - b.at);
  for (const { at, event } of run.events) {
    if (at < clock.startAt) run.impossible.push(`Line ${event.line} happens before the case begins.`);
    else if (at > run.until) run.impossible.push(`Line ${event.line} happens after the case ends (\`until\`).`);
    else {
      world.runBefore(at);
      const record = recordOfEvent(one, event, at, run);
      if (record !== null) world.feed(identifier, record);
    }
  }
  world.runTo(run.until);
  run.enrollments = [...enrollments.values()];
  run.contact = world.contact(identifier);
  return run;
}

function recordOfEvent(one: ScenarioCase, event: ScenarioEvent, at: Millis, run: CaseRun): LogRecord | null {
  const record = recordOf(one.contact, event, at, (step) => run.messages.findLast((message) => step === null || message.step === step)?.id ?? null);
  if (record === null && 'step' in event) run.impossible.push(`Line ${event.line}: the step \`${event.step}\` has sent nothing yet.`);
  return record;
}
