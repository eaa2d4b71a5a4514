import { own } from '../event/own.ts';
import type { TrackedEvent } from '../event/log-record.ts';

export interface Visitor {
  verdict: 'person' | 'bot' | 'unclear';
  /** A code for why. */
  reason: 'program' | 'too-fast' | 'browser' | 'acted' | 'no-script' | 'no-agent';
}

/** More page views than this within the window are not read by anybody. */
const FASTEST_PAGES = { count: 10, windowMs: 5_000 } as const;

/** What scripts on a page tell of it without being asked, and what a bare request does not have. */
const SCRIPT_TRACES = ['library', 'page', 'screen', 'locale', 'timezone', 'userAgentData'];

/**
 * Tells people from programs among the visitors of a site, by their latest events as the log keeps them. null: never seen on
 * a site. `unclear` is said where nothing speaks for either, so that neither share is made up.
 * @param acted whether something is known that only people do, such as an order or a click in a mail
 */
export function judgeVisitor(events: readonly TrackedEvent[], acted: boolean, isProgram: (userAgent: string) => boolean): Visitor | null {
  const visits = events.filter((event) => !event.historical && (!event.trusted || agentOf(event) !== null));
  if (visits.length === 0) return null;
  const agents = [...new Set(visits.map(agentOf))].filter((agent) => agent !== null);
  if (agents.some(isProgram)) return { verdict: 'bot', reason: 'program' };
  if (isTooFast(visits)) return { verdict: 'bot', reason: 'too-fast' };
  if (acted) return { verdict: 'person', reason: 'acted' };
  if (agents.length === 0) return { verdict: 'unclear', reason: 'no-agent' };
  const scripted = visits.some(({ context }) => SCRIPT_TRACES.some((name) => own(context, name) !== undefined));
  return scripted ? { verdict: 'person', reason: 'browser' } : { verdict: 'unclear', reason: 'no-script' };
}

function agentOf({ context }: TrackedEvent): string | null {
  const agent = own(context, 'userAgent');
  return typeof agent === 'string' && agent.trim() !== '' ? agent : null;
}

function isTooFast(visits: readonly TrackedEvent[]): boolean {
  const times = visits.filter(({ type }) => type === 'page').map(({ occurredAt }) => occurredAt).sort((a, b) => a - b);
  return times.some((time, index) => {
    const later = times[index + FASTEST_PAGES.count];
    return later !== undefined && later - time < FASTEST_PAGES.windowMs;
  });
}
