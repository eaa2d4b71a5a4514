import { optional, readLine } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import { readDuration } from './read-values.ts';
import type { Period } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading } from './yaml-tree.ts';

/** `within`, or `from` and `before`: which events count. */
export function readPeriod(reading: Reading, fields: Fields): Period {
  const ms = optional(reading, fields, 'within', readDuration, null);
  const from = optional(reading, fields, 'from', readMoment, null);
  const before = optional(reading, fields, 'before', readMoment, null);
  if (ms !== null) {
    if (from !== null || before !== null) report(reading, fields.place, 'conflicting_keys', '`within` excludes `from` and `before`.', 'Write `from: 60 days ago` and `before: 30 days ago` for what lies between.');
    return { kind: 'within', ms };
  }
  if (from === null && before === null) return { kind: 'ever' };
  for (const [key, moment] of [['from', from], ['before', before]] as const) reportNotPast(reading, fields, key, moment);
  if (from !== null && before !== null && from.kind !== before.kind) {
    report(reading, fields.place, 'conflicting_keys', '`from` and `before` must both be dates, or both be so long ago.', 'Write two conditions, each behind a hyphen.');
    return { kind: 'ever' };
  }
  if (from !== null && before !== null && valueOf(from) >= valueOf(before)) report(reading, fields.place, 'invalid_range', 'The period ends before it begins.', 'Write the earlier time behind `from`.');
  if (from?.kind === 'instant' || before?.kind === 'instant') {
    return { kind: 'dates', from: from === null ? null : valueOf(from), until: before === null ? null : valueOf(before) };
  }
  if (before === null) return { kind: 'within', ms: from === null ? 0 : -valueOf(from) };
  return { kind: 'ago', fromMs: from === null ? null : -valueOf(from), toMs: -valueOf(before) };
}

function reportNotPast(reading: Reading, fields: Fields, key: string, moment: Moment | null): void {
  const entry = fields.entries.get(key);
  if (entry === undefined || moment?.kind !== 'offset' || moment.ms < 0) return;
  report(reading, entry.value, 'invalid_time', 'What has happened lies in the past.', 'Write e.g. `30 days ago`, or a date.');
}

function valueOf(moment: Moment): number {
  return moment.kind === 'instant' ? moment.at : moment.ms;
}

/** A time seen from now, or a date. */
export const readMoment: Read<Moment> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const moment = parseMoment(text);
  if (moment === null) {
    if (text !== '') report(reading, tree, 'invalid_time', `\`${text}\` is not a time.`, 'Write `30 days ago`, a date such as `2026-01-31` (its midnight in UTC), or `2026-01-31 18:00Z`.');
    return { kind: 'instant', at: 0 };
  }
  if (moment.kind === 'offset' && Math.abs(moment.ms) > DEFINITION_LIMITS.maxDurationMs) report(reading, tree, 'invalid_duration', `\`${text}\` is longer than ten years.`, 'Shorten it.');
  return moment;
};
