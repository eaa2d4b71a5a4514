import { decideAmongDormant, decideAmongMany, decideUsual } from './engine/decide.ts';
import { backfill, decideDuringBackfill } from './engine/backfill.ts';
import { preview } from './engine/preview.ts';
import { start, useMemory } from './engine/process.ts';
import { replay } from './engine/replay.ts';
import { beOnTime, wakeAll } from './engine/timers.ts';
import type { Bench, BenchResult } from './result.ts';

/** What the engine costs: deciding events and timers, beside the same reads and writes without any deciding. */
export const run: Bench = async (options) => {
  const results: BenchResult[] = [];
  let usual: readonly BenchResult[] = [];
  if (options.wants('B3') || options.wants('B4') || options.wants('B20')) {
    usual = await decideUsual(options);
    results.push(...usual);
  }
  if (options.wants('B4')) results.push(...(await decideAmongMany(options, usual)));
  if (options.wants('B5')) results.push(...(await decideAmongDormant(options)));
  if (options.wants('B6')) results.push(...(await wakeAll(options)));
  if (options.wants('B7')) results.push(...(await beOnTime(options)));
  if (options.wants('B13')) results.push(...(await preview(options)));
  if (options.wants('B14')) results.push(...(await backfill(options)), ...(await decideDuringBackfill(options)));
  if (options.wants('B15')) results.push(...replay(options));
  if (options.wants('B18')) results.push(...(await useMemory(options)));
  if (options.wants('B19')) results.push(...(await start()));
  return results;
};
