import { describe, expect, it } from 'vitest';
import type { OutcomeRecord } from '../event/log-record.ts';
import { SARA, START, SmallWorld, journeyOf, templateOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS, HOUR_MS, type Millis } from '../time.ts';

type Touch = [message: 0 | 1, outcome: OutcomeRecord['outcome'], at: Millis, machine?: boolean];

const ATTRIBUTION = { clickWindowMs: 5 * DAY_MS, openWindowMs: DAY_MS };

/** The journey that an order after these touches is attributed to. Messages 0 and 1 are those of the journeys `m0` and `m1`. */
function attributed(touches: readonly Touch[], orderAt: Millis, occurredAt = orderAt): string | null {
  const w = new SmallWorld([
    templateOf('mail'), workspaceOf({ attribution: ATTRIBUTION }),
    ...[0, 1].map((index) => journeyOf(`m${index}`, 'Go', [{ kind: 'send', id: 's', template: 'mail' }])),
  ]);
  w.feed(w.events.identify(START, { email: 'sara@example.com', consent: true }));
  w.feed(w.events.track(START, 'Go'));
  const ids = w.effects('message').map(({ message }) => message.id);
  for (const [message, outcome, at, machine = false] of touches) w.feed({ kind: 'outcome', receivedAt: START + at, messageId: ids[message]!, outcome, machine, detail: null });
  w.feed(w.events.track(START + orderAt, 'Order Completed', { order_id: 'o', total: 5 }, { occurredAt: START + occurredAt }));
  const journey = w.world.contact(SARA)?.orders.o?.touch?.journey ?? null;
  const earning = ['m0', 'm1'].filter((key) => w.counts(`journey:${key}`).converted === 1 && w.counts(`journey:${key}`)['revenue:USD'] === 500);
  expect(earning).toEqual(journey === null ? [] : [journey]);
  return journey;
}

describe('an order belongs to', () => {
  it.each<[string, Touch[], Millis, string | null]>([
    ['nobody without a touch', [], HOUR_MS, null],
    ['nobody when a message was only delivered', [[0, 'delivered', 1]], HOUR_MS, null],
    ['the message clicked', [[0, 'clicked', 1]], HOUR_MS, 'm0'],
    ['the message opened', [[1, 'opened', 1]], HOUR_MS, 'm1'],
    ['the message clicked rather than one opened later', [[0, 'clicked', 1], [1, 'opened', 2]], HOUR_MS, 'm0'],
    ['the message clicked last', [[1, 'clicked', 1], [0, 'clicked', 2]], HOUR_MS, 'm0'],
    ['nobody when a machine opened', [[0, 'opened', 1, true]], HOUR_MS, null],
    ['nobody when a machine clicked', [[0, 'clicked', 1, true]], HOUR_MS, null],
    ['the click up to the end of its window', [[0, 'clicked', 1]], 1 + ATTRIBUTION.clickWindowMs, 'm0'],
    ['nobody after it', [[0, 'clicked', 1]], 2 + ATTRIBUTION.clickWindowMs, null],
    ['the open up to the end of its window', [[0, 'opened', 1]], 1 + ATTRIBUTION.openWindowMs, 'm0'],
    ['nobody after that', [[0, 'opened', 1]], 2 + ATTRIBUTION.openWindowMs, null],
    ['the open when the click is too old', [[0, 'clicked', 1], [1, 'opened', 5 * DAY_MS]], 5 * DAY_MS + HOUR_MS, 'm1'],
  ])('%s', (_what, touches, orderAt, journey) => {
    expect(attributed(touches, orderAt)).toBe(journey);
  });

  it('nobody when it happened before the click that was known first', () => {
    expect(attributed([[0, 'clicked', 10]], 20, 9)).toBeNull();
  });
});
