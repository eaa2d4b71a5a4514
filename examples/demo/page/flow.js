import { icon, make, prefersStillness, write } from './dom.js';
import { money, percent, span, whole } from './format.js';
import { language, onLanguage, words } from './language.js';

const ICONS = {
  wait: 'M8 4h8M8 20h8M9 4v3.500c0 2 6 6.500 6 9V20M15 4v3.500c0 2-6 6.500-6 9V20',
  send: 'M4 7h16v10.500H4zM4.500 7.500 12 13l7.500-5.500',
  fork: 'M12 4v5M12 9c0 4-6 3-6 8v3M12 9c0 4 6 3 6 8v3',
  mark: 'M5 5h7l7.500 7.500-7 7L5 12zM8.500 8.500h.01',
  end: 'M6 12h12',
};

/** Dots drawn for people who wait; more are a number only. */
const DOT_LIMIT = 28;

/** The cards of all journeys, and what moves in them. */
export class Flow {
  #cards = new Map();
  #place;
  #plan = null;
  #state = null;
  #wide = [matchMedia('(min-width: 1180px)'), matchMedia('(min-width: 700px)')];

  constructor(place) {
    this.#place = place;
    for (const query of this.#wide) query.addEventListener('change', () => this.#build());
    onLanguage(() => this.#build());
  }

  setPlan(plan) {
    this.#plan = plan;
    this.#build();
  }

  setState(state) {
    this.#state = state;
    for (const [key, card] of this.#cards) card.show(state.journeys[key]);
  }

  /** Where a step stands on the screen; null when it is not there. */
  nodeOf(journey, step) {
    return this.#cards.get(journey)?.node(step) ?? null;
  }

  /** Lights a step up for a moment. */
  touch(journey, step) {
    const node = this.nodeOf(journey, step);
    if (node === null || prefersStillness.matches) return;
    node.animate([{ boxShadow: '0 0 0 0 var(--glow)' }, { boxShadow: '0 0 0 .55rem transparent' }], { duration: 900, easing: 'ease-out' });
  }

  #build() {
    if (this.#plan === null) return;
    this.#cards.clear();
    const count = this.#wide[0].matches ? 4 : this.#wide[1].matches ? 2 : 1;
    const columns = Array.from({ length: count }, () => ({ element: make('div', 'column'), height: 0 }));
    for (const journey of this.#plan.journeys) {
      const card = new Card(journey);
      this.#cards.set(journey.key, card);
      const shortest = columns.reduce((a, b) => (b.height < a.height ? b : a));
      shortest.element.append(card.element);
      shortest.height += 4 + journey.steps.reduce((sum, step) => sum + heightOf(step), 0);
    }
    this.#place.replaceChildren(...columns.map(({ element }) => element));
    if (this.#state !== null) this.setState(this.#state);
  }
}

function heightOf(step) {
  return step.kind === 'fork' ? 1.5 + step.ways.reduce((sum, way) => sum + 0.8 + way.steps.reduce((a, b) => a + heightOf(b), 0), 0) : 1;
}

class Card {
  #nodes = new Map();
  #updates = [];
  #inside = make('b');
  #footer = make('footer');
  element;

  constructor(journey) {
    const say = words();
    const { trigger } = journey;
    const cause = trigger.kind === 'event' ? say.triggers[trigger.name] ?? say.events[trigger.name] : say.segments[trigger.name];
    const title = make('h3', '', {}, say.journeyNames[journey.key] ?? journey.name);
    this.element = make('article', 'journey', { 'data-journey': journey.key },
      make('header', '', {}, title, make('p', 'inside', {}, this.#inside, ` ${say.insideNow}`)),
      make('p', 'cause', {}, `${say.startsWith} `, make('em', '', {}, cause ?? trigger.name)),
      this.#steps(journey.key, journey.steps), this.#footer);
  }

  node(step) {
    return this.#nodes.get(step) ?? null;
  }

  show(state) {
    if (state === undefined) return;
    write(this.#inside, whole(state.inside));
    for (const update of this.#updates) update(state.steps);
    this.#showFooter(state);
  }

  #steps(journey, steps) {
    const list = make('ol', 'steps');
    for (const step of steps) list.append(this.#step(journey, step));
    return list;
  }

  #step(journey, step) {
    const node = make('span', 'node', {}, icon(ICONS[step.kind === 'fork' && step.fork.kind === 'wait-for' ? 'wait' : step.kind]));
    this.#nodes.set(step.id, node);
    const line = make('div', 'line');
    const item = make('li', `step ${step.kind}`, {}, node, line);
    switch (step.kind) {
      case 'wait': line.append(make('span', 'label', {}, span(step.durationMs)), this.#waiting(step.id)); break;
      case 'send': this.#letter(step, line); break;
      case 'fork': this.#fork(journey, step, line, item); break;
      case 'mark': line.append(make('span', 'label', {}, words().tags[step.tag] ?? step.tag)); break;
      case 'end': line.append(make('span', 'label', {}, words().ends[step.reason] ?? words().end)); break;
    }
    return item;
  }

  #letter(step, line) {
    const say = words();
    const [fallback] = Object.values(step.subjects);
    const label = make('span', 'label', {}, make('bdi', '', {}, step.subjects[language()] ?? fallback ?? step.template));
    const sent = make('b');
    const rest = make('span', 'rest');
    line.append(label, make('p', 'numbers', {}, sent, rest), this.#waiting(step.id));
    this.#updates.push((steps) => {
      const { sent: count = 0, opened = 0, clicked = 0, skipped = 0 } = steps[step.id] ?? {};
      write(sent, say.letters({ count, text: whole(count) }));
      const parts = count === 0 ? [] : [`${percent(opened / count)} ${say.opens}`, `${percent(clicked / count)} ${say.clicks}`];
      if (skipped > 0) parts.push(`${whole(skipped)} ${say.skips}`);
      if (rest.dataset.text === parts.join()) return;
      rest.dataset.text = parts.join();
      rest.replaceChildren(...parts.flatMap((part) => [' ', make('span', '', {}, part)]));
    });
  }

  #fork(journey, step, line, item) {
    const say = words();
    const { fork } = step;
    if (fork.kind === 'wait-for') {
      line.append(make('span', 'label', {}, `${say.waitsFor} ${say.events[fork.event] ?? fork.event}`, make('small', '', {}, ` ${say.upTo({ span: span(fork.timeoutMs) })}`)), this.#waiting(step.id));
    } else {
      line.append(make('span', 'label', {}, fork.kind === 'split' ? say.draw : say.questions[`${journey}/${step.id}`] ?? say.question));
    }
    const ways = make('ul', 'ways');
    for (const way of step.ways) {
      const count = make('b');
      const name = fork.kind === 'split' ? say.arms[way.name] ?? way.name : say.ways[way.name] ?? way.name;
      const head = make('span', 'way-name', {}, name, ' ', count);
      ways.append(make('li', `way${way.steps.length === 0 ? ' empty' : ''}`, {}, head, way.steps.length === 0 ? make('span', 'goes-on', {}, say.nothing) : this.#steps(journey, way.steps)));
      this.#updates.push((steps) => write(count, whole(steps[step.id]?.ways[way.name] ?? 0)));
    }
    item.append(ways);
  }

  /** People who wait at a step, as dots that come and go. */
  #waiting(id) {
    const dots = make('span', 'dots', { 'aria-hidden': 'true' });
    const count = make('span', 'count');
    const place = make('span', 'waiting', {}, dots, count);
    this.#updates.push((steps) => {
      const waiting = steps[id]?.waiting ?? 0;
      place.classList.toggle('none', waiting === 0);
      write(count, whole(waiting));
      arrange(dots, Math.min(waiting, DOT_LIMIT));
    });
    return place;
  }

  #showFooter(state) {
    const say = words();
    const parts = state.money.filter(({ earned }) => earned > 0).map(({ currency, earned }) => make('bdi', 'coin', {}, money(earned, currency)));
    const text = `${parts.map((part) => part.textContent).join()}${state.orders}${language()}${state.entered}`;
    if (this.#footer.dataset.text === text) return;
    this.#footer.dataset.text = text;
    const entered = make('span', 'entered', {}, say.entered({ text: whole(state.entered) }));
    const earned = parts.length === 0 ? [make('span', 'nothing', {}, say.noMoney)] : [make('span', 'orders', {}, say.orders({ count: state.orders, text: whole(state.orders) })), ...parts];
    this.#footer.replaceChildren(make('div', 'earned', {}, ...earned), entered);
  }
}

/** Lets dots appear at the end and leave from the front. */
function arrange(dots, wanted) {
  const present = [...dots.children].filter((dot) => !dot.classList.contains('leaving'));
  for (let missing = wanted - present.length; missing > 0; missing -= 1) dots.append(make('i'));
  for (const dot of present.slice(0, Math.max(present.length - wanted, 0))) {
    if (prefersStillness.matches || document.hidden) {
      dot.remove();
      continue;
    }
    dot.classList.add('leaving');
    dot.addEventListener('animationend', () => dot.remove(), { once: true });
  }
}
