import { numbersAt } from '../event/path.ts';
import type { Observation } from '../event/observation.ts';
import type { Millis } from '../time.ts';
import type { LeafShape } from './shape.ts';

/** A sum whose parts lose their weight with age: what it was worth at `at`, the time of its latest part. */
export interface DecayState {
  level: number;
  at: Millis;
}

export function addToDecay(state: DecayState | undefined, { halfLifeMs, property }: Extract<LeafShape, { kind: 'decay' }>, { at, properties }: Observation): DecayState {
  const level = property === null ? 1 : numbersAt(properties, property).reduce((sum, number) => sum + number, 0);
  const next: DecayState = { level, at };
  return state === undefined ? next : mergeDecays(state, next, halfLifeMs);
}

export function mergeDecays(a: DecayState, b: DecayState, halfLifeMs: number | null): DecayState {
  const at = Math.max(a.at, b.at);
  return { level: levelAt(a, halfLifeMs, at) + levelAt(b, halfLifeMs, at), at };
}

/** What the sum is worth at an instant. */
export function levelAt(state: DecayState | undefined, halfLifeMs: number | null, at: Millis): number {
  if (state === undefined) return 0;
  return halfLifeMs === null ? state.level : state.level * 2 ** ((state.at - at) / halfLifeMs);
}
