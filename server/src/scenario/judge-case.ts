import { isDeepStrictEqual } from 'node:util';
import type { ExpectedMessage, ScenarioCase, ScenarioFile } from '@samovar/contract';
import { traitAt } from '@samovar/core';
import type { ContactState, DecidedMessage, Decision, Definition, Millis, Program, TemplateDefinition } from '@samovar/core';
import { languageOf, subjectOf } from './rendered-message.ts';
import type { CaseRun } from './run-case.ts';
import { formatLocalTime, resolveTime, toSecond } from './scenario-time.ts';

interface Expected {
  at: Millis;
  expected: ExpectedMessage;
  /** The message that left at that time. */
  found: DecidedMessage | null;
  /** It left, in the language and with the subject that were expected. */
  met: boolean;
}

export interface Verdict {
  /** What is wrong, a sentence each; none: the case passed. */
  failures: string[];
  expected: Expected[];
  /** Messages of the journey that nobody expected. */
  unexpected: Set<DecidedMessage>;
}

export interface Judging {
  file: ScenarioFile;
  one: ScenarioCase;
  run: CaseRun;
  templates: ReadonlyMap<string, TemplateDefinition>;
  program: Program;
}

export function templatesOf(definitions: readonly Definition[]): Map<string, TemplateDefinition> {
  return new Map(definitions.flatMap((definition) => (definition.kind === 'template' ? [[definition.key, definition]] : [])));
}

/** Compares what came of a case with what it expects. */
export function judgeCase(judging: Judging): Verdict {
  const messages = judgeMessages(judging);
  const failures = [
    ...judging.run.impossible,
    ...messages.failures,
    ...judgeNotSent(judging),
    ...judgeEnd(judging),
    ...judgeContact(judging),
  ];
  return { ...messages, failures };
}

function judgeMessages(judging: Judging): Verdict {
  const { file, one, run } = judging;
  if (one.expect.messages === null) return { failures: [], expected: [], unexpected: new Set() };
  const left = run.messages.filter((message) => message.journey === file.journey);
  const open = new Set(left);
  const failures: string[] = [];
  const expected = one.expect.messages.map((message): Expected => ({ at: resolveTime(message.at, run.clock), expected: message, found: null, met: false }));
  expected.sort((a, b) => a.at - b.at);
  for (const each of expected) {
    each.found = [...open].find((message) => message.template === each.expected.template && toSecond(message.decidedAt) === toSecond(each.at)) ?? null;
    if (each.found === null) continue;
    open.delete(each.found);
    const differences = judgeContent(judging, each.expected, each.found);
    each.met = differences.length === 0;
    failures.push(...differences);
  }
  const missing = expected.filter(({ found }) => found === null);
  failures.push(...missing.map((each) => describeMissing(each, run, open)));
  for (const message of open) {
    // One that left at another time than expected was told already.
    if (!missing.some((each) => each.expected.template === message.template)) failures.push(`${message.template} left ${when(message.decidedAt, run)} and was not expected.`);
  }
  return { failures, expected, unexpected: open };
}

function describeMissing({ at, expected }: Expected, run: CaseRun, open: ReadonlySet<DecidedMessage>): string {
  const other = [...open].find((message) => message.template === expected.template);
  const instead = other === undefined ? 'did not leave' : `left ${when(other.decidedAt, run)} instead`;
  return `${expected.template} was expected ${when(at, run)} and ${instead}.`;
}

function when(at: Millis, { clock }: CaseRun): string {
  return `on ${formatLocalTime(at, clock.zone)}`;
}

function judgeContent({ run, templates, program }: Judging, expected: ExpectedMessage, message: DecidedMessage): string[] {
  const template = templates.get(message.template);
  const contact = run.recipients.get(message.id);
  if (template === undefined || contact === undefined) return [];
  const failures: string[] = [];
  const language = languageOf(template, contact, program.workspace);
  if (expected.language !== null && expected.language !== language) failures.push(`${template.key} was expected in ${expected.language} and is in ${language}.`);
  if (expected.subject === null) return failures;
  const subject = subjectOf(template, message, contact, program);
  if (subject !== expected.subject) failures.push(`${template.key} was expected with the subject “${expected.subject}” and has “${subject}”.`);
  return failures;
}

function judgeNotSent({ file, one, run }: Judging): string[] {
  return one.expect.notSent.flatMap(({ template, reason }) => {
    const sent = run.messages.filter((message) => message.journey === file.journey && message.template === template);
    if (reason === null) return sent.map((message) => `${template} must not leave and left ${when(message.decidedAt, run)}.`);
    const found = reasonsNotSent(file.journey, template, run);
    if (found.has(normalise(reason))) return [];
    const instead = found.size > 0 ? `the reasons were: ${[...found].join(', ')}` : sent.length > 0 ? 'it left' : 'nothing kept it back by then';
    return [`${template} should not have left for the reason ${normalise(reason)}; ${instead}.`];
  });
}

const normalise = (reason: string): string => reason.trim().replaceAll(/\s+/g, '_');

/**
 * Why a template did not leave: gates that refused it, quiet hours that still hold it, and the ends of enrollments
 * (or refused entries) that had not come to send it.
 */
function reasonsNotSent(journey: string, template: string, run: CaseRun): Set<string> {
  const reasons = new Set<string>();
  const senders = new Set(run.messages.flatMap((message) => (message.template === template ? [message.enrollmentId] : [])));
  for (const decision of run.decisions) {
    if (decision.journey !== journey) continue;
    const { reason, template: about } = detailOf(decision);
    if (reason === null) continue;
    const kept = decision.code === 'message_skipped' && about === template;
    const ended = (decision.code === 'exited' || decision.code === 'not_entered') && !(decision.enrollmentId !== null && senders.has(decision.enrollmentId));
    if (kept || ended) reasons.add(normalise(reason));
  }
  for (const { detail, code, journey: of } of run.decisions.filter((decision) => decision.at <= run.until)) {
    const until = isObject(detail) && typeof detail.until === 'number' ? detail.until : null;
    if (code === 'message_held' && of === journey && until !== null && until > run.until) reasons.add('quiet_hours');
  }
  return reasons;
}

function detailOf({ detail }: Decision): { reason: string | null; template: string | null } {
  if (!isObject(detail)) return { reason: null, template: null };
  return { reason: typeof detail.reason === 'string' ? detail.reason : null, template: typeof detail.template === 'string' ? detail.template : null };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function judgeEnd({ file, one, run }: Judging): string[] {
  const failures: string[] = [];
  const reached = run.decisions.some(({ code, journey }) => code === 'goal_reached' && journey === file.journey);
  if (one.expect.goal === 'reached' && !reached) failures.push('The goal was expected to be reached and was not.');
  if (one.expect.goal === 'not reached' && reached) failures.push('The goal was reached and should not have been.');
  if (one.expect.exit === null) return failures;
  const own = run.enrollments.filter(({ journey }) => journey === file.journey);
  const ended = own.filter(({ status }) => status === 'exited' || status === 'completed').sort((a, b) => a.changedAt - b.changedAt).at(-1);
  const how = ended === undefined ? null : ended.status === 'completed' ? 'completed' : ended.reason;
  if (how === one.expect.exit) return failures;
  const running = own.find(({ status }) => status === 'active');
  const instead = how !== null ? `ended with: ${how}` : running === undefined ? 'was never entered' : `still runs, at ${running.step ?? 'its first step'}`;
  return [...failures, `The journey was expected to end with: ${one.expect.exit}; it ${instead}.`];
}

function judgeContact({ one, run }: Judging): string[] {
  const { contact } = run;
  const failures: string[] = [];
  for (const [name, value] of Object.entries(one.expect.traits)) {
    const found = traitOf(contact, name);
    if (!isDeepStrictEqual(found, value)) failures.push(`The trait ${name} was expected to be ${JSON.stringify(value)} and is ${found === undefined ? 'not set' : JSON.stringify(found)}.`);
  }
  for (const tag of one.expect.tags) if (contact?.tags.includes(tag) !== true) failures.push(`The tag ${tag} was expected and is not there.`);
  for (const segment of one.expect.segments) {
    if (contact === null || !Object.hasOwn(contact.segments, segment)) failures.push(`The contact was expected to be in the segment ${segment} and is not.`);
  }
  return failures;
}

function traitOf(contact: ContactState | null, path: string): unknown {
  return contact === null ? undefined : traitAt(contact, path.split('.', 1)[0] ?? path, path);
}
