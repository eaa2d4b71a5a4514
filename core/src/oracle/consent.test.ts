import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackedEvent } from '../event/log-record.ts';
import { tieOf } from '../event/tie.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import type { Millis } from '../time.ts';
import { ConsentRun, arbitraryConsentStory, type DecidedCase } from './consent-story.ts';

const { numRuns, seed } = fuzzParameters(process.env, 3_000);

const WANTED: readonly string[] = ['sent', 'sent for a topic', 'sent after a merge', 'sent after a change of address', 'consent_for_other_address', 'unsubscribed', 'no_consent', 'sent over a withdrawal of everything'];

/** Something said about consent, with the address it is for, found by looking at everything that was told. */
interface Word {
  granted: boolean;
  topic: string | null;
  confirmed: boolean;
  address: string | null;
  at: Millis;
}

function wordsOf(known: readonly TrackedEvent[]): Word[] {
  return known.flatMap((event, index): Word[] => {
    const { name, properties, traits, occurredAt: at } = event;
    const granted = name === 'Consent Granted' || name === 'Topic Subscribed' || traits.consent === true;
    if (!granted && name !== 'Consent Withdrawn' && name !== 'Topic Unsubscribed') return [];
    const named = properties.email ?? traits.email;
    const address = typeof named === 'string' ? named : addressThen(known, index, at);
    return [{ granted, topic: typeof properties.topic === 'string' ? properties.topic : null, confirmed: typeof properties.confirmed_at === 'string', address, at }];
  });
}

/** The address at a time, by what had arrived when it was asked for; where none was known, the first that came. */
function addressThen(known: readonly TrackedEvent[], index: number, at: Millis): string | null {
  const told = (events: readonly TrackedEvent[]): TrackedEvent[] => events.filter(({ traits }) => typeof traits.email === 'string');
  const before = told(known.slice(0, index)).toSorted((a, b) => a.occurredAt - b.occurredAt || tieOf(a.messageId) - tieOf(b.messageId));
  const found = before.findLast(({ occurredAt }) => occurredAt <= at) ?? before[0] ?? told(known.slice(index))[0];
  return (found?.traits.email as string | undefined) ?? null;
}

/** Whether the message may have left, by the whole history and nothing else. */
function isAllowed({ address, topic, known }: DecidedCase, coverage: Coverage): boolean {
  const words = wordsOf(known);
  const latest = (wanted: (word: Word) => boolean): Millis => Math.max(-Infinity, ...words.filter(wanted).map(({ at }) => at));
  const grant = (of: string | null, confirmed = false): Millis => latest((word) => word.granted && word.topic === of && word.address === address && (word.confirmed || !confirmed));
  const withdrawal = (of: string | null): Millis => latest((word) => !word.granted && word.topic === of);
  const whole = grant(null) > withdrawal(null);
  const part = topic !== null && grant(topic) > withdrawal(topic);
  if (topic !== null && withdrawal(topic) > -Infinity && !part) return false;
  if (withdrawal(null) > -Infinity && !whole) {
    const over = part && grant(topic, true) > withdrawal(null);
    if (over) coverage.note('sent over a withdrawal of everything');
    return over;
  }
  return whole || part;
}

describe('no message without consent', () => {
  it(`in ${numRuns} stories of changed addresses, merges, withdrawals and late events`, { timeout: 3_600_000 }, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryConsentStory, (story) => {
      const run = new ConsentRun();
      run.play(story);
      for (const one of run.cases) {
        expect(one).toSatisfy(() => isAllowed(one, coverage));
        coverage.note('sent');
        if (one.topic !== null) coverage.note('sent for a topic');
        if (new Set(one.known.flatMap(({ identifiers }) => identifiers[0]?.value ?? [])).size > 1) coverage.note('sent after a merge');
        if (new Set(one.known.flatMap(({ traits }) => (typeof traits.email === 'string' ? [traits.email] : []))).size > 1) coverage.note('sent after a change of address');
      }
      for (const { effect } of run.world.effects) {
        if (effect.kind !== 'decision' || effect.decision.code !== 'message_skipped') continue;
        coverage.note((effect.decision.detail as { reason: string }).reason);
      }
    }), { numRuns, seed });
    coverage.report(process.env, 'consent', console.info);
    expect(coverage.missing(WANTED, 20)).toEqual([]);
  });
});
