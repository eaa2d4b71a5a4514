import type { BenchServer } from './bench-server.ts';

/** One measured figure beside the bare limit measured in the same run. */
export interface BenchResult {
  /** The budget it belongs to (`B3`), with a suffix where one budget has several figures (`B5 1,000,000`). */
  id: string;
  what: string;
  value: number;
  unit: string;
  /** What the machine can do at best, in the same unit; null: there is nothing to compare with. */
  limit: number | null;
  /** How much of the limit was reached; for times, the limit divided by the value. */
  ratio: number | null;
  /** The budget in words; empty: reported only. */
  budget: string;
  /** null: reported only. */
  met: boolean | null;
}

export interface BenchOptions {
  /** Small amounts, to see whether things work and roughly how fast; figures of record come from full runs. */
  quick: boolean;
  /** Whether a budget was asked for, so that a bench can leave out the parts that nobody wants. */
  wants: (id: string) => boolean;
  /** The durable Postgres of this run. */
  server: BenchServer;
  /** Says what is under way. */
  note: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<BenchResult[]>;

/** What a figure must reach: at least or at most a value, at least a share of the limit, or both. */
export interface Budget {
  atLeast?: number;
  atMost?: number;
  ratioAtLeast?: number;
}

/** Compares a figure with its limit and its budget. `lessIsBetter` turns the ratio of times and sizes around. */
export function resultOf(
  figure: { id: string; what: string; value: number; unit: string; limit?: number | null; lessIsBetter?: boolean }, budget: Budget = {},
): BenchResult {
  const { id, what, value, unit, limit = null, lessIsBetter = false } = figure;
  const ratio = limit === null ? null : lessIsBetter ? limit / value : value / limit;
  const checks: [boolean, string][] = [];
  if (budget.ratioAtLeast !== undefined) checks.push([ratio !== null && ratio >= budget.ratioAtLeast, `≥ ${budget.ratioAtLeast} of limit`]);
  if (budget.atLeast !== undefined) checks.push([value >= budget.atLeast, `≥ ${readable(budget.atLeast)} ${unit}`]);
  if (budget.atMost !== undefined) checks.push([value <= budget.atMost, `≤ ${readable(budget.atMost)} ${unit}`]);
  return {
    id, what, value, unit, limit, ratio,
    budget: checks.map(([, text]) => text).join(', '),
    met: checks.length === 0 ? null : checks.every(([met]) => met),
  };
}

/** Three significant digits, with separators of thousands. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
