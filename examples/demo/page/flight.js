import { icon, make, prefersStillness } from './dom.js';

/** More at once would be a swarm. */
const ALOFT_LIMIT = 7;

const ENVELOPE = 'M3 6h18v12H3zM3.500 6.500 12 13l8.500-6.500';

/** Letters on their way and money that comes in, over everything else. */
export class Flights {
  #sky;
  #target;

  constructor(sky, target) {
    this.#sky = sky;
    this.#target = target;
  }

  /** A letter rises from its step and flies to the mailbox. */
  letter(from) {
    if (!this.#mayFly(from)) return;
    const start = from.getBoundingClientRect();
    const end = this.#target.getBoundingClientRect();
    const envelope = make('span', 'envelope', {}, icon(ENVELOPE));
    const [x, y] = [end.left + 14 - start.left, end.top + end.height / 2 - 11 - start.top];
    this.#fly(envelope, start.left, start.top, [
      { transform: 'translate(0, 0) scale(.5)', opacity: 0 },
      { transform: `translate(${x * 0.06}px, -2.6rem) scale(1.15) rotate(-6deg)`, opacity: 1, offset: 0.3 },
      { transform: `translate(${x}px, ${y}px) scale(.55) rotate(8deg)`, opacity: 0.2 },
    ], 1500);
  }

  /** An amount rises over the journey that earned it. */
  coin(from, text) {
    if (!this.#mayFly(from)) return;
    const { left, top, width } = from.getBoundingClientRect();
    this.#fly(make('span', 'prize', {}, make('bdi', '', {}, text)), left + width / 2, top, [
      { transform: 'translate(-50%, .6rem)', opacity: 0 },
      { transform: 'translate(-50%, -.4rem)', opacity: 1, offset: 0.2 },
      { transform: 'translate(-50%, -1rem)', opacity: 1, offset: 0.7 },
      { transform: 'translate(-50%, -2.400rem)', opacity: 0 },
    ], 2600);
  }

  #mayFly(from) {
    if (from === null || document.hidden || prefersStillness.matches || this.#sky.children.length >= ALOFT_LIMIT) return false;
    const { top, bottom } = from.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  #fly(element, left, top, frames, duration) {
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
    this.#sky.append(element);
    element.animate(frames, { duration, easing: 'cubic-bezier(.3,.1,.3,1)' }).finished.then(() => element.remove(), () => element.remove());
  }
}
