import type { Bench } from './result.ts';

/** What the engine costs: deciding events and timers, beside the same reads and writes without any deciding. */
export const run: Bench = async () => [];
