import type { Books } from '../shop/books.ts';
import type { Figures, Stats } from './admin-answers.ts';
import type { JourneyState, Money, State, StepState } from './feed.ts';

/** What the figures of the admin API and the shop's own till say together. */
export function countsOf(journeys: Stats, steps: Stats, books: Books, mails: number): Pick<State, 'totals' | 'money' | 'journeys'> {
  const byJourney = new Map(journeys.items.map(({ journey, figures }) => [journey, figures]));
  const all = [...byJourney.values()];
  const sum = (pick: (figures: Figures) => number): number => all.reduce((total, figures) => total + pick(figures), 0);
  const states = new Map([...byJourney].map(([journey, figures]) => [journey, journeyState(figures, steps.items.filter((one) => one.journey === journey))]));
  return {
    totals: {
      mails, orders: books.orders.size, inside: [...states.values()].reduce((total, { inside }) => total + inside, 0),
      opened: sum(({ opened }) => opened), clicked: sum(({ clicked }) => clicked), unsubscribed: sum(({ unsubscribed }) => unsubscribed), earnedOrders: sum(({ converted }) => converted),
    },
    money: moneyOf(all, books),
    journeys: Object.fromEntries(states),
  };
}

function journeyState(figures: Figures, steps: Stats['items']): JourneyState {
  return {
    entered: figures.entered, orders: figures.converted,
    inside: steps.reduce((total, one) => total + one.figures.waiting, 0),
    money: figures.revenue.map(({ currency, amount, refunded }) => ({ currency, earned: amount - refunded })),
    steps: Object.fromEntries(steps.map((one) => [one.step ?? '', stepState(one.figures)])),
  };
}

function stepState({ waiting, sent, opened, clicked, skipped, cancelled, branches }: Figures): StepState {
  return { waiting, sent, opened, clicked, skipped: skipped + cancelled, ways: branches };
}

/** Each currency by itself: what came in, and what letters brought. */
function moneyOf(journeys: readonly Figures[], books: Books): Money[] {
  const earned = new Map<string, number>();
  for (const { revenue } of journeys) for (const { currency, amount, refunded } of revenue) earned.set(currency, (earned.get(currency) ?? 0) + amount - refunded);
  return [...books.turnover()]
    .map(([currency, { total, refunded }]) => ({ currency, all: total - refunded, earned: earned.get(currency) ?? 0 }))
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}
