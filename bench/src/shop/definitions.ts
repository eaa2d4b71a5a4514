/** Product categories of the shop; segments and journeys filter by them. */
export const CATEGORIES = ['shoes', 'shirts', 'coats', 'bags', 'hats', 'belts', 'socks', 'scarves', 'gloves', 'watches'];
export const COUNTRIES = ['DE', 'IR', 'AE', 'US', 'FR', 'TR', 'GB', 'ES'];

interface DefinitionFile {
  path: string;
  text: string;
}

/** The shop's definitions: so many segments and journeys, of which the first 50 and 20 are what its events are about. */
export function shopDefinitions(segments: number, journeys: number): DefinitionFile[] {
  return [
    { path: 'workspace.yaml', text: 'workspace: Bench shop\ntimezone: UTC\ncurrency: EUR\n' },
    template('reminder', 'marketing'),
    template('receipt', 'transactional'),
    ...Array.from({ length: segments }, (_, n) => (n < 50 ? usualSegment(n) : rareSegment(n))),
    ...Array.from({ length: journeys }, (_, n) => (n < 20 ? usualJourney(n) : rareJourney(n))),
  ];
}

function template(key: string, kind: 'marketing' | 'transactional'): DefinitionFile {
  return {
    path: `templates/${key}.yaml`,
    text: `template: ${key}\nname: ${key}\nclass: ${kind}\nlanguages:\n  en:\n    subject: Hello\n    body: |\n      <mj-section><mj-column><mj-text>Hi <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section>\n`,
  };
}

function segment(key: string, match: string): DefinitionFile {
  return { path: `segments/${key}.yaml`, text: `segment: ${key}\nname: ${key}\nmatch: ${match}\n` };
}

function usualSegment(n: number): DefinitionFile {
  const category = CATEGORIES[n % 10] ?? '';
  const country = COUNTRIES[n % 8] ?? '';
  const kind = Math.floor(n / 10);
  if (kind === 0) return segment(`likes-${category}`, `{ event: Product Viewed, where: { category: ${category} }, times: at least 2, within: 30 days }`);
  if (kind === 1) return segment(`bought-${n - 10}`, `{ event: Order Completed, times: at least ${n - 9} }`);
  if (kind === 2 && n < 28) return segment(`from-${country.toLowerCase()}-${n}`, `{ trait: address.country, is: ${country} }`);
  if (kind === 2) return segment(`mailable-${n}`, `{ all: [{ consent: email }, { trait: email, exists: true }] }`);
  if (kind === 3) return segment(`lapsed-${n - 30}`, `{ all: [{ event: Order Completed }, { no event: Order Completed, within: ${(n - 29) * 10} days }] }`);
  return segment(`wants-${category}`, `{ all: [{ event: Product Added, where: { category: ${category} }, within: 7 days }, { no event: Order Completed, within: 7 days }, { segment: likes-${category} }] }`);
}

/** Half of them are about events that hardly ever come, half about one product among a thousand. */
function rareSegment(n: number): DefinitionFile {
  if (n % 2 === 0) return segment(`rare-${n}`, `{ event: Feature ${n} Used, times: at least 2, within: 30 days }`);
  return segment(`product-${n}`, `{ event: Product Viewed, where: { product_id: p${n} }, times: at least 2, within: 30 days }`);
}

function journey(key: string, rest: string): DefinitionFile {
  return { path: `journeys/${key}.yaml`, text: `journey: ${key}\nname: ${key}\n${rest}` };
}

const SERIES = 'steps:\n  - wait: 1 hour\n  - send: reminder\n  - wait: 1 day\n  - send: reminder\n';

function usualJourney(n: number): DefinitionFile {
  const category = CATEGORIES[n % 10] ?? '';
  if (n === 0) {
    return journey('cart', `trigger: { event: Checkout Started, key: cart_id }\nexit:\n  - event: Order Completed\n    same: cart_id\n    reason: bought\ngoal: { event: Order Completed, within: 7 days, value: total }\n${SERIES}`);
  }
  if (n === 1) return journey('thanks', 'trigger: { event: Order Completed, key: order_id }\nsteps:\n  - send: receipt\n  - wait: 14 days\n  - send: reminder\n');
  if (n === 2) return journey('welcome', 'trigger: { enters: mailable-28 }\nsteps:\n  - send: reminder\n  - wait: 3 days\n  - if: { event: Order Completed }\n    then: [{ tag: buyer }]\n    else: [{ send: reminder }]\n');
  if (n < 8) return journey(`win-back-${n}`, `trigger: { enters: lapsed-${n} }\nre-entry: always\n${SERIES}`);
  if (n < 10) return journey(`first-${n}`, `trigger: { enters: bought-${n - 8} }\nsteps:\n  - split:\n      - { name: a, share: 50, steps: [{ tag: a }] }\n      - { name: b, share: 50, steps: [{ tag: b }] }\n  - wait: 7 days\n  - send: reminder\n`);
  return journey(`browse-${category}`, `trigger: { enters: wants-${category} }\nre-entry: after 30 days\nexit:\n  - event: Order Completed\n${SERIES}`);
}

function rareJourney(n: number): DefinitionFile {
  if (n % 2 === 0) return journey(`rare-${n}`, `trigger: { event: Feature ${n} Used }\n${SERIES}`);
  return journey(`product-${n}`, `trigger: { event: Product Added, where: { product_id: p${n} } }\nre-entry: after 30 days\nexit:\n  - event: Order Completed\n${SERIES}`);
}
