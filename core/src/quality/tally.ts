import type { Examination } from './examine-contact.ts';
import { STAY_DAYS } from './subscription.ts';

/** Those who first subscribed in the same month. */
export interface Cohort {
  month: string;
  subscribed: number;
  /** By days: of how many that time has come, and how many of them were still subscribed then. */
  after: Record<string, { of: number; stayed: number }>;
}

/** Sums over contacts: plain JSON, whose size does not depend on how many contacts there are. */
export interface QualityTally {
  contacts: number;
  figures: Record<string, number>;
  cohorts: Record<string, Cohort>;
}

export function emptyTally(): QualityTally {
  return { contacts: 0, figures: {}, cohorts: {} };
}

/** Adds one contact. */
export function addToTally(tally: QualityTally, { figures, cohort }: Examination): void {
  tally.contacts += 1;
  for (const figure of figures) tally.figures[figure] = (tally.figures[figure] ?? 0) + 1;
  if (cohort === null) return;
  const { month, stayed } = cohort;
  const row = (tally.cohorts[month] ??= { month, subscribed: 0, after: {} });
  row.subscribed += 1;
  for (const days of STAY_DAYS) {
    if (stayed[days] === null) continue;
    const after = (row.after[days] ??= { of: 0, stayed: 0 });
    after.of += 1;
    if (stayed[days]) after.stayed += 1;
  }
}
