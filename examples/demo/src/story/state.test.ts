import { expect, test } from 'vitest';
import { Books } from '../shop/books.ts';
import { makePerson } from '../shop/person.ts';
import type { Figures } from './admin-answers.ts';
import { countsOf } from './state.ts';

const none: Figures = { entered: 0, waiting: 0, sent: 0, opened: 0, clicked: 0, skipped: 0, cancelled: 0, unsubscribed: 0, converted: 0, revenue: [], branches: {} };

test('figures of the API and of the till are put together, each currency by itself', () => {
  const books = new Books();
  const person = makePerson('tea', 1);
  const order = { person, at: 0, cartId: 'c', refunded: 0, cameByMail: false };
  books.orders.set('1', { ...order, orderId: '1', currency: 'USD', total: 40 });
  books.orders.set('2', { ...order, orderId: '2', currency: 'USD', total: 60.1, refunded: 10 });
  books.orders.set('3', { ...order, orderId: '3', currency: 'EUR', total: 5 });
  const journeys = { items: [{ journey: 'welcome', step: null, figures: { ...none, entered: 7, sent: 5, opened: 3, converted: 1, revenue: [{ currency: 'USD', amount: 60.1, refunded: 10 }] } }] };
  const steps = {
    items: [
      { journey: 'welcome', step: 'wait-7-days', figures: { ...none, waiting: 4 } },
      { journey: 'welcome', step: 'send-welcome-1', figures: { ...none, waiting: 1, sent: 5, skipped: 2, cancelled: 1 } },
    ],
  };
  const counts = countsOf(journeys, steps, books, 9);
  expect(counts.totals).toEqual({ inside: 5, mails: 9, opened: 3, clicked: 0, unsubscribed: 0, orders: 3, earnedOrders: 1 });
  expect(counts.money).toEqual([{ currency: 'EUR', all: 5, earned: 0 }, { currency: 'USD', all: 90.1, earned: 50.1 }]);
  expect(counts.journeys.welcome).toMatchObject({ entered: 7, inside: 5, orders: 1, money: [{ currency: 'USD', earned: 50.1 }] });
  expect(counts.journeys.welcome?.steps['send-welcome-1']).toMatchObject({ sent: 5, skipped: 3, waiting: 1 });
});
