import { describe, expect, it } from 'vitest';
import type { WorkspaceDefinition } from '../definition/definition.ts';
import { pointsFor, scoreOf } from '../testing/scores.ts';
import { START, SmallWorld, journeyOf, templateOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';

const CAPS: Partial<WorkspaceDefinition> = {
  frequencyCap: { messages: 3, windowMs: 7 * DAY_MS },
  bandCaps: { cold: { messages: 1, windowMs: 14 * DAY_MS }, hot: { messages: 5, windowMs: 7 * DAY_MS } },
};

/** A contact that is sent something each day for three weeks, after `views` views that never fade. */
function approached(views: number, more: Partial<Parameters<typeof scoreOf>[1]> = {}): { sent: number[]; rules: unknown[] } {
  const w = new SmallWorld([
    workspaceOf(CAPS), scoreOf([pointsFor('Viewed', 20)], more), templateOf('offer'), journeyOf('offers', 'Go', [{ kind: 'send', id: 'offer', template: 'offer' }]),
  ]);
  w.feed(w.events.identify(START, { email: 'sara@example.com', country: 'US', consent: true }));
  for (let n = 0; n < views; n += 1) w.feed(w.events.track(START, 'Viewed'));
  for (let day = 0; day < 21; day += 1) w.feed(w.events.track(START + day * DAY_MS + HOUR_MS, 'Go'));
  const rules = w.effects('decision').flatMap(({ decision: { code, detail } }) => (code === 'message_skipped' ? [(detail as { rule?: string }).rule] : []));
  return { sent: w.messages().map(([, at]) => Math.floor(at / DAY_MS)), rules: [...new Set(rules)] };
}

describe('the frequency cap', () => {
  it('depends on the temperature: a cold lead is never flooded', () => {
    expect(approached(0)).toEqual({ sent: [0, 14], rules: ['cold: 1 in 14 days'] });
    expect(approached(3)).toEqual({ sent: [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18], rules: ['hot: 5 in 7 days'] });
  });

  it('is that of everybody for a band without its own, and where there is no score', () => {
    const usual = { sent: [0, 1, 2, 7, 8, 9, 14, 15, 16], rules: [undefined] };
    expect(approached(1)).toEqual(usual);
    expect(approached(0, { main: false })).toEqual(usual);
  });
});
