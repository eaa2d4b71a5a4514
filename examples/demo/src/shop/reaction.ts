import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@samovar/core';
import { couponIn } from './coupon.ts';
import { Dice } from './dice.ts';
import type { Floor } from './floor.ts';
import { land } from './landing.ts';
import type { Letter } from './letter.ts';
import type { Shopper } from './shopper.ts';
import { awake, visit } from './visit.ts';

/** Of those who read a mail, so many follow a link in it. */
const FOLLOWS = { marketing: 0.26, transactional: 0.3, question: 0.6 };
/** Of those who read and follow nothing, so many come by themselves later. */
const COMES_LATER = 0.07;
/** Of those who get a marketing mail, so many want no more of its kind when they do not yet feel pressed. */
const LEAVES = 0.006;

/** A mail has arrived in somebody's mailbox: what machines do with it at once, and what the person does when they get to it. */
export function receive(floor: Floor, shopper: Shopper, letter: Letter): void {
  const { person } = shopper;
  const now = floor.now();
  const marketing = letter.unsubscribeUrl !== null;
  shopper.letters = [...shopper.letters.filter((at) => at > now - 7 * DAY_MS), now];
  const dice = Dice.of(floor.seed, 'letter', letter.messageId);
  machines(floor, shopper, letter, dice);
  const pressure = shopper.letters.length / person.patience;
  const reads = dice.chance(Math.min(0.95, person.attention * (marketing ? 1 : 1.25)) / (1 + 0.3 * pressure ** 2));
  const readAt = awake(now + Math.min(dice.skewed(50 * MINUTE_MS, 1.3), 3 * DAY_MS), person.timezone, dice);
  const leaves = marketing && dice.chance(LEAVES * (1 + 4 * pressure ** 2));
  if (reads) floor.plan(person, readAt, () => read(floor, shopper, letter, dice));
  if (leaves) floor.plan(person, readAt + MINUTE_MS, () => unsubscribe(floor, shopper, letter));
}

function machines(floor: Floor, shopper: Shopper, letter: Letter, dice: Dice): void {
  const { person } = shopper;
  const { prefetches, imageAgent, scanner } = person.mail;
  if (prefetches && imageAgent !== null) floor.plan(person, floor.now() + dice.between(2, 40) * SECOND_MS, () => open(floor, shopper, letter, imageAgent));
  if (scanner === null) return;
  const scannedAt = floor.now() + dice.between(1, 6) * SECOND_MS;
  floor.plan(person, scannedAt, () => {
    open(floor, shopper, letter, scanner);
    for (const url of letter.links) floor.call({ kind: 'click', at: floor.now(), person, url, userAgent: scanner, landed: null });
  });
}

function read(floor: Floor, shopper: Shopper, letter: Letter, dice: Dice): void {
  const { person } = shopper;
  const { imageAgent, prefetches } = person.mail;
  if (imageAgent !== null && !prefetches) open(floor, shopper, letter, imageAgent);
  shopper.coupon = couponIn(letter.text) ?? shopper.coupon;
  const url = chooseLink(shopper, letter, dice);
  if (url !== undefined && dice.chance(FOLLOWS[kindOf(letter)])) {
    floor.plan(person, floor.now() + dice.between(8, 90) * SECOND_MS, () => follow(floor, shopper, url));
  } else if (dice.chance(COMES_LATER)) {
    floor.plan(person, floor.now() + dice.between(0.5, 20) * HOUR_MS, () => visit(floor, shopper, 'remembered'));
  }
}

function kindOf({ step, unsubscribeUrl }: Letter): keyof typeof FOLLOWS {
  if (isQuestion(step)) return 'question';
  return unsubscribeUrl === null ? 'transactional' : 'marketing';
}

/** Whether all is well: the first button says yes, the second no. */
const isQuestion = (step: string | null): boolean => step?.includes('order-check') === true;

/** The first link mostly, since it is the button that the mail is about; to a question, the honest answer. */
function chooseLink({ orders, person }: Shopper, { links, step, text }: Letter, dice: Dice): string | undefined {
  if (isQuestion(step)) return links[orders.find(({ orderId }) => text.includes(orderId))?.intact === false ? 1 : 0];
  return dice.chance(0.5 + 0.45 * person.content) ? links[0] : links[dice.whole(0, Math.max(links.length - 1, 0))];
}

function open(floor: Floor, { person }: Shopper, letter: Letter, userAgent: string): void {
  if (letter.openUrl === null) return;
  floor.books.opens += 1;
  floor.call({ kind: 'open', at: floor.now(), person, url: letter.openUrl, userAgent, landed: null });
}

function follow(floor: Floor, shopper: Shopper, url: string): void {
  floor.books.clicks += 1;
  shopper.clickedAt = floor.now();
  floor.call({ kind: 'click', at: floor.now(), person: shopper.person, url, userAgent: shopper.person.browser, landed: (location) => land(floor, shopper, location) });
}

/** One click in the mail program, which sends one POST (RFC 8058). */
function unsubscribe(floor: Floor, { person }: Shopper, { unsubscribeUrl, messageId }: Letter): void {
  if (unsubscribeUrl === null) return;
  floor.books.goodbyes.push({ person, at: floor.now(), messageId });
  floor.call({ kind: 'unsubscribe', at: floor.now(), person, url: unsubscribeUrl, userAgent: person.browser, landed: null });
}
