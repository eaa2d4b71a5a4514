import { DAY_MS, type Millis } from '../time.ts';

/** One change of consent as it was kept. */
export interface KeptConsent {
  at: Millis;
  topic: string | null;
  state: 'granted' | 'withdrawn';
}

/** After so many days it is asked whether a subscriber stayed. */
export const STAY_DAYS = [30, 90, 365] as const;

export interface Subscription {
  since: Millis;
  now: boolean;
  /** By days: whether still subscribed so long after; null: that time has not come. */
  stayed: Record<(typeof STAY_DAYS)[number], boolean | null>;
}

/** When a contact first subscribed to anything on a channel, and what became of it; null: never. */
export function subscriptionOf(changes: readonly KeptConsent[], now: Millis): Subscription | null {
  // Of two changes at the same instant the withdrawal holds, as it does for the contact itself.
  const inOrder = [...changes].sort((a, b) => a.at - b.at || (a.state === 'granted' ? -1 : 1));
  const spans = subscribedSince(inOrder);
  const since = spans.find((span) => span.subscribed)?.at;
  if (since === undefined || since > now) return null;
  const at = (time: Millis): boolean => spans.findLast((span) => span.at <= time)?.subscribed ?? false;
  const stayed = (days: number): boolean | null => (since + days * DAY_MS > now ? null : at(since + days * DAY_MS));
  return { since, now: at(now), stayed: { 30: stayed(30), 90: stayed(90), 365: stayed(365) } };
}

/** Whether anything may be sent, after each change: a withdrawal of the whole channel outweighs topics. */
function subscribedSince(changes: readonly KeptConsent[]): { at: Millis; subscribed: boolean }[] {
  let whole: KeptConsent['state'] | null = null;
  const topics = new Map<string, KeptConsent['state']>();
  return changes.map(({ at, topic, state }) => {
    if (topic === null) whole = state;
    else topics.set(topic, state);
    return { at, subscribed: whole !== 'withdrawn' && (whole === 'granted' || [...topics.values()].includes('granted')) };
  });
}
