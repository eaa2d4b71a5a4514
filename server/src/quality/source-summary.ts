import { DAY_MS, fellSilent } from '@samovar/core';
import type { Millis } from '@samovar/core';
import type { SourceDay } from '@samovar/store';

/** One kind of event of one source. */
export interface SourceSummary {
  source: string;
  name: string;
  events: number;
  lastAt: Millis;
  /** The days before its last one on which it came, as many as are needed to tell a daily source. */
  days: number[];
}

/** Kinds of events that are kept apart; a program that makes names up would fill the report. */
export const SOURCE_LIMIT = 500;
const DAYS_KEPT = 14;
/** Longest silence after which a daily source is still missed. */
export const SILENCE_NOTICED_DAYS = 120;

/** Adds what another shard has seen. */
export function addSourceDays(summaries: SourceSummary[], rows: readonly SourceDay[]): void {
  const byName = new Map(summaries.map((summary) => [`${summary.source}\n${summary.name}`, summary]));
  for (const { source, name, day, events, lastAt } of rows) {
    let summary = byName.get(`${source}\n${name}`);
    if (summary === undefined) {
      if (summaries.length >= SOURCE_LIMIT) continue;
      summary = { source, name, events: 0, lastAt, days: [] };
      summaries.push(summary);
      byName.set(`${source}\n${name}`, summary);
    }
    summary.events += events;
    summary.lastAt = Math.max(summary.lastAt, lastAt);
    if (!summary.days.includes(day)) summary.days.push(day);
  }
  for (const summary of summaries) {
    const last = Math.floor(summary.lastAt / DAY_MS);
    summary.days = summary.days.filter((day) => day > last - DAYS_KEPT);
  }
}

/** Whether a kind of event that came daily has stopped. What was imported never came daily. */
export function isSilent({ source, days, lastAt }: SourceSummary, now: Millis): boolean {
  return !source.startsWith('import') && fellSilent(days, lastAt, now);
}
