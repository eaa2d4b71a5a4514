import type { JsonObject } from '@samovar/core';
import type { Item } from './call.ts';
import type { Floor } from './floor.ts';
import type { Shopper } from './shopper.ts';

/** Where the shop lives. Mails lead there, nobody ever arrives. */
export const SHOP_URL = 'https://shop.example.com';

/** The page's own script tells: the browser is known, and who it is once they have signed in. */
export function tellFromBrowser(floor: Floor, shopper: Shopper, event: string, properties: JsonObject, prompt = false): void {
  const { person } = shopper;
  floor.call({
    kind: 'item', key: 'browser', at: floor.now(), prompt,
    item: {
      ...stamp(floor, shopper), type: 'track', event, properties, anonymousId: person.anonymousId, ...(shopper.signedUp ? { userId: person.userId } : {}),
      context: { userAgent: person.browser, locale: person.language },
    },
  });
}

export function pageViewed(floor: Floor, shopper: Shopper, name: string, path: string): void {
  const { person } = shopper;
  floor.call({
    kind: 'item', key: 'browser', at: floor.now(), prompt: false,
    item: {
      ...stamp(floor, shopper), type: 'page', name, anonymousId: person.anonymousId, ...(shopper.signedUp ? { userId: person.userId } : {}),
      properties: { path, url: `${SHOP_URL}${path}` }, context: { userAgent: person.browser, locale: person.language },
    },
  });
}

/** The shop's server tells, which is believed. */
export function tellFromServer(floor: Floor, shopper: Shopper, event: string, properties: JsonObject): void {
  floor.call({
    kind: 'item', key: 'server', at: floor.now(), prompt: true,
    item: { ...stamp(floor, shopper), type: 'track', event, properties, userId: shopper.person.userId },
  });
}

/** Who somebody is, as they wrote into the form, with the proof of what they agreed to. */
export function identify(floor: Floor, shopper: Shopper, form: string): void {
  const { person } = shopper;
  floor.call({
    kind: 'item', key: 'server', at: floor.now(), prompt: true,
    item: { ...stamp(floor, shopper), type: 'identify', userId: person.userId, anonymousId: person.anonymousId, traits: traitsOf(shopper, form) },
  });
}

const WORDING = { en: 'Write to me about tea, now and then.', ar: 'راسلوني عن الشاي من حين لآخر.', fa: 'گاهی درباره‌ی چای برایم بنویسید.', he: 'כתבו לי על תה מדי פעם.' };

export function traitsOf({ person }: Shopper, form: string): JsonObject {
  const { email, firstName, lastName, language, timezone, country, currency } = person;
  const consent = { email: true, source: form, wording: WORDING[language], ip: '192.0.2.7', user_agent: person.browser };
  return { email, firstName, lastName, language, timezone, country, currency, ...(person.consents ? { consent } : {}) };
}

function stamp(floor: Floor, shopper: Shopper): Pick<Item, 'messageId' | 'timestamp'> {
  shopper.told += 1;
  return { messageId: `${floor.seed}-${shopper.person.number}-${shopper.told}`, timestamp: new Date(floor.now()).toISOString() };
}
