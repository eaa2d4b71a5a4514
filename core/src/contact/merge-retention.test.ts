import { expect, it } from 'vitest';
import { DEFAULT_RETENTION } from '../definition/retention.ts';
import { SARA, START, SmallWorld, happened, segmentOf, visitorOf, workspaceOf } from '../testing/small-world.ts';
import { DAY_MS } from '../time.ts';

const VISITOR = visitorOf('device');
const asVisitor = { identifiers: [VISITOR], trusted: false };

/** Both parts were told orders, so a merge reads them from history, which the world keeps; what is asked is what it makes of that. */
function merged(orderMs: number | null, atDay: number): SmallWorld {
  const w = new SmallWorld([workspaceOf({ retention: { ...DEFAULT_RETENTION, events: { 'Order Completed': orderMs } } }), segmentOf('buyers', happened('Order Completed', { times: { op: 'at-least', count: 2 } }))]);
  w.feed(w.events.track(START, 'Order Completed', { order_id: 'a', total: 5 }));
  w.feed(w.events.track(START + 1, 'Order Completed', { order_id: 'a', total: 5 }, asVisitor));
  w.feed(w.events.identify(START + atDay * DAY_MS, {}, { identifiers: [SARA, VISITOR] }));
  return w;
}

const isBuyer = (w: SmallWorld): boolean => Object.hasOwn(w.world.contact(SARA)?.segments ?? {}, 'buyers');

it('counts an order told to both once, as long as all of their history is kept', () => {
  for (const w of [merged(null, 60), merged(30 * DAY_MS, 29)]) expect([isBuyer(w), w.decisions('history_incomplete')]).toEqual([false, []]);
});

it('keeps what both knew when history may be gone, and says so', () => {
  const w = merged(30 * DAY_MS, 60);
  expect([isBuyer(w), w.decisions('merged', 'history_incomplete')]).toEqual([true, ['merged', 'history_incomplete']]);
});
