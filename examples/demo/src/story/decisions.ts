import type { Millis } from '@samovar/core';
import type { Timeline } from './admin-answers.ts';
import type { News, NewsKind } from './feed.ts';

/** What a timeline tells about sending and not sending, the earliest first. */
export type Told = Pick<News, 'at' | 'kind' | 'journey' | 'step' | 'template' | 'reason'>;

const KINDS: Readonly<Record<string, NewsKind>> = { entered: 'entered', message_held: 'held', message_skipped: 'skipped', exited: 'stopped', suppressed: 'bounced' };

/** Decisions worth telling that were made after a time, in order of time. */
export function decisionsIn(timeline: Timeline, after: Millis): Told[] {
  const told: Told[] = [];
  for (const { at, kind, detail } of timeline.items) {
    const time = Date.parse(at);
    const news = kind === 'decision' ? KINDS[textIn(detail, 'code') ?? ''] : undefined;
    if (news === undefined || time <= after) continue;
    const because = recordIn(detail, 'because');
    const step = textIn(detail, 'step');
    told.push({
      at: time, kind: news, journey: textIn(detail, 'journey'), step: step === '' ? null : step,
      template: textIn(because, 'template'), reason: textIn(because, 'reason'),
    });
  }
  return told.reverse();
}

function textIn(record: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = record[name];
  return typeof value === 'string' ? value : null;
}

function recordIn(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
