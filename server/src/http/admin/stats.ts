import { z } from 'zod';
import { minorDigits } from '@samovar/core';
import type { CounterSum } from '@samovar/store';

const revenue = z.object({ currency: z.string(), amount: z.number(), refunded: z.number() }).meta({ id: 'Revenue' });

/** What can be said of a journey or a step in numbers. */
export const figureSchema = z.object({
  entered: z.int(), completed: z.int(), exited: z.int(), goals: z.int(), waiting: z.int().describe('Now, or how it changed in the time.'), reached: z.int(),
  decided: z.int(), skipped: z.int(), sent: z.int(), delivered: z.int().describe('Sent and not bounced.'), bounced: z.int(), failed: z.int(), cancelled: z.int(), opened: z.int(),
  machineOpened: z.int(), clicked: z.int(), unsubscribed: z.int(), converted: z.int().describe('Orders that its messages led to.'), revenue: z.array(revenue),
  reasons: z.record(z.string(), z.int()).describe('Why contacts left, did not enter or were not written to, as `exited:…`, `not_entered:…`, `skipped:…`.'),
  branches: z.record(z.string(), z.int()).describe('Which way contacts went at the step.'),
}).meta({ id: 'Figures' });

export type Figures = z.infer<typeof figureSchema>;

type Plain = Exclude<keyof Figures, 'revenue' | 'reasons' | 'branches' | 'skipped' | 'delivered'>;

const PLAIN: Readonly<Record<string, Plain>> = {
  entered: 'entered', completed: 'completed', exited: 'exited', goal: 'goals', waiting: 'waiting', reached: 'reached', decided: 'decided', sent: 'sent', bounced: 'bounced',
  failed: 'failed', cancelled: 'cancelled', opened: 'opened', machine_opened: 'machineOpened', clicked: 'clicked', unsubscribed: 'unsubscribed', converted: 'converted',
};

function noFigures(): Figures {
  return {
    entered: 0, completed: 0, exited: 0, goals: 0, waiting: 0, reached: 0, decided: 0, skipped: 0, sent: 0, delivered: 0, bounced: 0, failed: 0, cancelled: 0, opened: 0,
    machineOpened: 0, clicked: 0, unsubscribed: 0, converted: 0, revenue: [], reasons: {}, branches: {},
  };
}

/** Puts the counters of one thing together. */
export function figuresOf(sums: readonly Pick<CounterSum, 'metric' | 'value'>[]): Figures {
  const all = noFigures();
  const money = new Map<string, { amountMinor: number; refundedMinor: number }>();
  for (const { metric, value } of sums) add(all, money, metric, value);
  for (const [currency, { amountMinor, refundedMinor }] of [...money].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const unit = 10 ** minorDigits(currency);
    all.revenue.push({ currency, amount: amountMinor / unit, refunded: refundedMinor / unit });
  }
  // A receiving server that took a message rarely says more, so what did not bounce counts as delivered.
  all.delivered = Math.max(0, all.sent - all.bounced);
  return all;
}

function add(all: Figures, money: Map<string, { amountMinor: number; refundedMinor: number }>, metric: string, value: number): void {
  const plain = PLAIN[metric];
  if (plain !== undefined) {
    all[plain] += value;
    return;
  }
  const colon = metric.indexOf(':');
  const [name, rest] = colon < 0 ? [metric, ''] : [metric.slice(0, colon), metric.slice(colon + 1)];
  if (name === 'revenue' || name === 'refunded') {
    const sum = money.get(rest) ?? { amountMinor: 0, refundedMinor: 0 };
    if (name === 'revenue') sum.amountMinor += value;
    else sum.refundedMinor += value;
    money.set(rest, sum);
  } else if (name === 'exited' || name === 'not_entered' || name === 'skipped') {
    all.reasons[metric] = (all.reasons[metric] ?? 0) + value;
    if (name === 'skipped') all.skipped += value;
  } else {
    const branch = name === 'arm' ? rest : metric;
    all.branches[branch] = (all.branches[branch] ?? 0) + value;
  }
}
