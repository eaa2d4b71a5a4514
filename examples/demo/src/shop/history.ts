import { DAY_MS, HOUR_MS, type JsonObject, type Millis } from '@samovar/core';
import { cartItem, pickProduct, subtotalOf } from './catalogue.ts';
import type { Item } from './call.ts';
import { Dice } from './dice.ts';
import type { Shopper } from './shopper.ts';
import { traitsOf } from './telling.ts';

/** How far back the shop's memory goes. */
const MEMORY_MS = 300 * DAY_MS;
/** Nobody bought in the last days before the story begins, so that nothing of the past is still under way. */
const SETTLED_MS = 7 * DAY_MS;

/** Who somebody is and what they bought before the story begins, for the history import. */
export function pastOf(seed: string, shopper: Shopper, startAt: Millis): Item[] {
  const { person } = shopper;
  const dice = Dice.of(seed, 'past', person.number);
  const joinedAt = startAt - dice.between(20, MEMORY_MS / DAY_MS) * DAY_MS;
  const item = (name: string, at: Millis, rest: Omit<Item, 'messageId' | 'timestamp' | 'userId'>): Item => ({
    messageId: `${seed}-${person.number}-past-${name}`, userId: person.userId, timestamp: new Date(at).toISOString(), ...rest,
  });
  const items = [item('identify', joinedAt, { type: 'identify', traits: traitsOf(shopper, 'sign-up form') }), item('signed-up', joinedAt, { type: 'track', event: 'Signed Up', properties: { form: 'sign-up form' } })];
  const latest = startAt - SETTLED_MS;
  let number = 0;
  for (let at = joinedAt + HOUR_MS; at < latest; at += dice.waiting(45 * DAY_MS / Math.min(person.appetite, 2))) {
    if (number > 0 || dice.chance(0.7)) items.push(item(`order-${number}`, at, { type: 'track', event: 'Order Completed', properties: pastOrder(shopper, number, dice) }));
    number += 1;
  }
  return items;
}

function pastOrder({ person }: Shopper, number: number, dice: Dice): JsonObject {
  const items = Array.from({ length: dice.whole(1, 3) }, () => cartItem(pickProduct(dice), 1, person.language, person.currency));
  return { order_id: `P${1000 + person.number}-${number + 1}`, total: subtotalOf(items), currency: person.currency, products: items };
}
