import { DAY_MS, type Millis } from '@samovar/core';
import { Agenda } from './agenda.ts';
import { Books } from './books.ts';
import type { Call, Item } from './call.ts';
import { Dice } from './dice.ts';
import type { Floor } from './floor.ts';
import { pastOf } from './history.ts';
import type { Letter } from './letter.ts';
import { makePerson } from './person.ts';
import type { Person } from './person.ts';
import { receive } from './reaction.ts';
import { newShopper } from './shopper.ts';
import type { Shopper } from './shopper.ts';
import { keepVisiting, visit } from './visit.ts';

export interface ShopSettings {
  readonly seed: string;
  /** People who have an account when the story begins. */
  readonly people: number;
  readonly startAt: Millis;
}

/** For each so many people with an account, a new face comes in each day. */
const PEOPLE_PER_NEWCOMER = 45;

/**
 * A small shop and its customers, as a pure model: what they do next, given what came into their mailboxes. It knows Samovar
 * only through calls that others carry out, and the same seed with the same mails always tells the same story.
 */
export class Shop {
  readonly books = new Books();
  readonly #settings: ShopSettings;
  readonly #agenda = new Agenda();
  readonly #byEmail = new Map<string, Shopper>();
  readonly #byUserId = new Map<string, Person>();
  readonly #floor: Floor;
  #now: Millis;
  #calls: Call[] = [];
  #people = 0;

  constructor(settings: ShopSettings) {
    this.#settings = settings;
    this.#now = settings.startAt;
    this.#floor = {
      seed: settings.seed, books: this.books,
      now: () => this.#now,
      plan: (person, at, run) => this.#agenda.add({ at: Math.max(Math.round(at), this.#now), owner: person.number, run }),
      call: (call) => void this.#calls.push(call),
    };
  }

  /** Everybody who has an account already, and what they bought before the story begins. */
  begin(): Item[] {
    const items: Item[] = [];
    for (let count = 0; count < this.#settings.people; count += 1) {
      const shopper = this.#welcome();
      shopper.signedUp = true;
      items.push(...pastOf(this.#settings.seed, shopper, this.#settings.startAt));
      keepVisiting(this.#floor, shopper);
    }
    this.#expectNewcomer();
    return items;
  }

  /** When somebody does something next. */
  get nextAt(): Millis {
    return this.#agenda.nextAt;
  }

  /** Lets the next thing happen, if its time has come by `until`; answers with what Samovar is told of it. */
  step(until: Millis): Call[] | null {
    const plan = this.#agenda.take(until);
    if (plan === null) return null;
    this.#now = plan.at;
    plan.run();
    return this.takeCalls();
  }

  /** What Samovar is told of something that happened outside a step, such as landing after a click. */
  takeCalls(): Call[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** A mail came into somebody's mailbox. */
  receive(letter: Letter, at: Millis): void {
    const shopper = this.#byEmail.get(letter.to);
    if (shopper === undefined) return;
    this.#now = Math.max(this.#now, at);
    receive(this.#floor, shopper, letter);
  }

  personByEmail(address: string): Person | undefined {
    return this.#byEmail.get(address)?.person;
  }

  personByUserId(userId: string): Person | undefined {
    return this.#byUserId.get(userId);
  }

  #welcome(): Shopper {
    this.#people += 1;
    const shopper = newShopper(makePerson(this.#settings.seed, this.#people));
    this.#byEmail.set(shopper.person.email, shopper);
    this.#byUserId.set(shopper.person.userId, shopper.person);
    return shopper;
  }

  #expectNewcomer(): void {
    const shopper = this.#welcome();
    const { seed, people } = this.#settings;
    const mean = (DAY_MS * PEOPLE_PER_NEWCOMER) / Math.max(people, 1);
    const at = this.#now + Dice.of(seed, 'newcomer', shopper.person.number).waiting(mean);
    this.#floor.plan(shopper.person, at, () => {
      visit(this.#floor, shopper, 'habit');
      keepVisiting(this.#floor, shopper);
      this.#expectNewcomer();
    });
  }
}
