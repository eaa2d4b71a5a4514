import { write } from './dom.js';
import { day, dayShare, hours, otherDay, time } from './format.js';
import { onLanguage, words } from './language.js';

/** Hours in a second that the slider offers. */
const SPEEDS = [0.25, 0.5, 1, 1.5, 3, 6, 12];

/** The shop's clock, and how fast it goes. */
export class Clock {
  #state = null;
  #timezone = 'UTC';
  #asked = null;

  constructor() {
    this.slider.addEventListener('input', () => {
      this.#asked = SPEEDS[this.slider.valueAsNumber];
      this.#label(this.#asked);
      void change({ hoursPerSecond: this.#asked });
    });
    document.getElementById('pause').addEventListener('click', () => void change({ paused: !(this.#state?.paused ?? false) }));
    onLanguage(() => this.#show());
  }

  get slider() {
    return document.getElementById('pace');
  }

  setPlan({ timezone }) {
    this.#timezone = timezone;
  }

  setState(state) {
    this.#state = state;
    if (this.#asked !== null && Math.abs(this.#asked - state.hoursPerSecond) < 0.01) this.#asked = null;
    this.#show();
  }

  #show() {
    if (this.#state === null) return;
    const { now, paused, hoursPerSecond } = this.#state;
    const date = document.getElementById('date');
    write(date, day(now, this.#timezone));
    date.dateTime = new Date(now).toISOString();
    write(document.getElementById('time'), time(now, this.#timezone));
    write(document.getElementById('other-date'), otherDay(now, this.#timezone));
    this.#sky(dayShare(now, this.#timezone));
    document.getElementById('clock').classList.toggle('paused', paused);
    const button = document.getElementById('pause');
    button.setAttribute('aria-label', paused ? words().resume : words().pause);
    button.title = paused ? words().resume : words().pause;
    if (this.#asked === null) {
      const nearest = SPEEDS.reduce((best, speed, index) => (Math.abs(speed - hoursPerSecond) < Math.abs(SPEEDS[best] - hoursPerSecond) ? index : best), 0);
      this.slider.value = String(nearest);
      this.#label(hoursPerSecond);
    }
  }

  #label(speed) {
    const text = words().pace({ hours: hours(speed) });
    write(document.getElementById('pace-label'), text);
    this.slider.setAttribute('aria-valuetext', text);
  }

  /** The sun rises at six and sets at eighteen; the moon takes the same way at night. */
  #sky(share) {
    const isDay = share >= 0.25 && share < 0.75;
    const way = isDay ? (share - 0.25) * 2 : ((share + 0.25) % 1) * 2;
    const angle = Math.PI * (1 - way);
    const sun = document.getElementById('sun');
    sun.setAttribute('cx', String(60 + 48 * Math.cos(angle)));
    sun.setAttribute('cy', String(60 - 48 * Math.sin(angle)));
    document.documentElement.dataset.sky = isDay ? 'day' : 'night';
  }
}

function change(pace) {
  return fetch('/pace', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(pace) });
}
