import { advance, timeOf, type ContactId, type Input, type LogRecord, type Occupant, type Program } from '@samovar/core';
import { decodeOccupant, encodeOccupant } from '@samovar/store';

/** Rows of contacts without a database: kept as objects, or as the text that the store keeps. */
export class Rows {
  readonly #program: Program;
  readonly #keep: 'objects' | 'text';
  readonly #rows = new Map<ContactId, Occupant | string>();
  readonly #history = new Map<ContactId, { seq: number; record: LogRecord }[]>();
  readonly #posts: { to: ContactId; input: Input }[] = [];
  #seq = 0;

  constructor(program: Program, keep: 'objects' | 'text') {
    this.#program = program;
    this.#keep = keep;
  }

  /** Decides one event and all that it sets off in other rows. */
  take(id: ContactId, record: LogRecord): void {
    this.#seq += 1;
    const log = this.#history.get(id);
    if (log === undefined) this.#history.set(id, [{ seq: this.#seq, record }]);
    else log.push({ seq: this.#seq, record });
    this.#step(id, { kind: 'record', from: id, seq: this.#seq, record });
    for (let post = this.#posts.shift(); post !== undefined; post = this.#posts.shift()) this.#step(post.to, post.input);
  }

  /** Rows per second that can be read and written again, without any deciding. */
  bareRate(count: number): number {
    const rows = [...this.#rows.entries()];
    const started = process.cpuUsage();
    let length = 0;
    for (let index = 0; index < count; index += 1) {
      const [id, row] = rows[(index * 7919) % rows.length] ?? [];
      if (id !== undefined && typeof row === 'string') length += encodeOccupant(read(id, row)).length;
    }
    return length === 0 ? 0 : count / secondsSince(started);
  }

  /** How long the text of a row is on average. */
  meanLength(): number {
    const texts = [...this.#rows.values()].filter((row) => typeof row === 'string');
    return texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  }

  #step(id: ContactId, input: Input): void {
    const row = this.#rows.get(id);
    const occupant = row === undefined ? null : typeof row === 'string' ? read(id, row) : row;
    const request = { id, occupant, inputs: [input], until: timeOf(input), program: this.#program };
    let result = advance({ ...request, history: null });
    if (result.kind === 'needs-history') result = advance({ ...request, history: this.#historyOf(id, occupant, input) });
    if (result.kind === 'needs-history') throw new Error('history was asked for twice');
    if (result.occupant !== null) this.#rows.set(id, this.#keep === 'text' ? encodeOccupant(result.occupant) : result.occupant);
    for (const effect of result.effects) if (effect.kind === 'post') this.#posts.push(this.#keep === 'text' ? effect : structuredClone(effect));
  }

  #historyOf(id: ContactId, occupant: Occupant | null, input: Input): LogRecord[] {
    const ids = new Set([id, ...(occupant?.kind === 'contact' ? Object.keys(occupant.state.absorbed) : []), ...(input.kind === 'absorb' ? [input.state.id, ...Object.keys(input.state.absorbed)] : [])]);
    return [...ids].flatMap((source) => this.#history.get(source as ContactId) ?? []).sort((a, b) => a.seq - b.seq).map(({ record }) => record);
  }
}

/** Seconds of processor time that this process spent since. */
export function secondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000_000;
}

function read(id: ContactId, state: string): Occupant {
  return decodeOccupant({ contact_id: id, workspace_id: 1, state });
}
