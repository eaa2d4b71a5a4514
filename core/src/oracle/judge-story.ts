import type { EnrollmentChange } from '../advance/effects.ts';
import type { Coverage } from '../testing/fuzz.ts';
import { countsOf } from '../testing/small-world.ts';
import { totalOf, type StoryRun } from './merge-story.ts';

/** What is not as it must be with orders: each counts once, wherever it was told. */
export function orderWrongs(run: StoryRun, coverage: Coverage): string[] {
  const tellings = run.told.flatMap(({ what, event }) => (what?.kind === 'order' ? [{ order: what.order, who: event.identifiers[0]?.value }] : []));
  const orders = new Set(tellings.map(({ order }) => order));
  for (const order of orders) if (new Set(tellings.filter((one) => one.order === order).map(({ who }) => who)).size > 1) coverage.note('order told by several');
  const refunds = run.told.filter(({ what }) => what?.kind === 'refund').length;
  const expected: Record<string, number> = {};
  if (orders.size > 0) Object.assign(expected, { orders: orders.size, 'revenue:USD': [...orders].reduce((sum, order) => sum + totalOf(order) * 100, 0) });
  if (refunds > 0) expected['refunded:USD'] = refunds;
  const counted = countsOf(run.world.effects.flatMap(({ effect }) => (effect.kind === 'count' ? [effect] : [])), 'workspace');
  for (const metric of ['merged', 'unmerged']) delete counted[metric];
  const found = sorted(counted) === sorted(expected) ? [] : [`counted ${sorted(counted)} instead of ${sorted(expected)}`];
  for (const order of orders) {
    const owners = run.world.contacts().filter((contact) => contact.orders[`o${order}`]?.counted === 'here').length;
    if (owners !== 1) found.push(`order ${order} has ${owners} owners`);
  }
  return found;
}

const sorted = (record: Record<string, number>): string => Object.entries(record).map(([metric, value]) => `${metric} ${value}`).toSorted().join(', ');

/** What is not as it must be with passages through journeys: each goes on in one contact or has ended once. */
export function journeyWrongs(run: StoryRun): string[] {
  const found: string[] = [];
  const changes = run.world.effects.flatMap(({ effect }) => (effect.kind === 'enrollment' ? [effect.enrollment] : []));
  const ends = new Map<string, EnrollmentChange['status'][]>();
  for (const { id, status } of changes) ends.set(id, [...(ends.get(id) ?? []), ...(status === 'completed' || status === 'exited' ? [status] : [])]);
  const active = run.world.contacts().flatMap(({ enrollments }) => enrollments);
  for (const [id, list] of ends) {
    const lives = active.filter((one) => one.id === id).length;
    if (list.length + lives !== 1) found.push(`an enrollment ended ${list.length} times and goes on in ${lives} contacts`);
  }
  const counts = run.world.effects.flatMap(({ effect }) => (effect.kind === 'count' ? [effect] : []));
  for (const [journey, steps] of [['once', ['w', 'wf']], ['again', ['w']]] as const) {
    for (const step of steps) {
      const parked = active.filter((one) => one.journey === journey && one.step === step).length;
      if ((countsOf(counts, `step:${journey}/${step}`).waiting ?? 0) !== parked) found.push(`${parked} wait at ${journey}/${step}, counted otherwise`);
    }
  }
  for (const contact of run.world.contacts()) {
    const places = contact.enrollments.map(({ journey, key }) => `${journey} ${key}`);
    if (new Set(places).size !== places.length) found.push(`twice at one place: ${places.join()}`);
  }
  return found;
}

/** What is not as it must be with counts of members. */
export function memberWrongs(run: StoryRun): string[] {
  const counts = run.world.effects.flatMap(({ effect }) => (effect.kind === 'count' ? [effect] : []));
  return run.world.program.segments.flatMap(({ key }) => {
    const { entered = 0, left = 0 } = countsOf(counts, `segment:${key}`);
    const inside = run.world.contacts().filter(({ segments }) => Object.hasOwn(segments, key)).length;
    return entered - left === inside ? [] : [`${inside} are in ${key}, ${entered} entered and ${left} left`];
  });
}

/** What is not as it must be with the counts of contacts by what kind of value they have for a trait. */
export function traitCountWrongs(run: StoryRun): string[] {
  const counts = run.world.effects.flatMap(({ effect }) => (effect.kind === 'count' ? [effect] : []));
  return ['a', 'b'].flatMap((name) => {
    const { number = 0 } = countsOf(counts, `trait:${name}`);
    const having = run.world.contacts().filter(({ traits }) => typeof traits[name]?.value === 'number').length;
    return number === having ? [] : [`${having} have the trait ${name}, ${number} are counted`];
  });
}
