import { advance, type ContactId, type ContactState, type JsonObject, type Program } from '@samovar/core';
import { ALL_SEGMENTS, type Happened, type Person } from './definitions.ts';
import type { Faults } from './faults.ts';
import type { Remains } from './remains.ts';
import type { Simulation } from './simulation.ts';

/** Everything acknowledged is in history once, and nothing else is. */
export function checkHistory({ acknowledged, traffic }: Simulation, { log, inbox }: Remains, faults: Faults): void {
  const keyOf = (contactId: string, messageId: string): string => `${contactId} ${messageId}`;
  const found = log.flatMap(({ contactId, record }) => (record.kind === 'event' ? [keyOf(contactId, record.messageId)] : []));
  const wanted = new Set(acknowledged.flatMap(({ record: { contactId, record } }) => (record.kind === 'event' ? [keyOf(contactId, record.messageId)] : [])));
  faults.same('records that are in history twice', found.length - new Set(found).size, 0);
  faults.same('records that are lost', [...wanted].filter((key) => !new Set(found).has(key)), []);
  faults.same('records that nobody sent', found.filter((key) => !wanted.has(key)), []);
  faults.holds('some traffic was acknowledged', wanted.size > traffic.individuals.length * 5);
  faults.same('inbox left over', inbox, 0);
}

/** The tables that people look at say what the states of the contacts say. */
export function checkTables(simulation: Simulation, remains: Remains, program: Program, faults: Faults): void {
  const { states } = remains;
  const pairs = <T>(of: (state: ContactState) => T[]): string[] => states.flatMap((state) => of(state).map((one) => `${state.id} ${JSON.stringify(one)}`)).sort();
  faults.same('memberships', remains.memberships.map((row) => `${row.contact_id} ${JSON.stringify(row.segment)}`).sort(), pairs((state) => Object.keys(state.segments)));
  faults.same('active enrollments',
    remains.enrollments.filter((row) => row.status === 'active').map((row) => `${row.contact_id} ${JSON.stringify([row.enrollment_id, row.journey, row.version, row.step])}`).sort(),
    pairs((state) => state.enrollments.map((one) => [one.id, one.journey, one.version, one.step === '' ? null : one.step])));
  const enrollments = remains.enrollments.map((row) => row.enrollment_id);
  faults.same('enrollments that are in two places', enrollments.length - new Set(enrollments).size, 0);
  faults.same('orders',
    remains.orders.map((row) => `${row.contact_id} ${JSON.stringify([row.order_id, row.total_minor, row.refunded_minor])}`).sort(),
    pairs((state) => Object.entries(state.orders).filter(([, order]) => order.counted === 'here' || order.refundedMinor !== 0).map(([id, order]) => [id, order.totalMinor, order.refundedMinor])));
  for (const state of states) checkTimer(state, remains.timers, program, faults);
  checkSegments(simulation, remains, faults);
}

/** Whoever will have something to do has a timer, not later than that. */
function checkTimer(state: ContactState, timers: Remains['timers'], program: Program, faults: Faults): void {
  const result = advance({ id: state.id, occupant: { kind: 'contact', state: structuredClone(state) }, inputs: [], until: -Infinity, program, history: [] });
  if (result.kind !== 'advanced' || result.nextDueAt === Infinity) return;
  const timer = timers.get(state.id) ?? Infinity;
  faults.holds(`contact ${state.home.value} is due at ${result.nextDueAt} and its timer is set to ${timer}`, timer <= result.nextDueAt);
}

/** Memberships by the plainest reading of the whole history. */
function checkSegments({ endedAt }: Simulation, remains: Remains, faults: Faults): void {
  for (const person of peopleOf(remains)) {
    const state = remains.states.find(({ id }) => id === person.id);
    const naive = ALL_SEGMENTS.filter((segment) => segment.holds(person, endedAt)).map(({ key }) => key).sort();
    faults.same(`segments of ${state?.home.value ?? person.id}`, Object.keys(state?.segments ?? {}).sort(), naive);
  }
}

function peopleOf({ log, states, redirects }: Remains): Person[] {
  const behind = (id: ContactId): ContactId => {
    const to = redirects.get(id);
    return to === undefined ? id : behind(to);
  };
  const histories = new Map<ContactId, Happened[]>();
  const orders = new Set<string>();
  for (const { contactId, record } of log) {
    if (record.kind !== 'event') continue;
    const id = behind(contactId);
    const order = record.name === 'Order Completed' ? `${id} ${JSON.stringify(record.properties.order_id)}` : null;
    if (order !== null && orders.has(order)) continue;
    if (order !== null) orders.add(order);
    histories.set(id, [...(histories.get(id) ?? []), { name: record.name, at: record.occurredAt, properties: record.properties }]);
  }
  return states.map((state) => ({
    id: state.id, happened: histories.get(state.id) ?? [],
    traits: Object.fromEntries(Object.entries(state.traits).map(([name, { value }]) => [name, value])) as JsonObject,
  }));
}

/** Counters say what can be counted in the tables. */
export function checkCounters(remains: Remains, faults: Faults): void {
  const { states, messages, decisions, enrollments } = remains;
  const sums = new Map<string, number>();
  for (const [name, value] of remains.counters) {
    const key = name.slice(0, name.lastIndexOf(' '));
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  const check = (name: string, wanted: number): void => faults.same(`counter ${name}`, sums.get(name) ?? 0, wanted);
  const orders = states.flatMap((state) => Object.values(state.orders));
  const counted = orders.filter((order) => order.counted === 'here');
  check('workspace orders', counted.length);
  check('workspace revenue:EUR', counted.reduce((sum, order) => sum + order.totalMinor, 0));
  check('workspace refunded:EUR', orders.reduce((sum, order) => sum + order.refundedMinor, 0));
  for (const journey of new Set(enrollments.map((row) => row.journey))) {
    const decided = (code: string): number => decisions.filter((row) => row.journey === journey && row.code === code).length;
    for (const code of ['entered', 'completed', 'exited']) check(`journey:${journey} ${code}`, decided(code));
    check(`journey:${journey} decided`, messages.filter((row) => row.journey === journey).length);
    faults.same(`messages of ${journey} that were decided`, messages.filter((row) => row.journey === journey).length, decided('message_decided'));
    const waiting = [...sums].filter(([name]) => name.startsWith(`step:${journey}/`) && name.endsWith(' waiting')).reduce((sum, [, value]) => sum + value, 0);
    faults.same(`waiting in ${journey}`, waiting, enrollments.filter((row) => row.journey === journey && row.status === 'active').length);
  }
  for (const { key } of ALL_SEGMENTS) {
    const inside = (sums.get(`segment:${key} entered`) ?? 0) - (sums.get(`segment:${key} left`) ?? 0);
    faults.same(`counted inside of ${key}`, inside, remains.memberships.filter((row) => row.segment === key).length);
  }
}
