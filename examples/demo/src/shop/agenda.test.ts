import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';
import { Dice } from './dice.ts';

test('plans come in order of time, then of their owners, then of making', () => {
  const agenda = new Agenda();
  const dice = Dice.of('agenda');
  const plans = Array.from({ length: 500 }, (_, made) => ({ at: dice.whole(1, 40), owner: dice.whole(1, 5), made }));
  const done: typeof plans = [];
  for (const plan of plans) agenda.add({ at: plan.at, owner: plan.owner, run: () => void done.push(plan) });
  for (let next = agenda.take(Infinity); next !== null; next = agenda.take(Infinity)) next.run();
  expect(done).toEqual(plans.toSorted((a, b) => a.at - b.at || a.owner - b.owner || a.made - b.made));
});

test('nothing is taken before its time', () => {
  const agenda = new Agenda();
  expect(agenda.nextAt).toBe(Infinity);
  agenda.add({ at: 10, owner: 1, run: () => {} });
  expect(agenda.nextAt).toBe(10);
  expect(agenda.take(9)).toBeNull();
  expect(agenda.take(10)?.at).toBe(10);
  expect(agenda.take(10)).toBeNull();
});
