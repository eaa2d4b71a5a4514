import { CATEGORIES, COUNTRIES } from './definitions.ts';

/** So many segments, of every kind of condition in turn, each about its own product, category, country or number. */
export function segmentsOfEveryKind(count: number): { path: string; text: string }[] {
  return Array.from({ length: count }, (_, n) => {
    const kind = KINDS[n % KINDS.length];
    return { path: `segments/s${n}.yaml`, text: `segment: s${n}\nname: Segment ${n}\nmatch: ${kind === undefined ? '' : kind(n)}\n` };
  });
}

const product = (n: number): string => `p${(n * 7) % 1_000}`;
const category = (n: number): string => CATEGORIES[n % CATEGORIES.length] ?? '';
const country = (n: number): string => COUNTRIES[n % COUNTRIES.length] ?? '';
const days = (n: number): string => `${1 + (n % 90)} days`;
const VIEWED = 'event: Product Viewed, where:';

const KINDS: readonly ((n: number) => string)[] = [
  (n) => `{ ${VIEWED} { product_id: ${product(n)} }, times: at least 2, within: ${days(n)} }`,
  (n) => `{ ${VIEWED} { category: ${category(n)} }, sum of: price, more than: ${n}, within: ${days(n)} }`,
  (n) => `{ event: Order Completed, sum of: total, at least: ${10 * n} }`,
  (n) => `{ event: Order Completed, average of: total, at least: ${10 + (n % 80)}, within: ${days(n)} }`,
  (n) => `{ ${VIEWED} { category: ${category(n)} }, different: product_id, at least: ${2 + (n % 20)} }`,
  (n) => `{ event: Product Viewed, most frequent: category, is: ${category(n)} }`,
  (n) => `{ event: Products Searched, last: query, is: ${category(n)} }`,
  (n) => `{ event: Product Added, where: { product_id: ${product(n)} }, then not: Order Completed, within: ${1 + (n % 48)} hours, same: cart_id, in the last: ${days(n)} }`,
  (n) => `{ ${VIEWED} { product_id: ${product(n)} }, then: { event: Product Added, where: { product_id: ${product(n)} } }, within: ${1 + (n % 48)} hours }`,
  (n) => `{ event: Checkout Started, from: ${60 + (n % 30)} days ago, before: ${1 + (n % 30)} days ago }`,
  (n) => `{ trait: address.country, is: ${country(n)} }`,
  (n) => `{ trait: plan, is: plan-${n}, for at least: ${days(n)} }`,
  (n) => `{ date: trial_ends, in the next: ${days(n)} }`,
  (n) => `{ anniversary: birthday, in the next: ${days(n)}, calendar: jalali }`,
  (n) => `{ all: [{ orders: value, at least: ${n}, within: ${days(n)} }, { consent: email }] }`,
  (n) => `{ messages: opened, topic: topic-${n}, within: ${days(n)} }`,
  (n) => `{ all: [{ country: [${country(n)}] }, { device: desktop }, { random: ${n % 100} to ${(n % 100) + 1} % }] }`,
  (n) => `{ all: [{ event: Order Completed }, { no event: Order Completed, within: ${days(n)} }] }`,
  (n) => `{ any: [{ list: list-${n} }, { tag: tag-${n} }] }`,
  (n) => (n < 20 ? `{ trait: plan, is: plan-${n} }` : `{ none: [{ segment: s${n - 20} }, { trait: plan, is: plan-${n} }] }`),
];
