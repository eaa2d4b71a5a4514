import { DAY_MS, HOUR_MS } from '@samovar/core';
import { expect, test } from 'vitest';
import type { Call, Item } from './call.ts';
import { Shop } from './shop.ts';

const startAt = Date.UTC(2026, 2, 2, 6);

interface Story {
  past: Item[];
  calls: Call[];
  shop: Shop;
}

/** Lets a shop be for some days; `reading` answers each checkout with a mail an hour later. */
function story(seed: string, days: number, reading: boolean): Story {
  const shop = new Shop({ seed, people: 300, startAt });
  const past = shop.begin();
  const calls: Call[] = [];
  const letters: { at: number; to: string; id: string }[] = [];
  const until = startAt + days * DAY_MS;
  for (;;) {
    const at = Math.min(shop.nextAt, letters[0]?.at ?? Infinity);
    if (at > until) return { past, calls, shop };
    const letter = letters[0];
    if (letter !== undefined && letter.at <= shop.nextAt) {
      letters.shift();
      shop.receive({ messageId: letter.id, to: letter.to, links: ['link'], openUrl: 'pixel', unsubscribeUrl: 'stop', step: 'send-cart-1', text: '' }, letter.at);
      continue;
    }
    for (const call of shop.step(until) ?? []) {
      calls.push(call);
      if (call.kind === 'click') call.landed?.('https://shop.example.com/cart/x');
      const person = call.kind === 'item' ? shop.personByUserId(call.item.userId ?? '') : undefined;
      if (reading && call.kind === 'item' && call.item.event === 'Checkout Started' && person !== undefined) {
        letters.push({ at: call.at + HOUR_MS, to: person.email, id: call.item.messageId });
      }
    }
  }
}

const named = (calls: readonly Call[], event: string): Call[] => calls.filter((call) => call.kind === 'item' && call.item.event === event);

test('the same seed tells the same story, another seed another', () => {
  const tell = (seed: string): string => JSON.stringify(story(seed, 6, true).calls);
  expect(tell('tea')).toBe(tell('tea'));
  expect(tell('tea')).not.toBe(tell('coffee'));
});

test('calls come in order of time, each item with an id of its own and its own time', () => {
  const { calls, past } = story('tea', 10, true);
  expect(calls.map((call) => call.at)).toEqual(calls.map((call) => call.at).toSorted((a, b) => a - b));
  const items = [...past, ...calls.flatMap((call) => (call.kind === 'item' ? [call.item] : []))];
  expect(new Set(items.map((item) => item.messageId)).size).toBe(items.length);
  expect(calls.filter((call) => call.kind === 'item' && Date.parse(call.item.timestamp) !== call.at)).toEqual([]);
});

test('customers are as skewed as customers are: a few buy much, most only look', () => {
  const { calls, past, shop } = story('tea', 28, false);
  const looked = named(calls, 'Product Viewed').length;
  const left = shop.books.carts.size;
  const bought = shop.books.orders.size;
  expect(looked).toBeGreaterThan(3 * left);
  expect(left).toBeGreaterThan(1.4 * bought);
  expect(bought).toBeGreaterThan(30);
  const spent = new Map<unknown, number>();
  for (const item of past) if (item.event === 'Order Completed') spent.set(item.userId, (spent.get(item.userId) ?? 0) + 1);
  const counts = [...spent.values()].sort((a, b) => b - a);
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  expect(sum(counts.slice(0, counts.length / 5)) / sum(counts)).toBeGreaterThan(0.35);
});

test('everybody has a language, a zone and a currency that go together', () => {
  const { past } = story('tea', 0, false);
  const traits = past.filter((item) => item.type === 'identify').map((item) => item.traits as Record<string, unknown>);
  const kinds = new Set(traits.map(({ language, timezone, currency }) => `${String(language)} ${String(timezone)} ${String(currency)}`));
  expect([...kinds].toSorted()).toEqual([
    'ar Asia/Riyadh SAR', 'en America/New_York USD', 'en Europe/Dublin EUR', 'fa Asia/Tehran IRR', 'he Asia/Jerusalem ILS',
  ]);
  const consenting = traits.filter((one) => one.consent !== undefined).length / traits.length;
  expect(consenting).toBeGreaterThan(0.65);
  expect(consenting).toBeLessThan(0.9);
});

test('who is reminded of their cart comes back more often', () => {
  const rate = (reading: boolean): number => {
    const carts = [...story('tea', 28, reading).shop.books.carts.values()].filter(({ boughtAt, leftAt }) => boughtAt === null || boughtAt - leftAt > HOUR_MS);
    return carts.filter(({ boughtAt }) => boughtAt !== null).length / carts.length;
  };
  expect(rate(true)).toBeGreaterThan(1.2 * rate(false));
});

test('machines open without being asked, people unsubscribe now and then, both by their own agents', () => {
  const { calls, shop } = story('tea', 28, true);
  const opens = calls.flatMap((call) => (call.kind === 'open' ? [call] : []));
  const agents = new Set(opens.map((call) => call.userAgent));
  expect(agents.has('Mozilla/5.0')).toBe(true);
  expect([...agents].some((agent) => agent.includes('GoogleImageProxy'))).toBe(true);
  expect(calls.filter((call) => call.kind === 'unsubscribe')).toHaveLength(shop.books.goodbyes.length);
  expect(shop.books.goodbyes.length).toBeGreaterThan(0);
});
