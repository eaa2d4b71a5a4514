import { compileProgram, DAY_MS, World, type Definition, type Identifier, type LogRecord, type Program, type TrackedEvent } from '@samovar/core';
import { parseDirectory } from '@samovar/contract';
import { Rows, secondsSince } from './core/rows.ts';
import { resultOf, type Bench, type BenchOptions, type BenchResult } from './result.ts';
import { shopDefinitions } from './shop/definitions.ts';
import { segmentsOfEveryKind } from './shop/every-kind.ts';
import { Shop } from './shop/events.ts';

const START = Date.UTC(2026, 0, 5, 10);
/** Events come so far apart, so that windows close and waits end among them. */
const EVENT_EVERY_MS = 250;
const VISITORS = 20_000;

/** What deciding costs by itself: no database, one thread. */
export const run: Bench = async (options) => [
  ...(options.wants('core') ? [...decide(options), ...decideAmongSegments(options)] : []),
  ...(options.wants('B16') ? [simulate()] : []),
];

/** Events of a shop, one by one, on contacts kept as they are, and on contacts read and written for each event as the store does. */
function decide({ quick, note }: BenchOptions): BenchResult[] {
  const events = quick ? 30_000 : 200_000;
  const results: BenchResult[] = [];
  for (const [id, segments, journeys] of [['core', 50, 20], ['core many', 1_000, 500]] as const) {
    for (const keep of ['objects', 'text'] as const) {
      note(`deciding among ${segments} segments and ${journeys} journeys, contacts kept as ${keep} …`);
      const rows = new Rows(programOf(segments, journeys), keep);
      const shop = new Shop({ workspaceId: 1, visitors: VISITORS });
      feed(rows, shop, START, events);
      const value = feed(rows, shop, START + events * EVENT_EVERY_MS, events);
      const what = `${segments} segments, ${journeys} journeys: decided`;
      if (keep === 'objects') results.push(resultOf({ id, what, value, unit: 'events/s' }, { atLeast: segments > 50 ? 50_000 : 100_000 }));
      else results.push(resultOf({ id: `${id} stored`, what: `${what}, contacts read and written as text`, value, unit: 'events/s', limit: rows.bareRate(events) }, { ratioAtLeast: 0.4 }));
    }
  }
  return results;
}

/** What one event costs among more and more segments of every kind, and what has to be kept of a contact for them. */
function decideAmongSegments({ quick, note }: BenchOptions): BenchResult[] {
  const events = quick ? 20_000 : 100_000;
  return [10, 100, 1_000].flatMap((segments) => {
    note(`deciding among ${segments} segments of every kind …`);
    const rows = new Rows(programFrom(segmentsOfEveryKind(segments)), 'text');
    const shop = new Shop({ workspaceId: 1, visitors: VISITORS / 4 });
    feed(rows, shop, START, events);
    const perSecond = feed(rows, shop, START + events * EVENT_EVERY_MS, events);
    const what = `${segments.toLocaleString('en-US')} segments of every kind, contacts read and written as text`;
    return [
      resultOf({ id: `core ${segments}`, what: `${what}: one event`, value: 1_000_000 / perSecond, unit: 'µs' }),
      resultOf({ id: `core ${segments} size`, what: `${what}: one contact`, value: rows.meanLength(), unit: 'bytes' }),
    ];
  });
}

function programOf(segments: number, journeys: number): Program {
  return programFrom(shopDefinitions(segments, journeys));
}

function programFrom(files: { path: string; text: string }[]): Program {
  const { definitions, problems } = parseDirectory(files);
  if (problems.length > 0) throw new Error(`the definitions of the bench are refused: ${problems[0]?.message}`);
  return compile(definitions.map(({ definition }) => definition));
}

function compile(definitions: readonly Definition[]): Program {
  return compileProgram({ workspaceId: 1, version: 1, live: definitions.map((definition) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {} });
}

/** Answers with events per second of processor time, since others use the machine too. Making the events is not measured. */
function feed(rows: Rows, shop: Shop, from: number, count: number): number {
  const records = Array.from({ length: count }, (_, index) => shop.events(1, from + index * EVENT_EVERY_MS)).flat();
  const started = process.cpuUsage();
  for (const { contactId, record } of records) rows.take(contactId, record as LogRecord);
  return count / secondsSince(started);
}

/** B16: one contact goes through a year of 200 steps, as a preview in a browser would show it. */
function simulate(): BenchResult {
  const SARA: Identifier = { kind: 'user', value: 'sara' };
  const steps = Array.from({ length: 100 }, (_, n) => [{ kind: 'wait' as const, id: `w${n}`, durationMs: 3.6 * DAY_MS }, { kind: 'tag' as const, id: `t${n}`, tag: `t${n % 3}`, present: n % 2 === 0 }]).flat();
  const program = compile([{
    kind: 'journey', key: 'year', name: 'A year', description: null, trigger: { kind: 'event', event: 'Go', where: [], key: null }, who: null,
    reEntry: { kind: 'never' }, exits: [], goal: null, ceilingPerHour: 1, steps,
  }]);
  const event: TrackedEvent = {
    kind: 'event', type: 'track', name: 'Go', messageId: 'm', receivedAt: START, occurredAt: START, identifiers: [SARA], properties: {}, traits: {}, context: {}, trusted: true, historical: false,
  };
  const started = performance.now();
  const world = new World(program, () => {});
  world.feed(SARA, event);
  world.runTo(START + 366 * DAY_MS);
  const value = performance.now() - started;
  if (world.contact(SARA)?.enrollments.length !== 0) throw new Error('the year did not end');
  return resultOf({ id: 'B16', what: 'one contact, one year, 200 steps, first run', value, unit: 'ms' }, { atMost: 50 });
}
