import { parseDirectory } from '@samovar/contract';
import { compileProgram, World, type LogRecord, type Program } from '@samovar/core';
import type { NewRecord } from '@samovar/store';
import { resultOf, type BenchOptions, type BenchResult } from '../result.ts';
import { shopDefinitions } from '../shop/definitions.ts';
import { Shop } from '../shop/events.ts';

const CHUNK = 10_000;
const WORKSPACE = 1;
/** A chunk of events lasts so long, so that waits end and windows close on the way. */
const CHUNK_MS = 3_600_000;

/** B15: recorded events decided again in virtual time, beside parsing them only. */
export function replay(options: BenchOptions): BenchResult[] {
  const events = options.quick ? 100_000 : 1_000_000;
  const shop = new Shop({ workspaceId: WORKSPACE, visitors: events / 20 });
  const effects = { count: 0 };
  const world = new World(shopProgram(), () => { effects.count += 1; }, { keepHistory: false });
  let parseMs = 0;
  let replayMs = 0;
  for (let done = 0, at = Date.UTC(2026, 0, 1); done < events; done += CHUNK, at += CHUNK_MS) {
    const lines = shop.events(CHUNK, at).map((record) => JSON.stringify(record));
    let start = performance.now();
    for (const line of lines) JSON.parse(line);
    parseMs += performance.now() - start;
    start = performance.now();
    world.runBefore(at);
    for (const line of lines) {
      const { contactId, record } = JSON.parse(line) as NewRecord;
      world.feedTo(contactId, record satisfies LogRecord);
    }
    replayMs += performance.now() - start;
  }
  if (effects.count === 0) throw new Error('nothing was decided');
  const perSecond = (ms: number): number => (events / ms) * 1_000;
  const what = `${events.toLocaleString('en-US')} events replayed in virtual time, 50 segments, 20 journeys; limit: parsing them`;
  return [resultOf({ id: 'B15', what, value: perSecond(replayMs), unit: 'events/s', limit: perSecond(parseMs) }, { atLeast: 25_000 })];
}

function shopProgram(): Program {
  const { definitions } = parseDirectory(shopDefinitions(50, 20));
  return compileProgram({
    workspaceId: WORKSPACE, version: 1, live: definitions.map(({ definition }) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {},
  });
}
