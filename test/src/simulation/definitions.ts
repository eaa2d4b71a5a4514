import { DAY_MS, type ContactId, type JsonObject, type Millis } from '@samovar/core';

/** An event of a contact as a person reading the log would count it: an order told twice is one. */
export interface Happened {
  name: string;
  at: Millis;
  properties: JsonObject;
}

/** A contact as the naive evaluation sees it. */
export interface Person {
  id: ContactId;
  traits: JsonObject;
  happened: Happened[];
}

interface File {
  path: string;
  text: string;
}

/** A set of files that is published at once, and whether those already inside of a segment enter. */
export interface Publication {
  files: File[];
  enterExisting: string[];
}

const times = (person: Person, name: string, now: Millis, withinMs = Infinity, where: (properties: JsonObject) => boolean = () => true): number =>
  person.happened.filter((one) => one.name === name && one.at <= now && now - one.at <= withinMs && where(one.properties)).length;

const total = ({ total: value }: JsonObject): number => (typeof value === 'number' ? value : 0);

/** Each segment twice: as a file, and as the plainest program that says the same of a whole history. */
const SEGMENTS: { key: string; text: string; holds: (person: Person, now: Millis) => boolean }[] = [
  {
    key: 'lapsed',
    text: 'segment: lapsed\nname: Lapsed\nmatch:\n  all:\n    - event: Order Completed\n    - no event: Order Completed\n      within: 10 days\n',
    holds: (person, now) => times(person, 'Order Completed', now) > 0 && times(person, 'Order Completed', now, 10 * DAY_MS) === 0,
  },
  {
    key: 'keen',
    text: 'segment: keen\nname: Keen\nmatch:\n  - event: Product Viewed\n    times: at least 3\n    within: 2 days\n',
    holds: (person, now) => times(person, 'Product Viewed', now, 2 * DAY_MS) >= 3,
  },
  {
    key: 'vip',
    text: 'segment: vip\nname: Vip\nmatch:\n  - event: Order Completed\n    where: { total: { at least: 50 } }\n    times: at least 2\n    within: 20 days\n',
    holds: (person, now) => times(person, 'Order Completed', now, 20 * DAY_MS, (properties) => total(properties) >= 50) >= 2,
  },
  {
    key: 'gold',
    text: 'segment: gold\nname: Gold\nmatch:\n  - trait: plan\n    is: gold\n',
    holds: (person) => person.traits.plan === 'gold',
  },
];

/** Published in the middle of everything. */
const LATER_SEGMENT: (typeof SEGMENTS)[number] = {
  key: 'regulars',
  text: 'segment: regulars\nname: Regulars\nmatch:\n  - event: Order Completed\n    times: at least 2\n',
  holds: (person, now) => times(person, 'Order Completed', now) >= 2,
};

export const ALL_SEGMENTS = [...SEGMENTS, LATER_SEGMENT];

export const CAP = { messages: 3, windowMs: 7 * DAY_MS };
export const ZONE = 'Europe/Berlin';

const WORKSPACE = `workspace: Simulated shop
timezone: ${ZONE}
currency: EUR
from: "Shop <shop@example.com>"
quiet hours: 21:00 to 08:00
frequency cap: 3 per 7 days
`;

const CART = `journey: cart
name: Cart
trigger: { event: Checkout Started, key: cart_id }
exit:
  - event: Order Completed
    same: cart_id
    reason: bought
goal: { event: Order Completed, same: cart_id, within: 7 days, value: total }
steps:
  - wait: 1 hour
  - send: cart-1
  - wait for: { event: Order Completed, same: cart_id }
    up to: 1 day
    then: [{ tag: bought-late }]
    otherwise: [{ send: cart-2 }]
  - split:
      - name: third
        share: 50
        steps: [{ wait: 1 day }, { send: cart-3 }]
      - name: none
        share: 50
        steps: [{ tag: spared }]
`;

/** Another text of the same journey: those inside stay with what they began. */
const CART_LATER = CART.replace('- wait: 1 hour', '- wait: 2 hours').replace('up to: 1 day', 'up to: 2 days');

const AFTER_ORDER = `journey: after-order
name: After the order
trigger: { event: Order Completed, key: order_id }
re-entry: always
steps:
  - send: receipt
  - wait: 2 days
  - if: { segment: vip }
    then: [{ send: thanks }]
    else: [{ tag: ordinary }]
`;

const WIN_BACK = `journey: win-back
name: Win back
trigger: { enters: lapsed }
re-entry: after 12 days
exit:
  - event: Order Completed
    reason: returned
goal: { event: Order Completed, within: 5 days, value: total }
steps:
  - split:
      - name: soft
        share: 70
        steps: [{ send: miss-you }]
      - name: hard
        share: 30
        steps: [{ wait: 6 hours }, { send: miss-you }]
  - wait: 3 days
  - send: last-call
`;

const BROWSE = `journey: browse
name: Browse
trigger: { enters: keen }
who: { consent: email }
re-entry: after 4 days
exit:
  - when: { segment: gold }
    reason: gold
steps:
  - wait: 30 minutes
  - send: browse
  - set: { nudged: true }
`;

const CLUB = `journey: club
name: Club
trigger: { enters: regulars }
steps:
  - send: thanks
  - tag: club
`;

function template(key: string, kind: 'marketing' | 'transactional', topic: string | null = null, text = 'Hello'): File {
  const stop = kind === 'marketing' ? ' <a href="{{ unsubscribe_url }}">stop</a>' : '';
  return {
    path: `templates/${key}.yaml`,
    text: `template: ${key}\nname: ${key}\nclass: ${kind}\n${topic === null ? '' : `topic: ${topic}\n`}languages:\n  en:\n    subject: ${text}\n    body: |\n      <mj-section><mj-column><mj-text>${text}${stop}</mj-text></mj-column></mj-section>\n`,
  };
}

const segment = ({ key, text }: { key: string; text: string }): File => ({ path: `segments/${key}.yaml`, text });
const journey = (key: string, text: string): File => ({ path: `journeys/${key}.yaml`, text });

const FIRST: File[] = [
  { path: 'workspace.yaml', text: WORKSPACE }, ...SEGMENTS.map(segment),
  journey('cart', CART), journey('after-order', AFTER_ORDER), journey('win-back', WIN_BACK), journey('browse', BROWSE),
  ...['cart-1', 'cart-2', 'cart-3'].map((key) => template(key, 'marketing', 'carts')), template('receipt', 'transactional'),
  ...['thanks', 'miss-you', 'last-call', 'browse'].map((key) => template(key, 'marketing')),
];

const replaced = (files: File[], ...others: File[]): File[] => [...files.filter(({ path }) => others.every((other) => other.path !== path)), ...others];

const SECOND = replaced(FIRST, journey('cart', CART_LATER), segment(LATER_SEGMENT), journey('club', CLUB));
const THIRD = replaced(SECOND, template('miss-you', 'marketing', null, 'We miss you')).filter(({ path }) => path !== 'journeys/browse.yaml');

/** In order of time: the start; a new segment with those inside entering, a changed journey; a changed template, a journey taken away. */
export const PUBLICATIONS: Publication[] = [
  { files: FIRST, enterExisting: [] }, { files: SECOND, enterExisting: ['club'] }, { files: THIRD, enterExisting: [] },
];
