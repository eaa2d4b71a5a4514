import { expect, test } from 'vitest';
import { makePerson } from '../shop/person.ts';
import { dueAt } from './audit-carts.ts';

const person = (timezone: string): ReturnType<typeof makePerson> => ({ ...makePerson('tea', 1), timezone });

test.each([
  ['by day after an hour', 'Europe/Dublin', '2026-03-10T12:34:56.789Z', '2026-03-10T13:34:56.789Z'],
  ['at the last moment before the quiet hours', 'Europe/Dublin', '2026-03-10T19:59:59.999Z', '2026-03-10T20:59:59.999Z'],
  ['in the evening at eight in the morning', 'Europe/Dublin', '2026-03-10T20:00:00.000Z', '2026-03-11T08:00:00.000Z'],
  ['at night at eight in the morning', 'Asia/Tehran', '2026-03-10T01:00:00.000Z', '2026-03-10T04:30:00.000Z'],
  ['at eight sharp at once', 'Asia/Riyadh', '2026-03-10T04:00:00.000Z', '2026-03-10T05:00:00.000Z'],
  ['in the night in which summer time begins', 'Europe/Dublin', '2026-03-28T22:00:00.000Z', '2026-03-29T07:00:00.000Z'],
  ['in the night in which it ends', 'America/New_York', '2026-11-01T02:10:00.000Z', '2026-11-01T13:00:00.000Z'],
])('a cart left %s', (_when, timezone, leftAt, due) => {
  expect(new Date(dueAt({ leftAt: Date.parse(leftAt), person: person(timezone) })).toISOString()).toBe(due);
});
