import type { Life } from '../oracle/arbitrary-journeys.ts';

/** Lives in which journeys once broke a promise, shrunk; they run before all others. */
export const LIVES: readonly { name: string; life: Life; cuts: number[] }[] = [];
