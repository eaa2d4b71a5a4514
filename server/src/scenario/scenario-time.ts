import { formatDuration } from '@samovar/contract';
import type { ScenarioTime } from '@samovar/contract';
import { instantOf, localAsUtc, SECOND_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';

/** Where the times of a case count from, and by whose clock they are written. */
export interface CaseClock {
  zone: string;
  startAt: Millis;
}

/** The instant that a time of a scenario means; local times are those of the contact's zone, clock changes included. */
export function resolveTime(time: ScenarioTime, clock: CaseClock): Millis {
  switch (time.kind) {
    case 'offset': return clock.startAt + time.offsetMs;
    case 'instant': return time.at;
    case 'local': return instantOf(clock.zone, Date.parse(`${time.local}Z`));
  }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Sun 29 Mar 2026 11:00`, with seconds only where there are some. */
export function formatLocalTime(at: Millis, zone: string): string {
  const local = new Date(localAsUtc(zone, at));
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${WEEKDAYS[local.getUTCDay()]} ${String(local.getUTCDate()).padStart(2)} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  const seconds = local.getUTCSeconds() === 0 ? '' : `:${two(local.getUTCSeconds())}`;
  return `${day} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}${seconds}`;
}

/** `+1 day 2 hours` after the start of the case. */
export function formatOffset(at: Millis, startAt: Millis): string {
  const ms = toSecond(at) - startAt;
  if (ms === 0) return '+0';
  return ms < 0 ? `-${formatDuration(-ms)}` : `+${formatDuration(ms)}`;
}

/** Scenarios speak of whole seconds: a window that closes one millisecond later closes at that second. */
export function toSecond(at: Millis): Millis {
  return Math.floor(at / SECOND_MS) * SECOND_MS;
}
