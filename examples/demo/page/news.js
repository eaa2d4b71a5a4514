import { make } from './dom.js';
import { moment, money } from './format.js';
import { language, onLanguage, sentence, words } from './language.js';

/** Lines kept on the page. */
const LINE_LIMIT = 40;

const SIGNS = { entered: '→', mail: '✉', held: '☾', skipped: '–', stopped: '■', earned: '★', bought: '•', unsubscribed: '×', bounced: '×' };

/** What just happened, in plain words, the latest on top. */
export class News {
  #list;
  #all = [];
  #subjects = new Map();
  #names = new Map();
  #timezone = 'UTC';

  constructor(list) {
    this.#list = list;
    onLanguage(() => this.#list.replaceChildren(...this.#all.map((news) => this.#line(news))));
  }

  setPlan(plan) {
    this.#timezone = plan.timezone;
    for (const journey of plan.journeys) {
      this.#names.set(journey.key, journey.name);
      this.#learn(journey.key, journey.steps);
    }
  }

  /** Takes news that are not known yet; answers with those. */
  add(news) {
    const last = this.#all[0]?.id ?? 0;
    const fresh = news.filter((one) => one.id > last);
    for (const one of fresh) {
      this.#all.unshift(one);
      this.#list.prepend(this.#line(one));
    }
    this.#all.length = Math.min(this.#all.length, LINE_LIMIT);
    while (this.#list.children.length > LINE_LIMIT) this.#list.lastElementChild.remove();
    return fresh;
  }

  #learn(journey, steps) {
    for (const step of steps) {
      if (step.kind === 'send') this.#subjects.set(`${journey}/${step.id}`, step.subjects);
      if (step.kind === 'fork') for (const way of step.ways) this.#learn(journey, way.steps);
    }
  }

  #line(news) {
    const say = words();
    const subjects = this.#subjects.get(`${news.journey}/${news.step}`) ?? {};
    const text = sentence(say.news[news.kind], {
      name: news.person?.name ?? '—',
      letter: subjects[language()] ?? Object.values(subjects)[0] ?? news.template ?? '',
      journey: say.journeyNames[news.journey] ?? this.#names.get(news.journey) ?? '',
      reason: say.reasons[news.reason] ?? news.reason ?? '',
      money: news.money === null ? '' : money(news.money.amount, news.money.currency),
    });
    const body = news.mail === null ? make('span', 'what', {}, text) : make('a', 'what', { href: `/mailbox?mail=${news.mail}` }, text);
    const time = make('time', '', { datetime: new Date(news.at).toISOString() }, moment(news.at, this.#timezone));
    return make('li', news.kind, {}, make('span', 'sign', { 'aria-hidden': 'true' }, SIGNS[news.kind]), make('p', '', {}, body, ' ', time));
  }
}
