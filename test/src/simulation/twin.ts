import { HOUR_MS, advance, historySources, timeOf, type ContactId, type ContactState, type DecidedMessage, type Decision, type Effect, type Input, type LogRecord, type Logged, type Millis, type Occupant, type Program } from '@samovar/core';


interface Row {
  occupant: Occupant | null;
  nextDueAt: Millis;
  log: { seq: number; record: LogRecord }[];
}

/**
 * The same workspace decided a second time, in memory, from the log alone: one thing after the other, with no database,
 * no shards and no faults. What the real system wrote has to be what follows from here.
 */
export class Twin {
  readonly messages = new Map<string, DecidedMessage & { contactId: ContactId }>();
  readonly decisions: (Decision & { contactId: ContactId })[] = [];
  /** By thing, metric and hour. */
  readonly counters = new Map<string, number>();
  /** Contacts to which other contacts said something that concerns more than an address nobody had yet. */
  readonly joined = new Set<ContactId>();
  readonly #rows = new Map<ContactId, Row>();
  readonly #posts: { to: ContactId; input: Input }[] = [];
  #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  feed({ contactId, seq, record }: Logged): void {
    const row = this.#row(contactId);
    this.#passTime(contactId, row, record.receivedAt - 1);
    row.log.push({ seq, record });
    this.#apply(contactId, row, [{ kind: 'record', from: contactId, seq, record }], record.receivedAt - 1);
    this.#deliver();
  }

  /** Everybody acts whose time has come; no contact's timers concern another contact. */
  runTo(until: Millis): void {
    for (const [id, row] of this.#rows) this.#passTime(id, row, until);
    this.#deliver();
  }

  /** From now on other definitions hold. */
  publish(program: Program, at: Millis, sweep: boolean): void {
    this.runTo(at);
    this.#program = program;
    if (!sweep) return;
    for (const [id, row] of [...this.#rows]) if (row.occupant?.kind === 'contact') this.#apply(id, row, [{ kind: 'refresh', at }], at);
    this.#deliver();
  }

  contacts(): ContactState[] {
    return [...this.#rows.values()].flatMap(({ occupant }) => (occupant?.kind === 'contact' ? [occupant.state] : []));
  }

  ids(): ContactId[] {
    return [...this.#rows.keys()];
  }

  /** Where an id leads. */
  behind(id: ContactId): ContactId {
    const occupant = this.#rows.get(id)?.occupant;
    return occupant?.kind === 'redirect' ? this.behind(occupant.redirect.to) : id;
  }

  redirects(): Map<ContactId, ContactId> {
    return new Map([...this.#rows].flatMap(([id, { occupant }]) => (occupant?.kind === 'redirect' ? [[id, occupant.redirect.to] as const] : [])));
  }

  #row(id: ContactId): Row {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row: Row = { occupant: null, nextDueAt: Infinity, log: [] };
    this.#rows.set(id, row);
    return row;
  }

  #passTime(id: ContactId, row: Row, until: Millis): void {
    while (row.nextDueAt <= until) this.#apply(id, row, [], row.nextDueAt);
  }

  #apply(id: ContactId, row: Row, inputs: readonly Input[], until: Millis, history: LogRecord[] | null = null): void {
    const result = advance({ id, occupant: row.occupant, inputs, until, program: this.#program, history });
    if (result.kind === 'needs-history') {
      row.occupant = result.occupant;
      for (const effect of result.effects) this.#note(id, effect);
      this.#apply(id, row, result.rest, until, this.#history(id, row, result.rest));
      return;
    }
    row.occupant = result.occupant;
    row.nextDueAt = result.nextDueAt;
    for (const effect of result.effects) this.#note(id, effect);
  }

  #note(contactId: ContactId, effect: Effect): void {
    if (effect.kind === 'post') this.#posts.push({ to: effect.to, input: structuredClone(effect.input) });
    else if (effect.kind === 'decision') this.decisions.push({ ...effect.decision, contactId });
    else if (effect.kind === 'message') this.messages.set(effect.message.id, { ...effect.message, contactId });
    else if (effect.kind === 'count') {
      const name = `${effect.thing} ${effect.metric} ${Math.floor(effect.at / HOUR_MS)}`;
      this.counters.set(name, (this.counters.get(name) ?? 0) + effect.value);
    }
  }

  #history(id: ContactId, row: Row, inputs: readonly Input[]): LogRecord[] {
    return [...historySources(id, row.occupant, inputs[0])]
      .flatMap(([source, limit]) => this.#row(source).log.filter(({ seq }) => seq <= limit))
      .sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq)
      .map(({ record }) => record);
  }

  #deliver(): void {
    for (let next = this.#posts.shift(); next !== undefined; next = this.#posts.shift()) {
      const { to, input } = next;
      const at = timeOf(input);
      const row = this.#row(to);
      if (input.kind !== 'claim' || row.occupant?.kind === 'contact') this.joined.add(to);
      this.#passTime(to, row, at - 1);
      this.#apply(to, row, [input], at - 1);
    }
  }
}

