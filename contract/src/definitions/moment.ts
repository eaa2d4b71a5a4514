import { formatDuration, parseDuration } from './duration.ts';
import { parseDateTime } from './local-time.ts';

/** A time in a condition: seen from now (negative: ago), or an instant. */
export type Moment = { kind: 'offset'; ms: number } | { kind: 'instant'; at: number };

const DAY_MS = 86_400_000;

/** `30 days ago`, `now`, `in 3 days`, `2026-01-01` (its midnight in UTC), `2026-01-01 12:00Z`; null when it is none of them. */
export function parseMoment(text: string): Moment | null {
  const offset = parseOffset(text);
  if (offset !== null) return { kind: 'offset', ms: offset };
  const parsed = parseDateTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text} 00:00Z` : text);
  return parsed?.kind === 'instant' ? parsed : null;
}

/** `30 days ago`, `now` or `in 3 days` in ms from now, or null. */
function parseOffset(text: string): number | null {
  if (text === 'now') return 0;
  const match = /^(?:in (.+)|(.+) ago)$/.exec(text);
  const ms = match === null ? null : parseDuration(match[1] ?? match[2] ?? '');
  if (ms === null || ms === 0) return null;
  return match?.[1] === undefined ? -ms : ms;
}

export function formatOffset(ms: number): string {
  if (ms === 0) return 'now';
  return ms > 0 ? `in ${formatDuration(ms)}` : `${formatDuration(-ms)} ago`;
}

/** An instant as short as it can be said; only whole seconds can be. */
export function formatInstant(at: number): string {
  const iso = new Date(at).toISOString();
  if (at % DAY_MS === 0) return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, at % 60_000 === 0 ? 16 : 19)}Z`;
}

/** A day counted from today: `today`, `tomorrow`, `yesterday`, `in 3 days`, `3 days ago`; null when it is none of them. */
export function parseDay(text: string): number | null {
  const near = { today: 0, tomorrow: 1, yesterday: -1 }[text];
  if (near !== undefined) return near;
  const ms = text === 'now' ? null : parseOffset(text);
  return ms === null || ms % DAY_MS !== 0 ? null : ms / DAY_MS;
}

export function formatDay(day: number): string {
  return { '0': 'today', '1': 'tomorrow', '-1': 'yesterday' }[String(day)] ?? formatOffset(day * DAY_MS);
}
