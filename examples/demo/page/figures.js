import { make, prefersStillness, write } from './dom.js';
import { money, percent, whole } from './format.js';
import { onLanguage, words } from './language.js';

/** The numbers that matter most, counting up instead of jumping. */
export class Figures {
  #shown = new Map();
  #state = null;
  #summaryAt = 0;

  constructor() {
    onLanguage(() => {
      if (this.#state !== null) this.#showAll(this.#state, true);
    });
  }

  setState(state) {
    const atOnce = this.#state === null || document.hidden || prefersStillness.matches;
    this.#state = state;
    this.#showAll(state, atOnce);
    this.#summarise(state);
  }

  #showAll({ totals, money: amounts }, atOnce) {
    this.#count('figure-inside', totals.inside, atOnce);
    this.#count('figure-mails', totals.mails, atOnce);
    this.#count('figure-orders', totals.earnedOrders, atOnce);
    write(document.getElementById('mailbox-count'), whole(totals.mails));
    write(document.getElementById('figure-opened'), totals.mails === 0 ? '–' : percent(totals.opened / totals.mails));
    this.#money(amounts);
    const share = totals.orders === 0 ? 0 : totals.earnedOrders / totals.orders;
    write(document.getElementById('share'), percent(share));
    const tea = document.getElementById('tea');
    if (tea !== null) tea.style.transform = `translateY(${(1 - Math.min(share, 1)) * 100}%)`;
  }

  /** One line for each currency: what letters earned, as a part of everything. */
  #money(amounts) {
    const place = document.getElementById('figure-money');
    const lines = amounts.filter(({ earned }) => earned > 0).map(({ currency, all, earned }) => {
      const bar = make('i', 'bar', { 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(all === 0 ? 0 : Math.min(earned / all, 1)));
      return make('span', 'amount', { title: money(all, currency) }, make('bdi', '', {}, money(earned, currency)), bar);
    });
    place.replaceChildren(...(lines.length === 0 ? [make('span', 'nothing', {}, words().noMoney)] : lines));
  }

  #count(id, wanted, atOnce) {
    const element = document.getElementById(id);
    const from = this.#shown.get(id) ?? 0;
    this.#shown.set(id, wanted);
    if (atOnce || from === wanted) return write(element, whole(wanted));
    const startedAt = performance.now();
    const step = (now) => {
      if (this.#shown.get(id) !== wanted) return;
      const share = Math.min((now - startedAt) / 500, 1);
      write(element, whole(Math.round(from + (wanted - from) * share)));
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** Now and then, for those who hear the page. */
  #summarise({ totals }) {
    if (performance.now() < this.#summaryAt) return;
    this.#summaryAt = performance.now() + 30_000;
    write(document.getElementById('summary'), words().summary({ mails: whole(totals.mails), orders: whole(totals.earnedOrders) }));
  }
}
