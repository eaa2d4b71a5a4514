import { World, firstFailure, shardOf } from '@samovar/core';
import type { CompiledJourney, ContactState, Decision, Enrollment, EnrollmentId, JsonObject, Logged, Program, PropertyTest, TrackedEvent, WorkspaceDefinition } from '@samovar/core';
import { idsOf, readFirstPublishedAt, readHistory } from '@samovar/store';
import { iso } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { conditionInWords, decisionInWords } from './decision-words.ts';

/** Records replayed for one question at most; a contact with more is a program. */
const REPLAY_LIMIT = 20_000;

/** Says why no decision about a contact and a journey was ever made, by letting the contact's history happen once more. */
export async function whyNeverEntered(dependencies: AdminDependencies, contact: ContactState, key: string): Promise<string> {
  const program = await dependencies.program(contact.workspaceId);
  const journey = program?.journeys.get(key)?.live ?? null;
  if (program === null || journey === null) return `There is no journey ${key} that contacts can enter now.`;
  const history = await historyOf(dependencies, contact);
  const publishedAt = (await readFirstPublishedAt(dependencies.db, contact.workspaceId, 'journey', key)) ?? Infinity;
  const replayed = replay(program, history, key, dependencies.clock.now());
  if (replayed?.code === 'entered') {
    return replayed.at <= publishedAt
      ? `It would have entered at ${iso(replayed.at)}, but ${key} was published only at ${iso(publishedAt)}.`
      : `With today's definitions it would have entered at ${iso(replayed.at)}; the ones that held then did not let it in.`;
  }
  if (replayed !== null) return `${decisionInWords(replayed)} That was at ${iso(replayed.at)}.`;
  return journey.trigger.kind === 'event' ? whyNotTriggered(program.workspace, contact, journey.trigger, history, key) : whyNotInSegment(program, journey.trigger, contact, key, dependencies.clock.now());
}

async function historyOf({ db, shardCount }: AdminDependencies, contact: ContactState): Promise<Logged[]> {
  const parts = await Promise.all(idsOf(contact).map((id) => readHistory(db, shardOf(id, shardCount), id, { order: 'latest', limit: REPLAY_LIMIT })));
  return parts.flat().sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq).slice(-REPLAY_LIMIT);
}

/** The last thing that was decided about entering the journey in a world where today's definitions always held. */
function replay(program: Program, history: readonly Logged[], key: string, now: number): Decision | null {
  let last: Decision | null = null;
  const world = new World(program, ({ effect }) => {
    if (effect.kind !== 'decision' || effect.decision.journey !== key) return;
    if (effect.decision.code === 'entered' || effect.decision.code === 'not_entered') last = effect.decision;
  });
  for (const { contactId, record } of history) {
    // The world counts its own messages as sent.
    if (record.kind === 'event' || (record.kind === 'outcome' && record.outcome !== 'sent')) world.feedTo(contactId, record);
  }
  world.runTo(now);
  return last;
}

type EventTrigger = Extract<CompiledJourney['trigger'], { kind: 'event' }>;
type SegmentTrigger = Extract<CompiledJourney['trigger'], { kind: 'segment' }>;

function whyNotTriggered(workspace: WorkspaceDefinition, contact: ContactState, trigger: EventTrigger, history: readonly Logged[], key: string): string {
  const events = history.flatMap(({ record }) => (record.kind === 'event' && record.name === trigger.event ? [record] : []));
  const latest = events.at(-1);
  if (latest === undefined) return `It never did “${trigger.event}”, with which ${key} begins.`;
  if (latest.historical) return `“${trigger.event}” at ${iso(latest.occurredAt)} was imported as history, and history starts no journey.`;
  const failed = trigger.where.map((property) => mismatch(workspace, contact, latest, property)).find((one) => one !== null);
  if (failed !== undefined) return `“${trigger.event}” happened last at ${iso(latest.occurredAt)}, but ${conditionInWords(failed)}`;
  return `“${trigger.event}” happened at ${iso(latest.occurredAt)} and arrived at ${iso(latest.receivedAt)}, which was too late to start a journey.`;
}

/** null: the property passes. Told by core itself, so that it cannot say anything else than core decided. */
function mismatch(workspace: WorkspaceDefinition, contact: ContactState, event: TrackedEvent, { path, test }: PropertyTest): JsonObject | null {
  const enrollment: Enrollment = {
    id: '' as EnrollmentId, journey: '', version: 0, key: null, enteredAt: event.receivedAt, data: event.properties, step: '', since: event.receivedAt, wakeAt: Infinity, sends: 0,
  };
  const failure = firstFailure({ kind: 'trigger', path, test }, { contact, now: event.receivedAt, workspace, enrollment });
  return failure.holds === true ? null : failure;
}

function whyNotInSegment(program: Program, trigger: SegmentTrigger, contact: ContactState, key: string, now: number): string {
  const { segment, change } = trigger;
  const position = program.segmentPositions.get(segment);
  const compiled = position === undefined ? undefined : program.segments[position];
  if (compiled === undefined) return `${key} begins with the segment ${segment}, which does not exist.`;
  const since = contact.segments[segment];
  if (change === 'leaves') return since === undefined ? `It was never in the segment ${segment}, so it never left it.` : `It is in the segment ${segment} since ${iso(since)} and has not left it.`;
  if (since !== undefined) return `It was in the segment ${segment} already when ${key} was published, and those inside were not to enter.`;
  return `It never entered the segment ${segment}, with which ${key} begins: ${conditionInWords(firstFailure(compiled.predicate, { contact, now, workspace: program.workspace, enrollment: null }))}`;
}

