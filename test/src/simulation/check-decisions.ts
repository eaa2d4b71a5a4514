import { type ContactId, type ContactState, type Logged } from '@samovar/core';
import type { Faults } from './faults.ts';
import type { Remains } from './remains.ts';
import type { Published, Simulation } from './simulation.ts';
import { Twin } from './twin.ts';

/**
 * Who has to be decided exactly as the twin decides. When everybody keeps up, all do. When workers lag, a contact that
 * is joined with another meets it at another moment than the twin does, between other things that happen to it; and what
 * a slow sender noted while time went on may be met before or after what fell due then. Of those the outcome is compared.
 */
export class Judges {
  readonly twin: Twin;
  readonly #loose: ReadonlySet<ContactId>;

  constructor(twin: Twin, loose: ReadonlySet<ContactId>) {
    this.twin = twin;
    this.#loose = loose;
  }

  static async of(simulation: Simulation, remains: Remains): Promise<Judges> {
    const twin = await replay(simulation, remains.log);
    const loose = new Set<ContactId>();
    const isLoose = (id: ContactId): boolean => simulation.pace === 'lagging' && twin.joined.has(id);
    const late = new Set([...simulation.stragglers].map((id) => twin.behind(id)));
    for (const id of twin.ids()) if (isLoose(id) || late.has(twin.behind(id))) loose.add(twin.behind(id));
    return new Judges(twin, loose);
  }

  isExact(id: ContactId): boolean {
    return !this.#loose.has(this.twin.behind(id));
  }

  get allExact(): boolean {
    return this.#loose.size === 0;
  }
}

async function replay({ stage, programs, published, workspaceId, endedAt }: Simulation, log: readonly Logged[]): Promise<Twin> {
  const twin = new Twin(await programs.get(stage.db, workspaceId, 0));
  const publish = async ({ at, version, sweep }: Published): Promise<void> => twin.publish(await programs.get(stage.db, workspaceId, version), at, sweep);
  const waiting = [...published];
  for (const logged of log) {
    for (let next = waiting[0]; next !== undefined && next.at < logged.record.receivedAt; next = waiting[0]) {
      await publish(next);
      waiting.shift();
    }
    twin.feed(logged);
  }
  for (const next of waiting) await publish(next);
  twin.runTo(endedAt);
  return twin;
}

export function checkDecisions(remains: Remains, judges: Judges, faults: Faults): void {
  const { twin } = judges;
  const exact = ({ contact_id: id }: { contact_id: ContactId }): boolean => judges.isExact(id);
  const decisions = twin.decisions.filter(({ contactId }) => judges.isExact(contactId)).map(({ contactId, n, at, code, journey, version, enrollmentId, step, detail }) =>
    [contactId, n, at, code, journey, version, enrollmentId, step, detail]);
  same(faults, 'decision', remains.decisions.filter(exact).map((row) =>
    [row.contact_id, row.n, row.at_ms, row.code, row.journey, row.version, row.enrollment_id, row.step, JSON.parse(row.detail)]), decisions);
  const messages = [...twin.messages.values()].filter(({ contactId }) => judges.isExact(contactId));
  same(faults, 'message',
    remains.messages.filter(exact).map((row) => [row.message_id, row.contact_id, row.journey, row.step, row.template, row.template_version, row.address, row.decided_at_ms, row.expires_at_ms]),
    messages.map((one) => [one.id, one.contactId, one.journey, one.step, one.template, one.templateVersion, one.address, one.decidedAt, one.expiresAt]));
  for (const state of twin.contacts()) {
    const found = remains.states.find(({ id }) => id === state.id);
    if (judges.isExact(state.id)) faults.same(`contact ${nameOf(state)}`, found === undefined ? null : whole(found), whole(state));
    else faults.same(`outcome of contact ${nameOf(state)}`, found === undefined ? null : outcomeOf(found), outcomeOf(state));
  }
  faults.same('contacts', remains.states.map(({ id }) => id).sort(), twin.contacts().map(({ id }) => id).sort());
  for (const id of twin.ids()) faults.same(`where ${id} leads`, behind(remains, id), twin.behind(id));
  if (judges.allExact) {
    const nonZero = (counters: Map<string, number>): [string, number][] => [...counters].filter(([, value]) => value !== 0);
    same(faults, 'counter', nonZero(remains.counters), nonZero(twin.counters));
  }
}

/** Compares two lists as sets, and says what only one of them has. */
function same(faults: Faults, name: string, found: unknown[], wanted: unknown[]): void {
  const [a, b] = [found.map((one) => JSON.stringify(one)), wanted.map((one) => JSON.stringify(one))];
  const [inA, inB] = [new Set(a), new Set(b)];
  faults.same(`${name}s written twice`, a.length - inA.size, 0);
  for (const one of b) if (!inA.has(one)) faults.found.push(`${name} that is missing: ${one}`);
  for (const one of a) if (!inB.has(one)) faults.found.push(`${name} that should not be: ${one}`);
}

function behind({ redirects }: Remains, id: ContactId): ContactId {
  const to = redirects.get(id);
  return to === undefined ? id : behind({ redirects } as Remains, to);
}

function nameOf({ home }: ContactState): string {
  return `${home.kind} ${home.value}`;
}

/** All but when it was last looked at. */
function whole(state: ContactState): Partial<ContactState> {
  const { at: _at, programVersion: _programVersion, ...rest } = state;
  return rest;
}

/** What does not depend on the order in which the parts of a joined contact were decided. */
function outcomeOf(state: ContactState): Record<string, unknown> {
  const traits = Object.fromEntries(Object.entries(state.traits).filter(([name]) => name !== 'nudged').map(([name, { value, verified }]) => [name, { value, verified }]));
  return {
    traits, leaves: state.leaves, segments: Object.keys(state.segments).sort(),
    identifiers: [state.home, ...state.identifiers].map(({ kind, value }) => `${kind} ${value}`).sort(),
    consents: Object.fromEntries(Object.entries(state.consents).map(([key, { state: given }]) => [key, given])),
    orders: Object.fromEntries(Object.entries(state.orders).map(([id, { totalMinor, refundedMinor, counted }]) => [id, { totalMinor, refundedMinor, counted }])),
  };
}
