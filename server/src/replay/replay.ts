import { contactIdOf, World } from '@samovar/core';
import type { ContactId, Definition, Identifier, JsonObject, Millis, TrackedEvent, Witnessed } from '@samovar/core';
import { programOf } from '../scenario/run-scenario-file.ts';
import { inOrder, sorted, TooFarOutOfOrder } from './in-order.ts';
import type { BadEvent, EventFile, RecordedEvent } from './recorded-event.ts';
import { ReplayOutput } from './replay-output.ts';
import { ReplayTally } from './replay-report.ts';
import type { ReplayReport } from './replay-report.ts';

export interface ReplayOptions {
  events: EventFile;
  definitions: readonly Definition[];
  /** Time runs on to here after the last event; later events are left out. null: it ends with the last event. */
  until: Millis | null;
  /** Where decisions.ndjson, messages.ndjson and report.json are written; null: nowhere. */
  out: string | null;
  /** Contacts without an address get one that leads nowhere, as recorded events often lack it. */
  assumeAddress: boolean;
  /** Contacts of whom no consent is recorded are taken to have given it. */
  assumeConsent: boolean;
}

export interface ReplayResult {
  report: ReplayReport;
  /** Over all that the replay wrote, or would have written. */
  sha256: string;
}

/** Bad lines listed in the report; the others are only counted. */
const LISTED_BAD_LIMIT = 100;

/**
 * Runs definitions over recorded events in virtual time, through the same decisions as production, without sending.
 * The same input gives the same output, byte for byte.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  try {
    return await replayOnce(options, inOrder);
  } catch (error) {
    if (!(error instanceof TooFarOutOfOrder)) throw error;
    return replayOnce(options, sorted);
  }
}

async function replayOnce(options: ReplayOptions, order: typeof inOrder): Promise<ReplayResult> {
  const output = await ReplayOutput.open(options.out);
  try {
    const run = new ReplayRun(options, output);
    const rejected: BadEvent[] = [];
    let rejectedCount = 0;
    const batches = order(options.events.read((bad) => {
      rejectedCount += 1;
      if (rejected.length < LISTED_BAD_LIMIT) rejected.push({ line: bad.line, code: bad.code, message: bad.message });
    }));
    for await (const batch of batches) {
      for (const recorded of batch) run.feed(recorded);
      await output.drain();
    }
    run.finish();
    const report = run.report({ rejected, rejectedCount });
    return { report, sha256: await output.end(report) };
  } catch (error) {
    await output.abandon();
    throw error;
  }
}

class ReplayRun {
  readonly #options: ReplayOptions;
  readonly #output: ReplayOutput;
  readonly #world: World;
  readonly #tally: ReplayTally;
  readonly #workspaceId: number;
  /** Identifier → contact id, which is costly to derive for every event. */
  readonly #ids = new Map<string, ContactId>();
  /** Contact id → the identifier it comes from, to show to people. */
  readonly #names = new Map<ContactId, string>();
  #read = 0;
  #replayed = 0;
  #firstAt: Millis | null = null;
  #lastAt: Millis | null = null;

  constructor(options: ReplayOptions, output: ReplayOutput) {
    const program = programOf(options.definitions);
    this.#options = options;
    this.#output = output;
    this.#tally = new ReplayTally(program);
    this.#workspaceId = program.workspaceId;
    this.#world = new World(program, (witnessed) => this.#witness(witnessed));
  }

  feed({ at, event }: RecordedEvent): void {
    this.#read += 1;
    const { until } = this.#options;
    if (until !== null && at > until) return;
    const [first] = event.identifiers;
    if (first === undefined) throw new Error('a recorded event without identifiers');
    this.#world.runBefore(at);
    this.#world.feedTo(this.#idOf(first, at), event);
    this.#replayed += 1;
    if (event.historical) return;
    this.#firstAt ??= at;
    this.#lastAt = at;
  }

  finish(): void {
    const until = this.#options.until ?? this.#lastAt;
    if (until !== null) this.#world.runTo(until);
  }

  report({ rejected, rejectedCount }: { rejected: BadEvent[]; rejectedCount: number }): ReplayReport {
    const journeys = this.#options.definitions.flatMap((definition) => (definition.kind === 'journey' ? [definition] : []));
    return {
      events: {
        read: this.#read, rejected: rejectedCount, replayed: this.#replayed,
        firstAt: isoOf(this.#firstAt), lastAt: isoOf(this.#lastAt), until: isoOf(this.#options.until ?? this.#lastAt),
      },
      contacts: this.#world.contactCount(),
      ...this.#tally.report(journeys),
      rejected,
    };
  }

  #idOf(identifier: Identifier, at: Millis): ContactId {
    const name = `${identifier.kind}/${identifier.value}`;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = contactIdOf(this.#workspaceId, identifier);
    this.#ids.set(name, id);
    this.#names.set(id, name);
    this.#introduce(id, identifier, at);
    return id;
  }

  /** What is assumed of a contact is as old as time, so that everything recorded overrides it. */
  #introduce(id: ContactId, identifier: Identifier, at: Millis): void {
    const { assumeAddress, assumeConsent } = this.#options;
    if (!assumeAddress && !assumeConsent) return;
    const traits: JsonObject = {};
    if (assumeAddress) traits.email = identifier.kind === 'email' ? identifier.value : `${id}@replay.invalid`;
    if (assumeConsent) traits.consent = { email: true, source: 'assumed by a replay' };
    const event: TrackedEvent = {
      kind: 'event', type: 'identify', name: 'Identify', messageId: `assumed ${id}`, receivedAt: at, occurredAt: 0, identifiers: [identifier],
      properties: {}, traits, context: {}, trusted: true, historical: true,
    };
    this.#world.feedTo(id, event);
  }

  #witness({ contactId, effect }: Witnessed): void {
    this.#tally.add(contactId, effect);
    if (effect.kind === 'decision') {
      const { at, code, journey, step, enrollmentId, detail } = effect.decision;
      this.#output.decision({ at: isoOf(at), contact: this.#nameOf(contactId), code, journey, step, enrollment: enrollmentId, detail });
    } else if (effect.kind === 'message') {
      const { decidedAt, id, journey, step, template, class: messageClass, address } = effect.message;
      this.#output.message({ at: isoOf(decidedAt), contact: this.#nameOf(contactId), journey, step, template, class: messageClass, address, id });
    }
  }

  #nameOf(id: ContactId): string {
    return this.#names.get(id) ?? id;
  }
}

function isoOf(at: Millis): string;
function isoOf(at: Millis | null): string | null;
function isoOf(at: Millis | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
