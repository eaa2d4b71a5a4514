import { decideAmongDormant, decideAmongMany, decideUsual } from './engine/decide.ts';
import type { Bench, BenchResult } from './result.ts';

/** What the engine costs: deciding events and timers, beside the same reads and writes without any deciding. */
export const run: Bench = async (options) => {
  const results: BenchResult[] = [];
  let usual: number | null = null;
  if (options.wants('B3') || options.wants('B4') || options.wants('B20')) {
    const decided = await decideUsual(options);
    usual = decided[0]?.value ?? null;
    results.push(...decided);
  }
  if (options.wants('B4')) results.push(...(await decideAmongMany(options, usual)));
  if (options.wants('B5')) results.push(...(await decideAmongDormant(options)));
  return results;
};
