import { emptyTally } from '@samovar/core';
import type { ContactId, QualityQuestions, QualityTally } from '@samovar/core';
import type { SourceSummary } from './source-summary.ts';

/** What a report asks, fixed when it begins. */
export interface ReportQuestions extends QualityQuestions {
  /** Whether the name system is asked about the domains of addresses. */
  checkDomains: boolean;
}

/** How far a report has come, and its sums so far. Its size does not depend on how many contacts there are. */
export interface ReportProgress {
  phase: 'contacts' | 'duplicates' | 'sources';
  shard: number;
  /** Within the shard; null: from its beginning. */
  after: ContactId | null;
  tally: QualityTally;
  /** Different values seen of each trait. */
  values: Record<string, number>;
  /** Groups of duplicates of each kind. */
  groups: Record<string, number>;
  sources: SourceSummary[];
  /** Whether asking about domains was given up before the end. */
  domainsGivenUp: boolean;
}

export function newReportProgress(): ReportProgress {
  return { phase: 'contacts', shard: 0, after: null, tally: emptyTally(), values: {}, groups: {}, sources: [], domainsGivenUp: false };
}

/** Shares of the work in the order of the phases; contacts are nearly all of it. */
const PHASES = [['contacts', 0.9], ['duplicates', 0.05], ['sources', 0.05]] as const;

/** How much is done, from 0 to 1. Ids are hashes, so the next one tells how much of its shard is behind. */
export function shareDone(place: { phase: string; shard: number; after: string | null }, shardCount: number): number {
  const within = place.after === null ? 0 : Number.parseInt(place.after.slice(0, 8), 16) / 2 ** 32;
  let before = 0;
  for (const [phase, weight] of PHASES) {
    if (phase === place.phase) return Math.min(before + (weight * (place.shard + within)) / shardCount, 1);
    before += weight;
  }
  return Math.min((place.shard + within) / shardCount, 1);
}
