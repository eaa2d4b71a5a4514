import { expect, it } from 'vitest';
import { SmallWorld, START, visitorOf } from '../testing/small-world.ts';

it.each([
  ['ada@shop.org', true],
  ['آدا@shop.org', true],
  ['-', false],
  ['نامشخص', false],
  ['Ali', false],
  ['ada@shop', false],
])('joins two by the e-mail %s: %s', (email, joined) => {
  const w = new SmallWorld([]);
  const [first, second] = [visitorOf('v1'), visitorOf('v2')];
  w.feed(w.events.identify(START, { email }, { identifiers: [first] }));
  w.feed(w.events.identify(START + 1, { email }, { identifiers: [second] }));
  expect(new Set([first, second].map((one) => w.world.contact(one)?.id)).size).toBe(joined ? 1 : 2);
});
