import type { Millis } from '../time.ts';

interface Told {
  value: string | number;
  at: Millis;
}

/** Whether what was told takes the place of what was told before: the later one; of the same instant the greater value, in every order of arrival. */
export function isLater(told: Told, before: Told): boolean {
  return told.at === before.at ? told.value > before.value : told.at > before.at;
}
