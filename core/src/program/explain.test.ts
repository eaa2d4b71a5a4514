import { describe, expect, it } from 'vitest';
import type { Condition } from '../definition/condition.ts';
import { SARA, START, SmallWorld, happened, journeyOf } from '../testing/small-world.ts';

/** What a journey says about why it did not take the contact in. */
function refusal(who: Condition): unknown {
  const w = new SmallWorld([journeyOf('j', 'Go', [], { who })]);
  w.feed(w.events.identify(START, { plan: 'free', country: 'DE' }));
  w.feed(w.events.track(START, 'Seen'));
  w.feed(w.events.track(START, 'Go', { total: 5 }));
  expect(w.world.contact(SARA)?.enrollments).toEqual([]);
  return w.effects('decision').find(({ decision }) => decision.code === 'not_entered')?.decision.detail;
}

const trait = (path: string, value: string): Condition => ({ kind: 'trait', path, test: { op: 'is', value }, held: null });

describe('why a contact was not taken in', () => {
  it.each<[Condition, unknown]>([
    [trait('plan', 'pro'), { trait: 'plan', test: { op: 'is', value: 'pro' }, observed: 'free', holds: false }],
    [{ kind: 'all', of: [trait('country', 'DE'), trait('plan', 'pro')] }, { trait: 'plan', test: { op: 'is', value: 'pro' }, observed: 'free', holds: false }],
    [{ kind: 'none', of: [trait('plan', 'pro'), trait('plan', 'free')] }, { none: { trait: 'plan', test: { op: 'is', value: 'free' }, observed: 'free', holds: true } }],
    [happened('Seen', { times: { op: 'at-least', count: 3 }, period: { kind: 'within', ms: 1000 } }), { event: 'Seen', where: [], times: { op: 'at-least', count: 3 }, withinMs: 1000, since: 'ever', observed: 1, holds: false }],
    [{ kind: 'consent', channel: 'email', topic: 'news' }, { consent: 'email', topic: 'news', observed: null, holds: false }],
    [{ kind: 'tag', tag: 't' }, { tag: 't', observed: false, holds: false }],
    [{ kind: 'trigger', path: 'total', test: { op: 'more-than', value: 9 } }, { trigger: 'total', test: { op: 'more-than', value: 9 }, observed: 5, holds: false }],
    [{ kind: 'message', step: 's', outcome: 'opened' }, { message: 's', outcome: 'opened', observed: false, holds: false }],
  ])('%j', (who, failed) => {
    expect(refusal(who)).toEqual({ reason: 'who', failed });
  });

  it('lists all parts of an alternative', () => {
    expect(refusal({ kind: 'any', of: [trait('plan', 'pro'), trait('country', 'FR')] })).toMatchObject({ failed: { any: [{ observed: 'free' }, { observed: 'DE' }], holds: false } });
  });
});
