import { advance } from '../advance/advance.ts';
import type { Effect } from '../advance/effects.ts';
import { historySources } from '../advance/history-needed.ts';
import { timeOf, type Input, type Occupant } from '../advance/inputs.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import { contactIdOf, type ContactId, type Identifier } from '../identity/ids.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';

export interface Row {
  id: ContactId;
  occupant: Occupant | null;
  nextDueAt: Millis;
}

interface Logged {
  id: ContactId;
  seq: number;
  record: LogRecord;
}

/**
 * Rows as production has them, for tests: posts wait until they are delivered, in order for each pair of sender and
 * receiver and in any order between pairs; state is written and read as JSON around every step; programs may change.
 */
export class DelayedWorld {
  program: Program;
  readonly rows = new Map<ContactId, Row>();
  readonly effects: { id: ContactId; effect: Effect }[] = [];
  historyReads = 0;
  /** How often a row kept something because its contact was about to live again. */
  heldCount = 0;
  readonly #log: Logged[] = [];
  /** Records that their own row has taken in. */
  readonly #consumed = new Set<number>();
  readonly #forgotten = new Set<number>();
  /** One queue for each pair of rows. */
  readonly #posts = new Map<string, { to: ContactId; input: Input }[]>();

  constructor(program: Program) {
    this.program = program;
  }

  /** Puts a record into the log and answers with the input that it becomes for its row. */
  log(identifier: Identifier, record: LogRecord): { id: ContactId; input: Input } {
    const id = contactIdOf(this.program.workspaceId, identifier);
    const seq = this.#log.length + 1;
    this.#log.push({ id, seq, record });
    return { id, input: { kind: 'record', from: id, seq, record } };
  }

  feed(identifier: Identifier, record: LogRecord): void {
    const { id, input } = this.log(identifier, record);
    this.step(id, [input], record.receivedAt - 1);
  }

  /** All that was logged, with the row under which it was. */
  logged(): readonly Logged[] {
    return this.#log;
  }

  /** Gives inputs to a row, as many at once as they are, and lets its time pass up to `until`. */
  step(id: ContactId, inputs: readonly Input[], until: Millis): void {
    const row = this.row(id);
    for (const input of inputs) if (input.kind === 'record' && input.from === id) this.#consumed.add(input.seq);
    let rest = inputs;
    let history: LogRecord[] | null = null;
    const aliases = [...this.rows.values()].flatMap(({ id: alias, occupant }) => (occupant?.kind === 'redirect' && occupant.redirect.to === id ? [alias] : []));
    for (;;) {
      const result = advance({ id, occupant: copy(row.occupant), inputs: copy(rest), until, program: this.program, history, aliases });
      if (result.kind === 'advanced') {
        this.#keep(row, result);
        return;
      }
      this.#keep(row, { ...result, nextDueAt: row.nextDueAt });
      rest = result.rest;
      history = this.#history(row, rest[0]);
      this.historyReads += 1;
    }
  }

  /** Lets everything that is due by then happen, row by row, each at its time. Posts are not delivered. */
  runTo(until: Millis): void {
    for (;;) {
      const [next] = [...this.rows.values()].filter((row) => row.nextDueAt <= until).toSorted((a, b) => a.nextDueAt - b.nextDueAt);
      if (next === undefined) return;
      this.step(next.id, [], next.nextDueAt);
    }
  }

  /** Pairs of rows between which something is under way. */
  waiting(): string[] {
    return [...this.#posts.keys()];
  }

  /** Delivers what was first posted between one pair. */
  deliver(pair: string): void {
    const queue = this.#posts.get(pair) ?? [];
    const post = queue.shift();
    if (queue.length === 0) this.#posts.delete(pair);
    if (post !== undefined) this.step(post.to, [post.input], timeOf(post.input) - 1);
  }

  deliverAll(): void {
    for (let [pair] = this.#posts.keys(); pair !== undefined; [pair] = this.#posts.keys()) this.deliver(pair);
  }

  row(id: ContactId): Row {
    const known = this.rows.get(id);
    if (known !== undefined) return known;
    const row: Row = { id, occupant: null, nextDueAt: Infinity };
    this.rows.set(id, row);
    return row;
  }

  /** The contact behind an identifier; null: never seen, or on its way. */
  contact(identifier: Identifier): ContactState | null {
    let row = this.rows.get(contactIdOf(this.program.workspaceId, identifier));
    for (let hops = 0; row?.occupant?.kind === 'redirect'; hops += 1) {
      if (hops > this.rows.size) throw new Error('redirects lead in a circle');
      row = this.rows.get(row.occupant.redirect.to);
    }
    return row?.occupant?.kind === 'contact' ? row.occupant.state : null;
  }

  contacts(): ContactState[] {
    return [...this.rows.values()].flatMap(({ occupant }) => (occupant?.kind === 'contact' ? [occupant.state] : []));
  }

  #keep(row: Row, result: { occupant: Occupant | null; effects: Effect[]; nextDueAt: Millis }): void {
    row.occupant = copy(result.occupant);
    if (row.occupant?.kind === 'redirect' && (row.occupant.redirect.held?.length ?? 0) > 0) this.heldCount += 1;
    row.nextDueAt = result.nextDueAt;
    for (const effect of result.effects) {
      this.effects.push({ id: row.id, effect: copy(effect) });
      if (effect.kind === 'erase' && effect.wipe) this.#forget(({ id, record }) => id === row.id && timeOfLogged(record) <= effect.at);
      if (effect.kind === 'blank') this.#forget(({ seq }) => seq === effect.seq);
      if (effect.kind !== 'post') continue;
      const pair = `${row.id} ${effect.to}`;
      this.#posts.set(pair, [...(this.#posts.get(pair) ?? []), { to: effect.to, input: copy(effect.input) }]);
    }
  }

  /** The log, less what erasures have blanked. */
  known(): Logged[] {
    return this.#log.filter(({ seq }) => !this.#forgotten.has(seq));
  }

  #forget(matches: (logged: Logged) => boolean): void {
    for (const logged of this.#log) if (this.#consumed.has(logged.seq) && matches(logged)) this.#forgotten.add(logged.seq);
  }

  #history(row: Row, next: Input | undefined): LogRecord[] {
    const upTo = historySources(row.id, row.occupant, next);
    return this.#log.filter(({ id, seq }) => seq <= (upTo.get(id) ?? 0) && !this.#forgotten.has(seq)).map(({ record }) => record);
  }
}

function timeOfLogged(record: LogRecord): Millis {
  return record.kind === 'event' ? record.occurredAt : -Infinity;
}

/** What is left after being written and read as JSON, which must be everything. */
function copy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
