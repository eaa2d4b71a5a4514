import { advance, compileProgram, timeOf, type ContactId, type Input, type LogRecord, type Occupant, type Program } from '@samovar/core';
import { parseDirectory } from '@samovar/contract';
import { decodeOccupant, encodeOccupant } from '@samovar/store';
import { resultOf, type Bench, type BenchResult } from './result.ts';
import { shopDefinitions } from './shop/definitions.ts';
import { Shop } from './shop/events.ts';

const START = Date.UTC(2026, 0, 5, 10);
/** Events come so far apart, so that windows close and waits end among them. */
const EVENT_EVERY_MS = 250;
const VISITORS = 20_000;

/** What deciding costs by itself: no database, one thread, the state of a contact read and written again for each event. */
export const run: Bench = async ({ quick, note }) => {
  const events = quick ? 30_000 : 200_000;
  const results: BenchResult[] = [];
  for (const { id, segments, journeys, atLeast } of [{ id: 'core', segments: 50, journeys: 20, atLeast: 100_000 }, { id: 'core many', segments: 1_000, journeys: 500, atLeast: 50_000 }]) {
    note(`deciding among ${segments} segments and ${journeys} journeys …`);
    const rows = new Rows(programOf(segments, journeys));
    const shop = new Shop({ workspaceId: 1, visitors: VISITORS });
    feed(rows, shop, START, events);
    const value = feed(rows, shop, START + events * EVENT_EVERY_MS, events);
    results.push(resultOf({ id, what: `decided without storing: ${segments} segments, ${journeys} journeys`, value, unit: 'events/s', limit: rows.bareRate(events) }, { atLeast }));
  }
  return results;
};

function programOf(segments: number, journeys: number): Program {
  const { definitions, problems } = parseDirectory(shopDefinitions(segments, journeys));
  if (problems.length > 0) throw new Error(`the definitions of the bench are refused: ${problems[0]?.message}`);
  return compileProgram({ workspaceId: 1, version: 1, live: definitions.map(({ definition }) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, leafSince: {} });
}

/** Answers with events per second. Making the events is not measured. */
function feed(rows: Rows, shop: Shop, from: number, count: number): number {
  const records = Array.from({ length: count }, (_, index) => shop.events(1, from + index * EVENT_EVERY_MS)).flat();
  const started = performance.now();
  for (const { contactId, record } of records) rows.take(contactId, record as LogRecord);
  return count / ((performance.now() - started) / 1_000);
}

function read(state: string, id = '' as ContactId): Occupant {
  return decodeOccupant({ contact_id: id, workspace_id: 1, state });
}

/** Rows of contacts as the store keeps them. */
class Rows {
  readonly #program: Program;
  readonly #rows = new Map<ContactId, string>();
  readonly #history = new Map<ContactId, { seq: number; record: LogRecord }[]>();
  readonly #posts: { to: ContactId; input: Input }[] = [];
  #seq = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  take(id: ContactId, record: LogRecord): void {
    this.#seq += 1;
    const log = this.#history.get(id);
    if (log === undefined) this.#history.set(id, [{ seq: this.#seq, record }]);
    else log.push({ seq: this.#seq, record });
    this.#step(id, { kind: 'record', from: id, seq: this.#seq, record });
    for (let post = this.#posts.pop(); post !== undefined; post = this.#posts.pop()) this.#step(post.to, post.input);
  }

  /** Rows per second that can be read and written again by themselves. */
  bareRate(count: number): number {
    const rows = [...this.#rows.values()];
    const started = performance.now();
    let bytes = 0;
    for (let index = 0; index < count; index += 1) bytes += encodeOccupant(read(rows[(index * 7919) % rows.length] ?? '{}')).length;
    return bytes === 0 ? 0 : count / ((performance.now() - started) / 1_000);
  }

  #step(id: ContactId, input: Input): void {
    const text = this.#rows.get(id);
    const occupant = text === undefined ? null : read(text, id);
    const request = { id, occupant, inputs: [input], until: timeOf(input), program: this.#program };
    let result = advance({ ...request, history: null });
    if (result.kind === 'needs-history') result = advance({ ...request, history: this.#historyOf(id, occupant, input) });
    if (result.kind === 'needs-history') throw new Error('history was asked for twice');
    if (result.occupant !== null) this.#rows.set(id, encodeOccupant(result.occupant));
    for (const effect of result.effects) if (effect.kind === 'post') this.#posts.push(effect);
  }

  #historyOf(id: ContactId, occupant: Occupant | null, input: Input): LogRecord[] {
    const ids = new Set([id, ...(occupant?.kind === 'contact' ? Object.keys(occupant.state.absorbed) : []), ...(input.kind === 'absorb' ? [input.state.id, ...Object.keys(input.state.absorbed)] : [])]);
    return [...ids].flatMap((source) => this.#history.get(source as ContactId) ?? []).sort((a, b) => a.seq - b.seq).map(({ record }) => record);
  }
}

