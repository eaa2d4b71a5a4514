import { expect, it } from 'vitest';
import { SARA, START, SmallWorld, segmentOf } from '../testing/small-world.ts';

it.each(['DE', 'de ', 'Germany', 'Deutschland', 'ألمانيا', 'آلمان', 'גרמניה', 'DEU'])('a country told as %s is one and the same', (country) => {
  const w = new SmallWorld([segmentOf('german', { kind: 'fact', fact: 'country', test: { op: 'is', value: 'DE' } })]);
  w.feed(w.events.identify(START, { address: { country } }));
  expect(Object.keys(w.world.contact(SARA)?.segments ?? {})).toEqual(['german']);
});
