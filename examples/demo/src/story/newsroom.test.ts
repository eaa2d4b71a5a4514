import { expect, test } from 'vitest';
import type { FeedEvent, News } from './feed.ts';
import { Newsroom } from './newsroom.ts';

const news = (at: number): Omit<News, 'id'> => ({ at, kind: 'mail', person: null, journey: null, step: null, template: null, reason: null, money: null, mail: null });
const plan = { shop: 'Tea', timezone: 'UTC', startAt: 0, journeys: [] };

test('who comes later is told what there is, the oldest first, and then what happens', () => {
  const newsroom = new Newsroom();
  newsroom.setPlan(plan);
  newsroom.report(Array.from({ length: 70 }, (_, at) => news(at)));
  const heard: FeedEvent[] = [];
  const stop = newsroom.listen((event) => void heard.push(event));
  newsroom.report([news(100)]);
  stop();
  newsroom.report([news(101)]);
  expect(heard.map(({ kind }) => kind)).toEqual(['plan', 'news', 'news']);
  const told = heard.flatMap((event) => (event.kind === 'news' ? [...event.news] : []));
  expect(told).toHaveLength(61);
  expect(told[0]).toMatchObject({ id: 11, at: 10 });
  expect(told.at(-1)).toMatchObject({ id: 71, at: 100 });
});

test('no news is not told', () => {
  const newsroom = new Newsroom();
  const heard: FeedEvent[] = [];
  newsroom.listen((event) => void heard.push(event));
  newsroom.report([]);
  expect(heard).toEqual([]);
});
