import { advance } from '../advance/advance.ts';
import { historySources } from '../advance/history-needed.ts';
import type { DecidedMessage, Effect } from '../advance/effects.ts';
import type { Input, Occupant } from '../advance/inputs.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import { contactIdOf, type ContactId, type Identifier } from '../identity/ids.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { DueHeap } from './due-heap.ts';
import { rememberedPart, rememberedProperties, type RememberedProperties } from './remembered-part.ts';

/** An effect with the contact whose row it came from. */
export interface Witnessed {
  contactId: ContactId;
  effect: Effect;
}

interface Row {
  occupant: Occupant | null;
  nextDueAt: Millis;
  log: { seq: number; record: LogRecord }[];
}

/**
 * A whole workspace in memory, on a clock that only its input turns: the same `advance` as in production, with messages
 * counted as sent the instant they are decided.
 */
export class World {
  readonly #program: Program;
  readonly #witness: (witnessed: Witnessed) => void;
  readonly #keepHistory: boolean;
  readonly #remembered: RememberedProperties;
  readonly #rows = new Map<ContactId, Row>();
  readonly #due = new DueHeap<ContactId>();
  readonly #posts: { to: ContactId; input: Input }[] = [];
  #seq = 0;

  /**
   * @param witness called with every effect, in order
   * @param keepHistory needed only where contacts may merge
   */
  constructor(program: Program, witness: (witnessed: Witnessed) => void, { keepHistory = true }: { keepHistory?: boolean } = {}) {
    this.#program = program;
    this.#witness = witness;
    this.#keepHistory = keepHistory;
    this.#remembered = rememberedProperties(program);
  }

  /** Lets a record arrive, at its `receivedAt`. Records must come in order of arrival. */
  feed(identifier: Identifier, record: LogRecord): void {
    this.feedTo(contactIdOf(this.#program.workspaceId, identifier), record);
  }

  /** Erases the contact behind an identifier, and all that was part of it. */
  erase(identifier: Identifier, at: Millis, erasure: string): void {
    const id = contactIdOf(this.#program.workspaceId, identifier);
    this.#posts.push({ to: id, input: { kind: 'erase', at, seq: null, erasure, owners: null, ownerKind: null } });
    this.#deliver();
  }

  feedTo(id: ContactId, record: LogRecord): void {
    this.#seq += 1;
    const row = this.#row(id);
    this.#log(row, record);
    this.#passTime(id, row, record.receivedAt, false);
    this.#apply(id, row, [{ kind: 'record', from: id, seq: this.#seq, record }], record.receivedAt - 1);
    this.#deliver();
  }

  /** Lets time pass for everybody, up to and including `until`: what is due acts in order of time. */
  runTo(until: Millis): void {
    for (let next = this.#due.takeUntil(until); next !== null; next = this.#due.takeUntil(until)) {
      const row = this.#row(next.item);
      // A later entry tells when a row is really due; this one may have been overtaken.
      if (row.nextDueAt === next.at) this.#apply(next.item, row, [], next.at);
      this.#deliver();
    }
  }

  /** Lets time pass up to, but not including, `at`: what arrives at `at` comes before what falls due then. */
  runBefore(at: Millis): void {
    this.runTo(at - 1);
  }

  /** The contact behind an identifier as of its last input, redirects followed; null: never seen. */
  contact(identifier: Identifier): ContactState | null {
    let row = this.#rows.get(contactIdOf(this.#program.workspaceId, identifier));
    while (row?.occupant?.kind === 'redirect') row = this.#rows.get(row.occupant.redirect.to);
    return row?.occupant?.kind === 'contact' ? row.occupant.state : null;
  }

  contacts(): ContactState[] {
    return [...this.#rows.values()].flatMap(({ occupant }) => (occupant?.kind === 'contact' ? [occupant.state] : []));
  }

  contactCount(): number {
    let count = 0;
    for (const { occupant } of this.#rows.values()) if (occupant?.kind === 'contact') count += 1;
    return count;
  }

  #row(id: ContactId): Row {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row: Row = { occupant: null, nextDueAt: Infinity, log: [] };
    this.#rows.set(id, row);
    return row;
  }

  #passTime(id: ContactId, row: Row, limit: Millis, inclusive: boolean): void {
    while (row.nextDueAt < limit || (inclusive && row.nextDueAt === limit)) this.#apply(id, row, [], row.nextDueAt);
  }

  #apply(id: ContactId, row: Row, inputs: readonly Input[], until: Millis, history: LogRecord[] | null = null): void {
    const result = advance({ id, occupant: row.occupant, inputs, until, program: this.#program, history, aliases: this.#aliases(id, inputs) });
    if (result.kind === 'needs-history') {
      row.occupant = result.occupant;
      this.#note(id, row, result.effects);
      this.#apply(id, row, result.rest, until, this.#history(id, row, result.rest));
      return;
    }
    row.occupant = result.occupant;
    if (result.nextDueAt !== row.nextDueAt || inputs.length === 0) {
      row.nextDueAt = result.nextDueAt;
      if (row.nextDueAt !== Infinity) this.#due.add(row.nextDueAt, id);
    }
    this.#note(id, row, result.effects);
  }

  #note(id: ContactId, row: Row, effects: readonly Effect[]): void {
    const messages: DecidedMessage[] = [];
    for (const effect of effects) {
      this.#witness({ contactId: id, effect });
      if (effect.kind === 'message') messages.push(effect.message);
      if (effect.kind === 'erase' && effect.wipe) row.log.length = 0;
      if (effect.kind === 'blank') row.log = row.log.filter(({ seq }) => seq !== effect.seq);
      if (effect.kind === 'post') this.#posts.push({ to: effect.to, input: structuredClone(effect.input) });
    }
    for (const message of messages) this.#sent(id, row, message);
  }

  #sent(id: ContactId, row: Row, message: DecidedMessage): void {
    const { journey, step, template, topic, decidedAt } = message;
    const record: LogRecord = {
      kind: 'outcome', receivedAt: decidedAt, messageId: message.id, outcome: 'sent', machine: false, detail: null, about: { journey, step, template, topic, decidedAt },
    };
    this.#seq += 1;
    this.#log(row, record);
    this.#apply(id, row, [{ kind: 'record', from: id, seq: this.#seq, record }], message.decidedAt - 1);
  }

  #log(row: Row, record: LogRecord): void {
    const kept = this.#keepHistory ? rememberedPart(record, this.#remembered) : null;
    if (kept !== null) row.log.push({ seq: this.#seq, record: kept });
  }

  #aliases(id: ContactId, inputs: readonly Input[]): ContactId[] {
    if (!inputs.some((input) => input.kind === 'erase')) return [];
    return [...this.#rows].flatMap(([alias, { occupant }]) => (occupant?.kind === 'redirect' && occupant.redirect.to === id ? [alias] : []));
  }

  #history(id: ContactId, row: Row, inputs: readonly Input[]): LogRecord[] {
    return [...historySources(id, row.occupant, inputs[0])]
      .flatMap(([source, upTo]) => (this.#rows.get(source)?.log ?? []).filter(({ seq }) => seq <= upTo))
      .sort((a, b) => a.seq - b.seq)
      .map(({ record }) => record);
  }

  #deliver(): void {
    for (let next = this.#posts.shift(); next !== undefined; next = this.#posts.shift()) {
      const { to, input } = next;
      const at = input.kind === 'record' ? input.record.receivedAt : input.at;
      const row = this.#row(to);
      this.#passTime(to, row, at, false);
      this.#apply(to, row, [input], at - 1);
    }
  }
}
